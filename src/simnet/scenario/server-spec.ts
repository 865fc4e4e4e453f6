import { Schema } from "effect"
import { Failure } from "../model/failure.ts"
import { CertificateSpec } from "./certificate-spec.ts"
import { ChainName, Country, Label, Milliseconds, optional, Port, SoftwareText, TraitName } from "./fields.ts"
import { LieSpecs } from "./lie-spec.ts"
import { nameNetworkFields, serverNetworkFields } from "./network-spec.ts"
import { ScheduleSpec } from "./schedule-spec.ts"

/** One name of a server and what it offers there. */
export const NameSpec = Schema.Struct({
  host: Schema.NonEmptyString.annotate({ description: "A name, an address or an onion service." }),
  addresses: optional(Schema.Array(Schema.NonEmptyString), "What the name resolves to; left out for addresses and onions."),
  tcp: Schema.optionalKey(Port),
  tls: Schema.optionalKey(Port),
  ws: optional(Port, "Told in server.features only: nothing listens."),
  wss: optional(Port, "Told in server.features only: nothing listens."),
  announced: optional(Schema.Boolean, "False: no list names it."),
  ...nameNetworkFields
})
export type NameSpec = typeof NameSpec.Type

/** What a server does, whether the file lists it or a fleet has many of it. */
export const behaviourFields = {
  chain: optional(ChainName, "The scenario's by default."),
  reports: optional(SoftwareText, "What it calls itself in server.version, server.features and its stock banner; its software by default."),
  protocol_max: optional(
    Schema.String.check(
      Schema.makeFilter((text) => /^[0-9]{1,2}(\.[0-9]{1,2}){1,2}$/.test(text) || `${JSON.stringify(text)} is no protocol version such as 1.4.2`)
    ),
    "Its software's by default."
  ),
  banner: optional(Schema.String, "Its software's stock banner by default."),
  tor_banner: optional(
    Schema.String,
    "For clients of its onion names, where ElectrumX and Fulcrum can show another; the same by default."
  ),
  donation: optional(Schema.String, "Its software's by default; {donation} draws an address, one for each operator."),
  hosts: optional(
    Schema.Literals(["all", "first", "none", "malformed"]),
    "Which of its names server.features tells; romanz' electrs up to 0.11.1 sends a malformed map."
  ),
  claims: optional(Schema.Array(Schema.NonEmptyString), "Hosts of others that server.features claims too, at its own ports."),
  lists: optional(
    Schema.Union([
      Schema.Literals(["subset", "everyone", "nobody", "fleet"]),
      Schema.Struct({ drawn: Schema.Natural }),
      Schema.Array(Label)
    ]),
    "Whom it lists; by its software otherwise: ElectrumX a random subset, Fulcrum everyone. fleet: servers of the same fleet. drawn: so many of the others. A list of ids: them."
  ),
  relays: optional(Label, "Hands everything on to the server of this id and back, with TLS of its own; in server.features its own hosts come before the other's, or nobody would list it."),
  copies: optional(Label, "Shows banner and donation address of the server of this id and claims its hosts at their ports."),
  traits: Schema.optionalKey(Schema.Array(TraitName)),
  lies: Schema.optionalKey(LieSpecs),
  ...serverNetworkFields,
  schedule: Schema.optionalKey(ScheduleSpec),
  round_trip_ms: Schema.optionalKey(Milliseconds),
  certificate: Schema.optionalKey(CertificateSpec)
}

/** One server process. */
export const ServerSpec = Schema.Struct({
  id: Label,
  operator: Label,
  software: SoftwareText,
  names: Schema.NonEmptyArray(NameSpec),
  machine: optional(Label, "Servers with the same label are on one machine; its own by default."),
  backend: optional(Label, "Servers with the same label ask one node; its own by default."),
  key: optional(Label, "Servers with the same label have one TLS key; its own by default."),
  fails: optional(Failure, "Not running; its addresses fail this way."),
  country: optional(Country, "Of its addresses; needless where they belong to a hosting."),
  asn: optional(Schema.Natural, "Of its addresses; needless where they belong to a hosting."),
  ...behaviourFields
})
export type ServerSpec = typeof ServerSpec.Type

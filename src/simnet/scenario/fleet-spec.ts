import { Schema } from "effect"
import { Failures, Label, oneOrDrawn, optional, Port, Probability, SoftwareText } from "./fields.ts"
import { behaviourFields } from "./server-spec.ts"

const LabelTemplate = Schema.String.check(Schema.isPattern(/^[a-z0-9{][a-z0-9.{}-]{0,63}$/u, {
  expected: "a label of small letters, digits, . and -, or a template of one"
}))
const PortKey = Schema.String.check(
  Schema.makeFilter(
    (text) => text === "none" || (/^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535) || `${text} is no port; there are 1 to 65535, and none`
  )
)
const FleetPort = Schema.Union([Port, oneOrDrawn(PortKey)])

/** One name of each server of a fleet. */
export const FleetName = Schema.Struct({
  host: oneOrDrawn(Schema.NonEmptyString).annotate({
    description: "A template, e.g. e{n}.example.test or {word}-btc.test or {onion} or {address}, or templates with weights; see the list of placeholders."
  }),
  on: optional(
    Schema.Literals(["ipv4", "ipv6", "dual", "onion"]),
    "What the name resolves to; ipv4 by default. One server has one address of each kind, whatever its names."
  ),
  tcp: optional(FleetPort, "A port, or ports (also none) with weights."),
  tls: optional(FleetPort, "A port, or ports (also none) with weights."),
  ws: Schema.optionalKey(Port),
  wss: Schema.optionalKey(Port),
  share: optional(Probability, "This share of the servers has the name; all by default."),
  announced: Schema.optionalKey(Schema.Boolean)
})
export type FleetName = typeof FleetName.Type

/**
 * Many servers of one kind: of one operator, or of strangers who made the same
 * choices. Servers are called `NAME-1`, `NAME-2`, and so on.
 */
export const FleetSpec = Schema.Struct({
  name: Label,
  note: optional(Schema.NonEmptyString, "What this is, for the reader."),
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  operator: LabelTemplate.annotate({ description: "One operator's label; {id} gives every server its own." }),
  software: oneOrDrawn(SoftwareText).annotate({ description: "A software, or softwares with weights." }),
  names: Schema.NonEmptyArray(FleetName),
  hosting: oneOrDrawn(Label).annotate({ description: "Where they are: a label of `hosting`, or labels with weights." }),
  within: optional(
    Schema.Int.check(Schema.isBetween({ minimum: 9, maximum: 30 })),
    "All IPv4 addresses at one hosting are in one block of this many bits, e.g. 24; anywhere by default."
  ),
  machine: optional(LabelTemplate, "One machine for all with the same label; {id}, its own, by default."),
  backend: optional(oneOrDrawn(LabelTemplate), "One node for all with the same label; {id}, its own, by default."),
  key: optional(oneOrDrawn(LabelTemplate), "One TLS key for all with the same label; {id}, its own, by default."),
  alive: optional(Probability, "This share runs; all by default."),
  failures: optional(Failures, "How the others fail, by weight; refused by default."),
  ...behaviourFields,
  reports: optional(oneOrDrawn(SoftwareText), "What it calls itself, or softwares with weights; its software by default."),
  banner: optional(oneOrDrawn(Schema.String), "A template, or templates with weights; its software's stock banner where it is empty or left out."),
  donation: optional(
    oneOrDrawn(Schema.String),
    "A template, or templates with weights; its software's own where it is empty or left out. {donation} draws an address, one for each operator; {owndonation} one for each server."
  )
})
export type FleetSpec = typeof FleetSpec.Type

/** Ids of a fleet's servers, whatever the seed. */
export const idsOfFleet = (fleet: FleetSpec): ReadonlyArray<string> =>
  Array.from({ length: fleet.count }, (_, i) => `${fleet.name}-${i + 1}`)

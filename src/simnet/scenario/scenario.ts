import { Schema } from "effect"
import { backendFields } from "./backend-spec.ts"
import { blockFields } from "./blocks-spec.ts"
import { ChainName, Label, Milliseconds, optional, rangeOf } from "./fields.ts"
import { FleetSpec } from "./fleet-spec.ts"
import { HostingSpec } from "./hosting-spec.ts"
import { NetworkSpec } from "./network-spec.ts"
import { ledgerFields } from "./payment-spec.ts"
import { RecordedSpec } from "./recorded-spec.ts"
import { outageFields } from "./schedule-spec.ts"
import { ServerSpec } from "./server-spec.ts"

/** A simulated network as a file. */
export const Scenario = Schema.Struct({
  name: Label,
  title: Schema.NonEmptyString,
  chain: ChainName,
  seeds: Schema.NonEmptyArray(Schema.String.check(Schema.isPattern(/^.+:[0-9]{1,5}:[st]$/u, { expected: "host:port:s or host:port:t" }))).annotate({
    description: "`host:port:s` or `host:port:t` of servers that the file lists one by one, for --seed."
  }),
  round_trip_ms: rangeOf(Milliseconds).annotate({
    description: "Round-trip times are drawn from here, and vary by up to jitter_ms."
  }),
  jitter_ms: Milliseconds,
  network: Schema.optionalKey(NetworkSpec),
  ...outageFields,
  ...ledgerFields,
  ...blockFields,
  ...backendFields,
  recorded: Schema.optionalKey(RecordedSpec),
  hosting: optional(Schema.Record(Label, HostingSpec), "Where servers can be, by label."),
  public_suffixes: optional(
    Schema.Array(Schema.NonEmptyString),
    "Domains under which strangers have names, e.g. of a dynamic-DNS service (simnet --public-suffixes)."
  ),
  fleets: Schema.optionalKey(Schema.Array(FleetSpec)),
  servers: Schema.optionalKey(Schema.Array(ServerSpec))
})
export type Scenario = typeof Scenario.Type

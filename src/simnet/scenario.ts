import { Schema } from "effect"
import type { SimulatedChainName } from "./chain.ts"
import { Failure } from "./network-behaviour.ts"
import { NetworkSpec } from "./scenario-network.ts"
import { parseSoftware } from "./software.ts"
import { traits } from "./traits/traits.ts"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65535 }))
const Label = Schema.String.check(Schema.isPattern(/^[a-z0-9][a-z0-9.-]{0,63}$/))
const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Milliseconds = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 60_000 }))
const ChainName = Schema.Literals([
  "mainnet-sim",
  "testnet-sim",
  "cash-sim"
] satisfies ReadonlyArray<SimulatedChainName>)

const SoftwareText = Schema.String.check(
  Schema.makeFilter(
    (text) => parseSoftware(text) !== undefined || "no software that is simulated, e.g. ElectrumX 1.18.0"
  )
)

const TraitName = Schema.String.check(
  Schema.makeFilter((name) => Object.hasOwn(traits, name) || `no trait (there are: ${Object.keys(traits).join(", ")})`)
)

/** One name of a server and what it offers there. */
export const NameSpec = Schema.Struct({
  /** A name, an address or an onion service. */
  host: Schema.NonEmptyString,
  /** What the name resolves to; left out for addresses and onions. */
  addresses: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  tcp: Schema.optionalKey(Port),
  tls: Schema.optionalKey(Port),
  /** False: no list names it. */
  announced: Schema.optionalKey(Schema.Boolean)
})

/** One server process. */
export const ServerSpec = Schema.Struct({
  id: Label,
  operator: Label,
  software: SoftwareText,
  names: Schema.NonEmptyArray(NameSpec),
  /** Servers with the same label are on one machine; its own by default. */
  machine: Schema.optionalKey(Label),
  /** Servers with the same label ask one node; its own by default. */
  backend: Schema.optionalKey(Label),
  /** Servers with the same label show one certificate; its own by default. */
  key: Schema.optionalKey(Label),
  chain: Schema.optionalKey(ChainName),
  protocol_max: Schema.optionalKey(Schema.NonEmptyString),
  banner: Schema.optionalKey(Schema.String),
  donation: Schema.optionalKey(Schema.String),
  hosts: Schema.optionalKey(Schema.Literals(["all", "none", "malformed"])),
  /** Whom it lists; by its software otherwise: ElectrumX a random subset, Fulcrum everyone. A list of ids: them. */
  lists: Schema.optionalKey(Schema.Union([Schema.Literals(["subset", "everyone", "nobody"]), Schema.Array(Label)])),
  /** Not running; its addresses fail this way. */
  fails: Schema.optionalKey(Failure),
  traits: Schema.optionalKey(Schema.Array(TraitName)),
  round_trip_ms: Schema.optionalKey(Milliseconds),
  country: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/))),
  asn: Schema.optionalKey(Schema.Natural)
})
export type ServerSpec = typeof ServerSpec.Type

const Weights = Schema.Record(Schema.String, Schema.Finite.check(Schema.isGreaterThan(0)))

/** A network made from recorded peer lists (file `data`), with what was not recorded drawn by the seed. */
export const RecordedSpec = Schema.Struct({
  /** File beside the scenario, see `RecordedData`. */
  data: Schema.NonEmptyString,
  /** The first list belongs to this server, which no list names. */
  first_list: ServerSpec,
  /** List numbers whose owners have to be Fulcrums, and which. */
  fulcrum_lists: Schema.Struct({ lists: Schema.Array(Schema.Natural), software: SoftwareText }),
  /** Rows that answered are alive; of the rest this share. */
  alive: Probability,
  /** How the others fail, by weight; at most `black_holes` never answer. */
  failures: Schema.Record(Failure, Schema.optionalKey(Schema.Finite)),
  black_holes: Schema.Natural,
  /** Announced version -> software -> weight, for rows whose software was not seen. */
  software: Schema.Record(Schema.String, Weights),
  /** Addresses that are nobody's: announced as they are, never answered. */
  bogus_addresses: Schema.Array(Schema.NonEmptyString),
  /** Domains under which strangers have names: not an operator. */
  shared_suffixes: Schema.Array(Schema.NonEmptyString)
})
export type RecordedSpec = typeof RecordedSpec.Type

/**
 * Rows and lists as recorded. A row: address, host (null = the address),
 * variants, AS number, country, answered, software.
 */
export const RecordedData = Schema.Struct({
  source: Schema.NonEmptyString,
  rows: Schema.Array(
    Schema.Tuple([
      Schema.NonEmptyString,
      Schema.NullOr(Schema.NonEmptyString),
      Schema.NonEmptyArray(Schema.NonEmptyString),
      Schema.NullOr(Schema.Natural),
      Schema.NullOr(Schema.String),
      Schema.Boolean,
      Schema.NullOr(SoftwareText)
    ])
  ),
  /** Row numbers of each list, runs as `first-last`. */
  lists: Schema.Array(Schema.String.check(Schema.isPattern(/^[0-9]+(-[0-9]+)?( [0-9]+(-[0-9]+)?)*$/)))
})
export type RecordedData = typeof RecordedData.Type

/** A simulated network as a file. */
export const Scenario = Schema.Struct({
  name: Label,
  title: Schema.NonEmptyString,
  chain: ChainName,
  /** `host:port:s` or `host:port:t` of announced or hidden servers, for `--seed`. */
  seeds: Schema.NonEmptyArray(Schema.String.check(Schema.isPattern(/^.+:[0-9]{1,5}:[st]$/))),
  /** Round-trip times are drawn from here, and vary by up to `jitter_ms`. */
  round_trip_ms: Schema.Tuple([Milliseconds, Milliseconds]),
  jitter_ms: Milliseconds,
  network: Schema.optionalKey(NetworkSpec),
  recorded: Schema.optionalKey(RecordedSpec),
  servers: Schema.optionalKey(Schema.Array(ServerSpec))
})
export type Scenario = typeof Scenario.Type

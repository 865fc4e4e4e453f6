import { Schema } from "effect"
import { Failure } from "../model/failure.ts"
import { Probability, SoftwareText, Weights } from "./fields.ts"
import { ServerSpec } from "./server-spec.ts"

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
  lists: Schema.Array(Schema.String.check(Schema.isPattern(/^[0-9]+(-[0-9]+)?( [0-9]+(-[0-9]+)?)*$/u)))
})
export type RecordedData = typeof RecordedData.Type

import { Schema } from "effect"
import { Failures, Probability, SoftwareText, Weights } from "./fields.ts"
import { ServerSpec } from "./server-spec.ts"

/** A network made from recorded peer lists (file `data`), with what was not recorded drawn by the seed. */
export const RecordedSpec = Schema.Struct({
  data: Schema.NonEmptyString.annotate({ description: "File beside the scenario, with rows and lists." }),
  first_list: ServerSpec.annotate({ description: "The first list belongs to this server, which no list names." }),
  fulcrum_lists: Schema.Struct({ lists: Schema.Array(Schema.Natural), software: SoftwareText }).annotate({
    description: "Numbers of the lists whose owners have to be Fulcrums, and which."
  }),
  alive: Probability.annotate({ description: "Rows that answered are alive; of the rest this share." }),
  failures: Failures.annotate({
    description: "How the others fail, by weight."
  }),
  black_holes: Schema.Natural.annotate({ description: "At most so many never answer." }),
  software: Schema.Record(Schema.String, Weights).annotate({
    description: "Softwares with weights by announced version, for rows whose software was not seen."
  }),
  bogus_addresses: Schema.Array(Schema.NonEmptyString).annotate({
    description: "Addresses that are nobody's: announced as they are, never answered."
  }),
  shared_suffixes: Schema.Array(Schema.NonEmptyString).annotate({
    description: "Domains under which strangers have names: not an operator."
  })
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

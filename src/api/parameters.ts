import { Schema, SchemaTransformation } from "effect"
import { answerWords, type ServerFilter, unknowable } from "../atlas/shapes/server-filter.ts"
import { ServerRow } from "../atlas/shapes/server-row.ts"
import { watchedWindows } from "../atlas/shapes/watched-words.ts"

const Whole = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** A number in a path, e.g. of a server. */
export const Id = Whole

/** Which crawl, in a path: its number, or `latest`. */
export const Crawl = Schema.Union([Schema.Literal("latest"), Whole])

const commas = SchemaTransformation.transform<ReadonlyArray<string>, string>({
  decode: (text) => text.split(",").map((part) => part.trim()).filter((part) => part !== ""),
  encode: (parts) => parts.join(",")
})

/** Values of a list, with commas between them. */
const Texts = Schema.String.check(Schema.isMaxLength(4_000)).pipe(Schema.decodeTo(Schema.Array(Schema.String), commas))
const Numbers = Texts.pipe(Schema.decodeTo(Schema.Array(Whole)))
const Answers = Schema.Literals(answerWords)

/** The words of `ServerFilter`, as a query has them: lists with commas. */
const filterFields = {
  search: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(500))),
  implementation: Schema.optionalKey(Texts),
  country: Schema.optionalKey(Texts),
  asn: Schema.optionalKey(Numbers),
  networkClass: Schema.optionalKey(Texts),
  networkClasses: Schema.optionalKey(Texts),
  cloud: Schema.optionalKey(Texts),
  tls: Schema.optionalKey(Texts),
  reachable: Schema.optionalKey(Answers),
  walletAccepts: Schema.optionalKey(Answers),
  cluster: Schema.optionalKey(Numbers),
  community: Schema.optionalKey(Numbers),
  behaviour: Schema.optionalKey(Numbers),
  scoreMin: Schema.optionalKey(Schema.FiniteFromString),
  scoreMax: Schema.optionalKey(Schema.FiniteFromString),
  degreeMin: Schema.optionalKey(Whole),
  degreeMax: Schema.optionalKey(Whole),
  namesMin: Schema.optionalKey(Whole),
  namesMax: Schema.optionalKey(Whole),
  coreMin: Schema.optionalKey(Whole),
  coreMax: Schema.optionalKey(Whole),
  latencyMin: Schema.optionalKey(Schema.FiniteFromString),
  latencyMax: Schema.optionalKey(Schema.FiniteFromString),
  uptimeMin: Schema.optionalKey(Schema.FiniteFromString),
  uptimeMax: Schema.optionalKey(Schema.FiniteFromString),
  unknown: Schema.optionalKey(Texts.pipe(Schema.decodeTo(Schema.Array(Schema.Literals(unknowable)))))
} satisfies { readonly [Key in keyof Required<ServerFilter>]: unknown }

/** A column of `ServerRow` to sort by. */
const Column = Schema.Literals(Object.keys(ServerRow.fields) as ReadonlyArray<keyof ServerRow>)

/** Rows of a page at the most, and where nothing is said. */
export const mostRows = 20_000

/** Which servers, in which order, from where to where. */
export const serverQuery = {
  ...filterFields,
  sort: Schema.optionalKey(Column),
  direction: Schema.optionalKey(Schema.Literals(["ascending", "descending"])),
  limit: Schema.optionalKey(Whole.check(Schema.isBetween({ minimum: 1, maximum: mostRows }))),
  offset: Schema.optionalKey(Whole)
}

export const ServerQuery = Schema.Struct(serverQuery)
export type ServerQuery = typeof ServerQuery.Type

/** How much of the watched time; a week where nothing is said. */
export const windowQuery = { window: Schema.optionalKey(Schema.Literals(watchedWindows)) }

import { Effect, type Schema } from "effect"
import { Database, type Parameter } from "../../store/database.ts"
import { QueryCatalogue } from "../../store/query-catalogue.ts"
import type { FigureSource } from "../document/document.ts"

/** Rows of a named query with what its header says, for a figure. */
export interface Named<A> {
  readonly rows: ReadonlyArray<A>
  readonly title: string
  readonly level: string
  readonly caveat: string | null
  readonly source: FigureSource
}

/** Runs a named query for one crawl. Fails with the store's error. */
export const readNamed = Effect.fnUntraced(function*<A>(
  name: string,
  row: Schema.ConstraintDecoder<A>,
  parameters: Readonly<Record<string, Parameter>>
) {
  const catalogue = yield* QueryCatalogue
  const database = yield* Database
  const query = yield* catalogue.find(name)
  const defaults = Object.fromEntries(query.parameters.map((parameter) => [parameter.name, parameter.default]))
  const named: Named<A> = {
    rows: yield* database.rows(row, query.sql, { ...defaults, ...parameters }),
    title: query.title,
    level: query.level,
    caveat: query.caveat,
    source: { kind: "named query", name, parameters }
  }
  return named
})

/** What a named query says of itself, for a figure whose rows were read by other means. */
export const describeNamed = Effect.fnUntraced(function*(name: string, parameters: Readonly<Record<string, Parameter>>) {
  const { caveat, level, title } = yield* Effect.flatMap(QueryCatalogue, (catalogue) => catalogue.find(name))
  const named: Omit<Named<never>, "rows"> = { title, level, caveat, source: { kind: "named query", name, parameters } }
  return named
})

import { Context, Effect, type FileSystem, Layer } from "effect"
import { nearestName } from "./nearest-name.ts"
import { packageFiles } from "./package-files.ts"
import { type NamedQuery, parseQueryFile } from "./query-file.ts"
import { StoreError } from "./store-error.ts"

/** The named queries that ship with the package, from `queries/`. */
export class QueryCatalogue extends Context.Service<QueryCatalogue, {
  /** All queries, by name. */
  readonly list: ReadonlyArray<NamedQuery>
  /** Fails with `not found`, naming the nearest one. */
  readonly find: (name: string) => Effect.Effect<NamedQuery, StoreError>
}>()("electrum-observatory/QueryCatalogue") {
  static readonly layer: Layer.Layer<QueryCatalogue, StoreError, FileSystem.FileSystem> = Layer.effect(
    QueryCatalogue,
    Effect.gen(function*() {
      const files = yield* packageFiles("queries", ".sql")
      const list = yield* Effect.forEach(files, ({ name, text }) =>
        Effect.fromResult(parseQueryFile(name.replace(/\.sql$/, ""), text)))
      const find = Effect.fn("QueryCatalogue.find")(function*(name: string) {
        const query = list.find((q) => q.name === name)
        if (query !== undefined) return query
        const near = nearestName(name, list.map((q) => q.name))
        return yield* new StoreError({
          reason: "not found",
          message: `There is no query named ${name}${near === undefined ? "" : `; did you mean ${near}?`}`
            + `${near === undefined ? ": " : " "}\`observatory query\` lists them.`
        })
      })
      return QueryCatalogue.of({ list, find })
    })
  )
}

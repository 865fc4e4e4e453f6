import type { DuckDBValue } from "@duckdb/node-api"
import { Clock, Context, Effect, type FileSystem, Layer } from "effect"
import type { Commit, ListedName } from "../domain/listed-name.ts"
import { connect, openForWriting, run } from "./duckdb.ts"
import { bringUpToDate } from "./schema.ts"
import type { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import { inTransaction } from "./together.ts"

/** The history of one list. */
export interface ImportedList {
  readonly list: string
  readonly head: Commit
  readonly commits: number
  readonly paths: ReadonlyArray<string>
  readonly names: ReadonlyArray<ListedName>
}

/** One name as one JSON object of the parameter; a prepared row at a time would take seconds. */
const namesSql = `
  INSERT INTO listed_name
  SELECT $list, n.network, n.host, n.first_commit, make_timestamp(n.first_ms * 1000), n.last_commit, make_timestamp(n.last_ms * 1000),
    n.removed_commit, make_timestamp(n.removed_ms * 1000), n.times
  FROM (SELECT unnest(from_json($names, '[{"network": "VARCHAR", "host": "VARCHAR", "first_commit": "VARCHAR", "first_ms": "BIGINT",
    "last_commit": "VARCHAR", "last_ms": "BIGINT", "removed_commit": "VARCHAR", "removed_ms": "BIGINT", "times": "INTEGER"}]')) AS n)`

const namesJson = (names: ReadonlyArray<ListedName>): string =>
  JSON.stringify(names.map(({ first, host, last, network, removed, times }) => ({
    network,
    host,
    first_commit: first.hash,
    first_ms: first.at,
    last_commit: last.hash,
    last_ms: last.at,
    removed_commit: removed?.hash ?? null,
    removed_ms: removed?.at ?? null,
    times
  })))

/** Keeps who stood on public lists since when. It holds the database while its scope lasts. */
export class ListHistories extends Context.Service<ListHistories, {
  /** Takes the place of what was known of the list. */
  readonly replace: (list: ImportedList) => Effect.Effect<void, StoreError>
}>()("electrum-observatory/ListHistories") {
  /** Opens or creates a database file. Fails with `locked` while a crawl or an analysis writes to it. */
  static readonly layer = (path: string): Layer.Layer<ListHistories, StoreError, FileSystem.FileSystem> =>
    Layer.effect(ListHistories, make(path))
}

const make = Effect.fnUntraced(function*(path: string) {
  const connection = yield* connect(yield* openForWriting(path))
  yield* bringUpToDate(connection, path)
  const doing = "Cannot keep the history of a list"
  const command = (sql: string, parameters?: Record<string, DuckDBValue>) => run(connection, "write failed", doing, sql, parameters)
  return ListHistories.of({
    replace: Effect.fn("ListHistories.replace")(function*({ commits, head, list, names, paths }) {
      const importedAt = yield* Clock.currentTimeMillis
      const firstAt = names.reduce((least, { first }) => Math.min(least, first.at), head.at)
      yield* inTransaction(connection, doing, command("DELETE FROM list_history WHERE list = $list", { list }).pipe(
        Effect.andThen(command("DELETE FROM listed_name WHERE list = $list", { list })),
        Effect.andThen(command(
          "INSERT INTO list_history SELECT $list, $head, $head_at, $first_at, $commits, from_json($paths, '[\"VARCHAR\"]'), $imported_at",
          {
            list,
            head: head.hash,
            head_at: timestamp(head.at),
            first_at: timestamp(firstAt),
            commits,
            paths: JSON.stringify(paths),
            imported_at: timestamp(importedAt)
          }
        )),
        Effect.andThen(command(namesSql, { list, names: namesJson(names) }))
      ))
    })
  })
})

import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { archiveTables } from "../../src/store/archive/table-roles.ts"
import { connect, openForWriting } from "../../src/store/duckdb.ts"
import { mergedTables, mergedValue } from "../../src/store/merge/merged-tables.ts"
import { bringUpToDate } from "../../src/store/schema.ts"

describe("tables that are read from observers", () => {
  it.effect("have every number of another file replaced, whatever is added to the schema", () =>
    Effect.gen(function*() {
      const connection = yield* connect(yield* openForWriting(":memory:"))
      yield* bringUpToDate(connection, ":memory:")
      const tables = mergedTables(yield* archiveTables(connection))
      assert.includeMembers(tables.map(({ name }) => name), ["crawl", "visit", "observation", "reading", "server", "server_endpoint", "tls_session", "snapshot_reading", "opt_out"])
      const kept = tables.flatMap((table) => table.columns
        .filter((column) => /_ids?$|^servers_of$|^sequence$|^server_[a-z]$|^neighbours$/.test(column) && mergedValue(table, column) === `t."${column}"`)
        .map((column) => `${table.name}.${column}`))
      assert.deepStrictEqual(kept, [])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})

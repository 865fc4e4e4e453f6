import { BIGINT, DuckDBInstance, LIST, VARCHAR } from "@duckdb/node-api"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { ChunkPool, RowBuffer } from "../../src/store/row-buffer.ts"
import { texts } from "../../src/store/to-duckdb.ts"

const pool = new ChunkPool({ number: BIGINT, text: VARCHAR, list: LIST(VARCHAR) })

/** What a table has of these texts once they went through a buffer, in their order. */
const stored = async (rows: ReadonlyArray<string | null>) => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run("CREATE TABLE kept (number BIGINT, text VARCHAR, list VARCHAR[])")
  const buffer = new RowBuffer(pool)
  rows.forEach((text, i) => buffer.add({ number: BigInt(i), text, list: text === null ? null : texts([text, text]) }))
  buffer.appendTo(await connection.createAppender("kept"))
  buffer.release()
  const read = await connection.runAndReadAll("SELECT text, list[1] AS first, list[2] AS second FROM kept ORDER BY number")
  connection.disconnectSync()
  return read.getRows()
}

const long = "a text that is too long to stand in a vector itself"

it("stores texts that come again as often as they came, with what stands between them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(null, "", "ok", "twelve bytes", "thirteen bytes", long, `${long}, really`, "ünïcödé ✓ and more"), { maxLength: 5000, size: "max" }),
      async (rows) => {
        expect(await stored(rows)).toEqual(rows.map((text) => [text, text, text]))
      }
    ),
    { numRuns: 15 }
  )
})

it("stores texts of which there are more than are looked for", async () => {
  const rows = Array.from({ length: 6000 }, (_, i) => i % 3 === 0 ? `${long} ${i % 500}` : i % 7 === 0 ? null : `short ${i % 90}`)
  expect(await stored(rows)).toEqual(rows.map((text) => [text, text, text]))
})

it("keeps nothing of a text for rows of the next use of its memory", async () => {
  expect(await stored([long, long, "ok"])).toEqual([[long, long, long], [long, long, long], ["ok", "ok", "ok"]])
  expect(await stored(["ok", "ok", long])).toEqual([["ok", "ok", "ok"], ["ok", "ok", "ok"], [long, long, long]])
})

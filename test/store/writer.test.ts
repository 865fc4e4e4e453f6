import { statSync } from "node:fs"
import { join } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem } from "effect"
import { TestClock } from "effect/testing"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { Identities } from "../../src/store/identities.ts"
import { type MemoryBudget, momentary } from "../../src/store/memory-budget.ts"
import { migrate, migrations } from "../../src/store/migrate.ts"
import { makeWriter, type WriterOptions } from "../../src/store/writer.ts"
import type { Fact } from "../../src/store/facts.ts"
import { advertisementOf, announcedByServer, answeredVisit, observationOf, stateOf } from "../support/store-facts.ts"

const crawlId = 1

/** A memory budget of which so many bytes are left. */
const budgetOf = (left: () => number): MemoryBudget => ({ left, makeRoom: () => {} })

const setUp = Effect.fnUntraced(function*(
  { spare = false, ...options }: Partial<Omit<WriterOptions, "spare">> & { readonly spare?: boolean } = {},
  path = ":memory:"
) {
  const instance = yield* openForWriting(path)
  const connection = yield* connect(instance)
  yield* migrate(connection, path, yield* migrations)
  const identities = yield* Identities.load(connection)
  const writer = yield* makeWriter(connection, identities, { groupMs: 250, batchRows: 20_000, pendingRows: 60_000, budget: spare ? budgetOf(() => 0) : budgetOf(() => 1), ...options, spare: spare ? yield* connect(instance) : undefined })
  const reader = yield* connect(instance)
  const countOf = (table: string) =>
    Effect.map(run(reader, "query failed", "test", `SELECT count(*)::INTEGER FROM ${table}`), (r) => Number(r.value(0, 0)))
  return { connection, countOf, writer }
})

const unit = (n: number): ReadonlyArray<Fact> => {
  const key = `host${n}.example.org:50002:s`
  return [
    { _tag: "visit", visit: answeredVisit(key) },
    announcedByServer(key, [advertisementOf(key)]),
    stateOf(key, "visited")
  ]
}

describe("writer", () => {
  it.effect("commits a group after a quarter of a second, not before", () =>
    Effect.gen(function*() {
      const { countOf, writer } = yield* setUp()
      yield* writer.record(crawlId, unit(1))
      yield* writer.record(crawlId, unit(2))
      yield* TestClock.adjust(249)
      assert.strictEqual(yield* countOf("visit"), 0)
      assert.strictEqual(writer.revision(), 0)
      yield* TestClock.adjust(1)
      yield* writer.flush
      assert.strictEqual(yield* countOf("visit"), 2)
      assert.strictEqual(writer.revision(), 1)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("flush returns when everything recorded before is committed", () =>
    Effect.gen(function*() {
      const { countOf, writer } = yield* setUp()
      for (let n = 0; n < 30; n++) yield* writer.record(crawlId, unit(n))
      yield* writer.flush
      assert.strictEqual(yield* countOf("visit"), 30)
      assert.strictEqual(yield* countOf("observation"), 60)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("suspends who records while too much waits, and goes on after a commit", () =>
    Effect.gen(function*() {
      const { countOf, writer } = yield* setUp({ batchRows: 1_000_000, pendingRows: 40 })
      const recorded: Array<number> = []
      const recorder = yield* Effect.forkChild(Effect.gen(function*() {
        for (let n = 0; n < 20; n++) {
          yield* writer.record(crawlId, unit(n))
          recorded.push(n)
        }
      }))
      while (recorded.length < 2) yield* Effect.yieldNow
      assert.isBelow(recorded.length, 6)
      while (recorder.pollUnsafe() === undefined) yield* writer.flush
      yield* Fiber.join(recorder)
      yield* writer.flush
      assert.strictEqual(yield* countOf("visit"), 20)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("does not wait for company when a batch is large", () =>
    Effect.gen(function*() {
      const { countOf, writer } = yield* setUp({ batchRows: 20 })
      for (let n = 0; n < 4; n++) yield* writer.record(crawlId, unit(n))
      // No time passes on the test's clock: without its size the batch would wait for ever.
      while (writer.revision() === 0) yield* Effect.yieldNow
      assert.isAtLeast(yield* countOf("visit"), 2)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("keeps a unit whole when its recorder is interrupted while it waits", () =>
    Effect.gen(function*() {
      const { countOf, writer } = yield* setUp({ batchRows: 1_000_000, pendingRows: 1 })
      const recorder = yield* Effect.forkChild(writer.record(crawlId, unit(1)))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(recorder)
      yield* writer.flush
      for (const table of ["visit", "advertised", "endpoint_state"]) assert.strictEqual(yield* countOf(table), 1, table)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("gets by with little memory, but not while it is used exclusively", () =>
    Effect.gen(function*() {
      const { connection, writer } = yield* setUp({ spare: true })
      const limit = Effect.map(
        run(connection, "query failed", "test", "SELECT current_setting('memory_limit')"),
        (reader) => String(reader.value(0, 0))
      )
      assert.strictEqual(yield* limit, "24.0 MiB")
      // What the setting says is not always what holds: this needs more than that.
      const large = (connection: DuckDBConnection) => run(connection, "query failed", "test", "SELECT len(list(i)) FROM range(20000000) t(i)")
      yield* writer.exclusively(large)
      yield* Effect.flip(large(connection))
      yield* writer.exclusively(() => Effect.map(limit, (roomy) => assert.notStrictEqual(roomy, "24.0 MiB")))
      assert.strictEqual(yield* limit, "24.0 MiB")
      yield* writer.exclusively((connection) => run(connection, "query failed", "test", "SELECT no_such_column")).pipe(Effect.flip)
      assert.strictEqual(yield* limit, "24.0 MiB")
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("makes room before what is read of a whole crawl", () =>
    Effect.gen(function*() {
      const asked: Array<number> = []
      const { writer } = yield* setUp({ budget: { left: () => 1, makeRoom: (bytes) => asked.push(bytes) } })
      yield* writer.reading((connection) => Effect.sync(() => {
        assert.deepStrictEqual(asked, [momentary.joining])
        return connection
      }))
      assert.lengthOf(asked, 1)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("has more of it where the memory budget has some left", () =>
    Effect.gen(function*() {
      let left = 10 * 2 ** 20
      const { connection, writer } = yield* setUp({ spare: true, budget: budgetOf(() => left) })
      const limit = Effect.map(
        run(connection, "query failed", "test", "SELECT current_setting('memory_limit')"),
        (reader) => String(reader.value(0, 0))
      )
      assert.strictEqual(yield* limit, "34.0 MiB")
      left = 2 ** 30
      yield* writer.exclusively(() => Effect.void)
      assert.strictEqual(yield* limit, "64.0 MiB")
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("commits after half the time where memory is short", () =>
    Effect.gen(function*() {
      for (const [left, afterHalf] of [[1, 0], [0, 1]] as const) {
        const { countOf, writer } = yield* setUp({ groupMs: 1000, budget: budgetOf(() => left) })
        yield* writer.record(crawlId, unit(1))
        yield* TestClock.adjust(500)
        for (let i = 0; i < 1000 && writer.revision() === 0; i++) yield* Effect.promise(() => new Promise(setImmediate))
        assert.strictEqual(yield* countOf("visit"), afterHalf)
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("commits a batch that is larger than that little memory, and gets by with it again", () =>
    Effect.gen(function*() {
      const path = join(yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped(), "large.duckdb")
      const { connection, countOf, writer } = yield* setUp({ spare: true, batchRows: 1_000_000, pendingRows: 1_000_000 }, path)
      const observations = [observationOf("banner", { replyRaw: "a reply ".repeat(1_000_000) })]
      for (let n = 0; n < 24; n++) yield* writer.record(crawlId, [{ _tag: "visit", visit: answeredVisit(`host${n}.example.org:50002:s`, { observations }) }])
      yield* writer.flush
      assert.strictEqual(yield* countOf("observation"), 24)
      const limit = String((yield* run(connection, "query failed", "test", "SELECT current_setting('memory_limit')")).value(0, 0))
      assert.strictEqual(limit, `${24 + Math.ceil(statSync(path).size / 2 ** 23)}.0 MiB`)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.live("writes the log into the file where it has become long, and when its scope ends, and not at other times", () =>
    Effect.gen(function*() {
      const path = join(yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped(), "log.duckdb")
      const logSize = () => statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0
      yield* Effect.scoped(Effect.gen(function*() {
        const { writer } = yield* setUp({ spare: true }, path)
        const megabytes = (n: number, key: string) => {
          const observations = [observationOf("banner", { replyRaw: "a reply ".repeat(n * 125_000) })]
          return Effect.andThen(writer.record(crawlId, [{ _tag: "visit", visit: answeredVisit(key, { observations }) }]), writer.flush)
        }
        yield* megabytes(8, "one.example.org:50002:s")
        assert.isAbove(logSize(), 7_000_000)
        // Another connection that copies holds it off, but not for ever.
        yield* writer.whileCopied(Effect.gen(function*() {
          yield* megabytes(12, "two.example.org:50002:s")
          assert.isAbove(logSize(), 2 ** 24)
          for (let n = 0; n < 5; n++) yield* megabytes(12, `more${n}.example.org:50002:s`)
          assert.isBelow(logSize(), 2 ** 24)
        }))
        yield* megabytes(12, "three.example.org:50002:s")
        assert.isBelow(logSize(), 1_000_000)
        yield* megabytes(1, "five.example.org:50002:s")
        assert.isAbove(logSize(), 900_000)
      }))
      assert.strictEqual(logSize(), 0)
      const connection = yield* connect(yield* openForWriting(path))
      const stored = yield* run(connection, "query failed", "test", "SELECT count(*)::INTEGER, sum(length(reply_raw))::INTEGER FROM observation")
      assert.deepStrictEqual(stored.getRows(), [[9, 93_000_000]])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("commits with room what did not do with little memory", () =>
    Effect.gen(function*() {
      const path = join(yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped(), "little.duckdb")
      const { connection, countOf, writer } = yield* setUp({ spare: true }, path)
      const set = (sql: string) => run(connection, "query failed", "test", sql)
      yield* set("SET max_temp_directory_size = '0KiB'")
      for (let n = 0; n < 30; n++) yield* writer.record(crawlId, unit(n))
      yield* set("SET memory_limit = '1MiB'")
      yield* writer.flush
      assert.strictEqual(yield* countOf("visit"), 30)
      assert.strictEqual(yield* countOf("observation"), 60)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("commits what waits when its scope ends", () =>
    Effect.gen(function*() {
      const instance = yield* openForWriting(":memory:")
      const connection = yield* connect(instance)
      yield* migrate(connection, ":memory:", yield* migrations)
      yield* Effect.scoped(Effect.gen(function*() {
        const writer = yield* makeWriter(connection, yield* Identities.load(connection), {
          groupMs: 250,
          batchRows: 20_000,
          pendingRows: 60_000
        })
        yield* writer.record(crawlId, unit(1))
      }))
      const reader = yield* run(connection, "query failed", "test", "SELECT count(*)::INTEGER FROM visit")
      assert.strictEqual(reader.value(0, 0), 1)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("tells every caller when a batch could not be written, and writes none of it", () =>
    Effect.gen(function*() {
      const { connection, countOf, writer } = yield* setUp()
      yield* writer.record(crawlId, unit(1))
      yield* writer.flush
      // A row with an identifier that the writer will give out itself: its insert must fail.
      yield* run(connection, "write failed", "test", "INSERT INTO endpoint VALUES (3, 'x', 1, 'tcp', 'name', 'x:1:t')")
      yield* writer.record(crawlId, unit(2))
      yield* writer.record(crawlId, unit(3))
      const error = yield* Effect.flip(writer.flush)
      assert.strictEqual(error.reason, "write failed")
      for (const table of ["visit", "advertised", "endpoint_state"]) assert.strictEqual(yield* countOf(table), 1, table)
      assert.strictEqual(yield* Effect.flip(writer.record(crawlId, unit(4))), error)
      assert.strictEqual(yield* Effect.flip(writer.exclusively(() => Effect.void)), error)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("tells those who wait for room when the batch they wait for could not be written", () =>
    Effect.gen(function*() {
      const { connection, writer } = yield* setUp({ pendingRows: 1, batchRows: 1 })
      yield* run(connection, "write failed", "test", "INSERT INTO endpoint VALUES (1, 'x', 1, 'tcp', 'name', 'x:1:t')")
      const fiber = yield* Effect.forkChild(Effect.flip(writer.record(crawlId, unit(1))))
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "write failed")
    }).pipe(Effect.provide(NodeServices.layer)))
})

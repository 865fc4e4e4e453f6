import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Database } from "../../src/store/database.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { bringUpToDate } from "../../src/store/schema.ts"
import { makePublisher, publishIfPossible, publishRegularly, snapshotPath } from "../../src/store/snapshot.ts"
import { noSpareMemory } from "../../src/store/spare-memory.ts"
import { StoreError } from "../../src/store/store-error.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, crawlStart, observationOf, seedList } from "../support/store-facts.ts"

const read = (path: string, sql: string) =>
  Effect.gen(function*() {
    const database = yield* Database
    return { origin: database.origin, rows: (yield* database.query(sql)).rows }
  }).pipe(Effect.provide(Database.layer(path)), Effect.provide(NodeServices.layer))

describe("snapshots", () => {
  it("are named after their database", () => {
    assert.strictEqual(snapshotPath("/data/observatory.duckdb"), "/data/observatory.snapshot.duckdb")
    assert.strictEqual(snapshotPath("observatory"), "observatory.snapshot.duckdb")
  })

  it.effect("are complete: rows, views and comments, and say when they were taken", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/it's a database.duckdb`
      yield* TestClock.setTime(Date.UTC(2026, 4, 6, 7, 8, 9))
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* store.publishSnapshot
          // This process writes the file: only its snapshot may be read here.
          const { origin, rows } = yield* read(path, "SELECT count(*) AS endpoints FROM server_metadata")
          assert.deepStrictEqual(origin, {
            path: snapshotPath(path),
            kind: "snapshot",
            publishedAt: Date.UTC(2026, 4, 6, 7, 8, 9)
          })
          assert.deepStrictEqual(rows, [{ endpoints: 7 }])
          const bare = yield* read(path, "SELECT count(*) AS n FROM duckdb_columns() WHERE NOT internal AND comment IS NULL")
          assert.deepStrictEqual(bare.rows, [{ n: 0 }])
          // An older snapshot stays what it is, for those who have it open.
          yield* recordSmallCrawl(store, "testnet")
          assert.deepStrictEqual((yield* read(path, "SELECT count(*) AS crawls FROM crawl")).rows, [{ crawls: 1 }])
          yield* store.publishSnapshot
          assert.deepStrictEqual((yield* read(path, "SELECT count(*) AS crawls FROM crawl")).rows, [{ crawls: 2 }])
          assert.deepStrictEqual(readdirSync(path.replace(/\/[^/]*$/, "")).filter((n) => n.includes(".tmp")), [])
        }))
      const { origin, rows } = yield* read(path, "SELECT (SELECT count(*) FROM publication) AS published")
      assert.deepStrictEqual([origin.kind, origin.publishedAt, rows], ["file", null, [{ published: 0 }]])
    }))

  it.effect("that cannot be written as a run ends are no failure of the run, whose rows are all stored", () =>
    Effect.gen(function*() {
      const said: Array<unknown> = []
      const noting = Logger.make(({ message }) => void said.push(message))
      const path = `${yield* temporaryFolder}/no-place.duckdb`
      // Nothing can be moved to where a folder is that is not empty.
      mkdirSync(`${snapshotPath(path)}/taken`, { recursive: true })
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* store.publishSnapshot
        })).pipe(Effect.provide(Logger.layer([noting])))
      assert.match(said.flat().join("\n"), /Cannot publish a snapshot/)
      assert.deepStrictEqual((yield* read(path, "SELECT state, (SELECT count(*) FROM server_metadata) AS endpoints FROM crawl")).rows, [{ state: "finished", endpoints: 7 }])
      assert.deepStrictEqual(readdirSync(dirname(path)).filter((name) => name.includes(".tmp")), [])
    }))

  it.effect("are not begun as a run ends where they would take the database's own room; rows that cannot be stored are a failure", () =>
    Effect.gen(function*() {
      const done: Array<string> = []
      const step = (name: string) => Effect.sync(() => void done.push(name))
      yield* publishIfPossible(step("flush"), step("publish"), Effect.succeed("no room"))
      assert.deepStrictEqual(done, ["flush"])
      const lost = new StoreError({ reason: "write failed", message: "lost" })
      assert.strictEqual(yield* Effect.flip(publishIfPossible(Effect.fail(lost), step("publish"), Effect.succeed(null))), lost)
      assert.deepStrictEqual(done, ["flush"])
    }))

  it.effect("leave limits and compression of the database as they were", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/settings.duckdb`
      const instance = yield* openForWriting(path)
      const connection = yield* connect(instance)
      yield* bringUpToDate(connection, path)
      const settings = Effect.map(
        run(connection, "query failed", "test", "SELECT current_setting('memory_limit'), current_setting('disabled_compression_methods')"),
        (reader) => reader.getRows()
      )
      yield* run(connection, "query failed", "test", "SET memory_limit = '100MiB'")
      assert.deepStrictEqual(yield* settings, [["100.0 MiB", ""]])
      const publisher = yield* makePublisher(instance, path, noSpareMemory)
      yield* publisher.publish
      assert.isTrue(existsSync(snapshotPath(path)))
      assert.deepStrictEqual(yield* settings, [["100.0 MiB", ""]])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("leave the one before in place where the last of a copy cannot be written, as on a full disk", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/full.duckdb`
      const instance = yield* openForWriting(path)
      const connection = yield* connect(instance)
      yield* bringUpToDate(connection, path)
      const publisher = yield* makePublisher(instance, path, noSpareMemory)
      yield* publisher.publish
      const before = yield* read(path, "SELECT count(*) AS published FROM publication")
      yield* run(connection, "query failed", "test", "SET debug_checkpoint_abort = 'before_header'")
      const failure = yield* Effect.flip(publisher.publish)
      assert.match(failure.message, /^Cannot publish a snapshot: .*checkpoint/is)
      assert.deepStrictEqual(yield* read(path, "SELECT count(*) AS published FROM publication"), before)
      assert.deepStrictEqual(readdirSync(dirname(path)).filter((name) => name.includes(".tmp")), [])
      yield* run(connection, "query failed", "test", "SET debug_checkpoint_abort = 'none'")
      yield* publisher.publish
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("are written also where servers sent more than the little memory of a crawl holds", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/long.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          const observations = [observationOf("banner", { replyRaw: "a reply ".repeat(1_000_000) })]
          for (let n = 0; n < 24; n++) yield* store.record(crawlId, [{ _tag: "visit", visit: answeredVisit(`host${n}.example.org:50002:s`, { observations }) }])
          yield* store.publishSnapshot
          assert.deepStrictEqual((yield* read(path, "SELECT count(*) AS long FROM observation WHERE length(reply_raw) = 8000000")).rows, [{ long: 24 }])
        }))
    }))

  it.effect("contain what was recorded a moment before", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/fresh.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [seedList([])])
          yield* store.publishSnapshot
          assert.deepStrictEqual((yield* read(path, "SELECT count(*) AS readings FROM reading")).rows, [{ readings: 1 }])
        }))
    }))

  it.effect("are missed with a sentence before the first one", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/early.duckdb`
      const error = yield* withStore(path, () => Effect.flip(read(path, "SELECT 1")))
      assert.strictEqual(error.reason, "locked")
      assert.include(error.message, "no snapshot yet")
    }))

  it.effect("replace what killed processes left behind", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/left.duckdb`
      const leftovers = [`${path}.4711.tmp`, `${snapshotPath(path)}.4711.tmp`, `${snapshotPath(path)}.4711.tmp.wal`]
      for (const leftover of leftovers) writeFileSync(leftover, "unfinished")
      yield* withStore(path, (store) => store.publishSnapshot)
      assert.deepStrictEqual(leftovers.map((leftover) => existsSync(leftover)), [false, false, false])
      assert.isTrue(existsSync(snapshotPath(path)))
    }))
})

describe("publishRegularly", () => {
  const setUp = Effect.fnUntraced(function*(publish: (n: number) => Effect.Effect<void, StoreError>) {
    const state = { revision: 0, due: true, published: 0, noRoom: null as string | null }
    yield* Effect.forkScoped(
      publishRegularly(Effect.suspend(() => publish(++state.published)), {
        everyMs: 10_000,
        isDue: () => state.due,
        revision: () => state.revision,
        noRoom: Effect.sync(() => state.noRoom)
      })
    )
    yield* Effect.yieldNow
    return state
  })

  it.effect("leaves the database the room that a snapshot would take from it, and publishes again when there is more", () =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      yield* Effect.gen(function*() {
        const state = yield* setUp(() => Effect.void)
        state.revision = 1
        state.noRoom = "No snapshot is published: 3 MB are free."
        yield* TestClock.adjust("60 seconds")
        assert.strictEqual(state.published, 0)
        state.noRoom = null
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(state.published, 1)
      }).pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => void logged.push(message))])))
      assert.deepStrictEqual(logged.flat(), ["No snapshot is published: 3 MB are free."])
    }))

  it.effect("publishes every ten seconds, when something changed and a crawl runs", () =>
    Effect.gen(function*() {
      const state = yield* setUp(() => Effect.void)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(state.published, 0)
      state.revision = 1
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(state.published, 1)
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(state.published, 1)
      state.revision = 2
      state.due = false
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(state.published, 1)
      state.due = true
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(state.published, 2)
    }))

  it.effect("waits ten times as long as a copy took", () =>
    Effect.gen(function*() {
      const starts: Array<number> = []
      const state = yield* setUp(() =>
        Effect.gen(function*() {
          starts.push((yield* Clock.currentTimeMillis) / 1000)
          yield* Effect.sleep("3 seconds")
          state.revision++
        })
      )
      state.revision = 1
      for (let second = 0; second < 80; second++) yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(starts, [10, 43, 76])
    }))

  it.effect("goes on after a snapshot that could not be written", () =>
    Effect.gen(function*() {
      const state = yield* setUp((n) =>
        n === 1 ? Effect.fail(new StoreError({ reason: "write failed", message: "disk full" })) : Effect.void
      )
      state.revision = 1
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(state.published, 2)
    }))
})


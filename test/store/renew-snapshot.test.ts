import { copyFileSync, existsSync, readdirSync, statSync, utimesSync } from "node:fs"
import { dirname } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../src/store/database.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { renewSnapshot } from "../../src/store/renew-snapshot.ts"
import { snapshotPath } from "../../src/store/snapshot.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const crawlsIn = (path: string) =>
  Effect.gen(function*() {
    const database = yield* Database
    return { published: database.origin.publishedAt, crawls: (yield* database.query("SELECT count(*) AS n FROM crawl")).rows[0]!["n"] }
  }).pipe(Effect.provide(Database.layer(path)), Effect.scoped)

const recorded = Effect.gen(function*() {
  const path = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
  return path
})

const now = { quietMs: 0 }

/** Makes a file look as if nobody wrote to it for a minute. */
const age = (path: string) => Effect.sync(() => {
  const at = Date.now() / 1_000 - 60
  utimesSync(path, at, at)
})

layer(NodeServices.layer, { excludeTestServices: true })("a snapshot made of a database that nobody publishes", (it) => {
  it.effect("is whole and says when it was made, while the database stays as it is and leaves nothing beside", () =>
    Effect.gen(function*() {
      const path = yield* recorded
      const before = statSync(path)
      assert.strictEqual(yield* renewSnapshot(path, snapshotPath(path), now), "current")
      const { crawls, published } = yield* crawlsIn(snapshotPath(path))
      assert.deepStrictEqual([crawls, published !== null && Math.abs(published - Date.now()) < 60_000], [1, true])
      assert.deepStrictEqual([statSync(path).mtimeMs, statSync(path).size], [before.mtimeMs, before.size])
      assert.deepStrictEqual(readdirSync(dirname(path)).toSorted(), ["observatory.duckdb", "observatory.snapshot.duckdb"])
    }))

  it.effect("is made anew when the database changed, and only then", () =>
    Effect.gen(function*() {
      const path = yield* recorded
      const snapshot = snapshotPath(path)
      yield* renewSnapshot(path, snapshot, now)
      const first = statSync(snapshot)
      assert.strictEqual(yield* renewSnapshot(path, snapshot, now), "current")
      assert.strictEqual(statSync(snapshot).ino, first.ino)
      yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      assert.strictEqual(yield* renewSnapshot(path, snapshot, now), "current")
      assert.strictEqual((yield* crawlsIn(snapshot)).crawls, 2)
      assert.strictEqual(yield* renewSnapshot(path, snapshot, { ...now, anew: true }), "current")
    }))

  it.effect("waits until nobody has written for a while, and says so where there is none yet", () =>
    Effect.gen(function*() {
      const path = yield* recorded
      assert.strictEqual(yield* renewSnapshot(path, snapshotPath(path), { quietMs: 3_600_000 }), "missing")
      assert.isFalse(existsSync(snapshotPath(path)))
      yield* age(path)
      assert.strictEqual(yield* renewSnapshot(path, snapshotPath(path)), "current")
      assert.strictEqual(yield* renewSnapshot(`${path}.nothing`, snapshotPath(`${path}.nothing`)), "missing")
    }))

  it.effect("does not touch what this process writes to, since closing a file drops its lock", () =>
    Effect.gen(function*() {
      const path = yield* recorded
      yield* renewSnapshot(path, snapshotPath(path), now)
      const published = statSync(snapshotPath(path)).ino
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          assert.strictEqual(yield* renewSnapshot(path, snapshotPath(path), now), "older")
          assert.strictEqual(statSync(snapshotPath(path)).ino, published)
        }).pipe(Effect.provide(NodeServices.layer)))
    }))

  it.effect("has what a killed process left in its log", () =>
    Effect.gen(function*() {
      const path = yield* recorded
      const left = `${yield* temporaryFolder}/left.duckdb`
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(yield* openForWriting(path))
        yield* run(connection, "write failed", "test", "INSERT INTO note VALUES (1, 'mainnet', 'a.test', 'me', now()::TIMESTAMP, 'in the log')")
        // As the files lie there while it runs, and when it is killed.
        copyFileSync(path, left)
        copyFileSync(`${path}.wal`, `${left}.wal`)
      }))
      assert.isAbove(statSync(`${left}.wal`).size, 0)
      assert.strictEqual(yield* renewSnapshot(left, snapshotPath(left), now), "current")
      const notes = yield* Effect.flatMap(Database, (database) => database.query("SELECT text FROM note")).pipe(
        Effect.provide(Database.layer(snapshotPath(left))), Effect.scoped)
      assert.deepStrictEqual(notes.rows, [{ text: "in the log" }])
      assert.isAbove(statSync(`${left}.wal`).size, 0)
    }))

  it.effect("of a file that is none fails with a sentence and leaves nothing", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/text.duckdb`
      copyFileSync(new URL(import.meta.url).pathname, path)
      const error = yield* Effect.flip(renewSnapshot(path, snapshotPath(path), now))
      assert.strictEqual(error._tag, "StoreError")
      assert.deepStrictEqual(readdirSync(dirname(path)), ["text.duckdb"])
    }))
})

import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Layer, PubSub } from "effect"
import { Editions } from "../../src/api/editions.ts"
import { Atlas } from "../../src/atlas/atlas.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { renewSnapshot } from "../../src/store/renew-snapshot.ts"
import { snapshotPath } from "../../src/store/snapshot.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const recorded = Effect.gen(function*() {
  const db = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
  return db
})

const editionsOf = (db: string, view = "all", onWait: Effect.Effect<void> = Effect.void, preparationMs?: number) =>
  Effect.map(
    Layer.build(Editions.layer({ db, snapshot: snapshotPath(db), view, atlas: Atlas.layer, everyMs: 20, ...(preparationMs === undefined ? {} : { preparationMs }) }, onWait)),
    (context) => Context.get(context, Editions)
  )

const now = { quietMs: 0 }

layer(NodeServices.layer, { excludeTestServices: true })("editions", (it) => {
  it.effect("begin with what was written last, though an older snapshot is there", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      yield* renewSnapshot(db, snapshotPath(db), now)
      yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
      const editions = yield* editionsOf(db)
      assert.strictEqual((yield* editions.newest().atlas.crawls).length, 2)
    }))

  it.effect("wait for a snapshot where somebody is writing, and say so once", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      let waits = 0
      const editions = yield* editionsOf(db, "all", Effect.sync(() => void waits++))
      assert.isAtMost(waits, 1)
      assert.strictEqual((yield* editions.newest().atlas.crawls).length, 1)
    }))

  it.effect("have the same name for the same data and view, and another for anything else", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      const [first, again, other] = [yield* editionsOf(db), yield* editionsOf(db), yield* editionsOf(db, "public")]
      assert.strictEqual(first.newest().id, again.newest().id)
      assert.notStrictEqual(first.newest().id, other.newest().id)
    }))

  it.effect("stay whole for who has one, while others already have the next; the next is prepared before it is shown", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      yield* renewSnapshot(db, snapshotPath(db), now)
      const editions = yield* editionsOf(db)
      const prepared = yield* Deferred.make<string>()
      yield* editions.beforeShowing((next) => Effect.asVoid(Deferred.succeed(prepared, `${next.id} before ${editions.newest().id}`)))
      const changes = yield* editions.changes
      const before = editions.newest().id
      yield* Effect.scoped(Effect.gen(function*() {
        const mine = yield* editions.lease
        yield* withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), store.publishSnapshot))
        const next = yield* PubSub.take(changes)
        assert.strictEqual(yield* Deferred.await(prepared), `${next.id} before ${before}`)
        assert.strictEqual(editions.newest().id, next.id)
        assert.deepStrictEqual([(yield* mine.atlas.crawls).length, (yield* next.atlas.crawls).length], [1, 2])
        // Read for the first time now: the file that it is in has been replaced.
        assert.strictEqual((yield* mine.atlas.servers(1)).length, 5)
      }))
    }))

  it.effect("are shown when their time is over, however long a preparation would take", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      yield* renewSnapshot(db, snapshotPath(db), now)
      const editions = yield* editionsOf(db, "all", Effect.void, 300)
      const begun = yield* Deferred.make<string>()
      yield* editions.beforeShowing(({ id }) => Effect.andThen(Deferred.succeed(begun, id), Effect.never))
      const changes = yield* editions.changes
      const before = editions.newest().id
      yield* withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), store.publishSnapshot))
      const next = yield* Deferred.await(begun)
      assert.strictEqual(editions.newest().id, before)
      assert.strictEqual((yield* PubSub.take(changes)).id, next)
      assert.strictEqual(editions.newest().id, next)
    }))

  it.effect("do not let who writes wait for a preparation", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      yield* renewSnapshot(db, snapshotPath(db), now)
      const editions = yield* editionsOf(db, "all", Effect.void, 3_600_000)
      const begun = yield* Deferred.make<void>()
      yield* editions.beforeShowing(() => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      yield* withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), store.publishSnapshot))
      yield* Deferred.await(begun)
      assert.strictEqual((yield* editions.newest().atlas.crawls).length, 1)
      yield* editions.afterWriting(withStore(db, (store) => recordSmallCrawl(store, "mainnet")))
      assert.strictEqual((yield* editions.newest().atlas.crawls).length, 3)
    }))

  it.effect("are not made of a snapshot that cannot be read: the last good one is shown on", () =>
    Effect.gen(function*() {
      const db = yield* recorded
      yield* renewSnapshot(db, snapshotPath(db), now)
      const editions = yield* editionsOf(db)
      const before = editions.newest().id
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(yield* openForWriting(snapshotPath(db)))
        yield* run(connection, "write failed", "test", "INSERT INTO schema_version VALUES (9999, 'later', now()::TIMESTAMP)")
      }))
      // Looks at the files at once.
      yield* editions.afterWriting(Effect.void)
      assert.strictEqual(editions.newest().id, before)
      assert.strictEqual((yield* editions.newest().atlas.crawls).length, 1)
    }))
})

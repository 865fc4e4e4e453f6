import { request } from "node:http"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { LiveEvent } from "../../src/atlas/shapes/event.ts"
import { serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(LiveEvent))

/** Reads a stream of events; `next` waits for one. */
const follow = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(() => new Promise<{ next: () => Promise<LiveEvent & { named: string }>; headers: NodeJS.Dict<string | string[]>; stop: () => void }>((resolve) => {
      const waiting: Array<(event: LiveEvent & { named: string }) => void> = []
      const come: Array<LiveEvent & { named: string }> = []
      let rest = ""
      const sent = request({ host: "127.0.0.1", port, path: "/api/v1/events", headers: { "accept-encoding": "gzip, br" } }, (response) => {
        response.setEncoding("utf8")
        response.on("data", (text: string) => {
          const blocks = (rest + text).split("\n\n")
          rest = blocks.pop()!
          for (const block of blocks) {
            const [, named] = /^event: (.*)$/m.exec(block) ?? []
            const [, data] = /^data: (.*)$/m.exec(block) ?? []
            if (named === undefined) continue
            const event = { ...decode(data), named }
            const first = waiting.shift()
            if (first === undefined) come.push(event)
            else first(event)
          }
        })
        response.on("error", () => undefined)
        resolve({
          headers: response.headers,
          stop: () => sent.destroy(),
          next: () => new Promise((take) => {
            const event = come.shift()
            if (event === undefined) waiting.push(take)
            else take(event)
          })
        })
      })
      sent.on("error", () => undefined)
      sent.end()
    })),
    ({ stop }) => Effect.sync(stop)
  )

layer(NodeServices.layer, { excludeTestServices: true })("the stream of events", (it) => {
  it.effect("tells at once what is shown, and then each new snapshot, to all who follow", () =>
    Effect.gen(function*() {
      const db = `${yield* temporaryFolder}/observatory.duckdb`
      yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
      const { json, port } = yield* serveForTest({ db })
      const readers = [yield* follow(port), yield* follow(port), yield* follow(port)]
      const firsts = yield* Effect.promise(() => Promise.all(readers.map(({ next }) => next())))
      const about = (yield* Effect.promise(() => json("/api/v1/about"))) as { edition: string }
      for (const { crawl, edition, kind, named } of firsts) {
        assert.deepStrictEqual([named, kind, edition, crawl?.crawlId], ["snapshot", "snapshot", about.edition, 1])
      }
      assert.deepStrictEqual(
        [readers[0]!.headers["content-type"], readers[0]!.headers["cache-control"], readers[0]!.headers["content-encoding"]],
        ["text/event-stream", "no-store", undefined]
      )
      readers[2]!.stop()
      // A crawl holds the database and publishes: the server follows, and never asked for the file.
      yield* withStore(db, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* store.publishSnapshot
          const seconds = yield* Effect.promise(() => Promise.all(readers.slice(0, 2).map(({ next }) => next())))
          for (const { crawl, edition, kind } of seconds) {
            assert.deepStrictEqual([kind, crawl?.crawlId], ["snapshot", 2])
            assert.notStrictEqual(edition, about.edition)
          }
          const crawls = (yield* Effect.promise(() => json("/api/v1/crawls"))) as ReadonlyArray<unknown>
          assert.strictEqual(crawls.length, 2)
        }))
    }))

  it.effect("ends with the server, which does not wait for its readers", () =>
    Effect.gen(function*() {
      const db = `${yield* temporaryFolder}/observatory.duckdb`
      yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
      const reading = yield* Effect.scoped(Effect.gen(function*() {
        const { port } = yield* serveForTest({ db })
        return yield* Effect.promise(() => new Promise<{ closed: Promise<void> }>((resolve) => {
          const sent = request({ host: "127.0.0.1", port, path: "/api/v1/events" }, (response) => {
            const closed = new Promise<void>((done) => response.on("close", done))
            response.on("error", () => undefined)
            response.once("data", () => resolve({ closed }))
          })
          sent.on("error", () => undefined)
          sent.end()
        }))
      }))
      // The scope has ended although the reader stayed, and the reader was told.
      yield* Effect.promise(() => reading.closed)
    }))
})

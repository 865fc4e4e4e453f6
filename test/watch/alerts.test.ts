import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Latch, Layer, Schedule } from "effect"
import type { WatchEvent } from "../../src/domain/watch.ts"
import { alertOf, sendAlert } from "../../src/watch/alerts.ts"
import { serveMetrics } from "../../src/watch/metrics-server.ts"
import { countFacts, countStandings, healthOf, SeenEvents } from "../../src/watch/watch-metrics.ts"
import type { Watched } from "../../src/watch/watch-state.ts"
import { freePort } from "../support/free-ports.ts"
import { endpointOf } from "../support/store-facts.ts"

const event = (kind: WatchEvent["kind"], more: Partial<WatchEvent> = {}): WatchEvent => ({
  endpoint: "alpha.example.org:50002:s", kind, earliest: 1000, latest: 2000, before: null, after: null, cause: null, detail: null, ...more
})

const of = { network: "mainnet-sim", simulated: true, vantage: "home" }
const platform = Layer.merge(NodeServices.layer, NodeHttpClient.layerFetch)

describe("alerts", () => {
  it("tell of what is new, not of what an outage of many explains, nor of what was there when the watch began", () => {
    const seen = new SeenEvents()
    assert.deepStrictEqual(seen.news([event("restarted")]), [])
    const news = seen.news([event("restarted"), event("new key"), event("went silent", { cause: "vantage outage" }), event("came back")])
    assert.strictEqual(news.length, 3)
    assert.deepStrictEqual(alertOf(news, of, 3000)!.events.map(({ kind, latest }) => [kind, latest]), [["new key", "1970-01-01T00:00:02.000Z"]])
    assert.isNull(alertOf([event("came back")], of, 3000))
  })

  it.live("go to a webhook and to a program as the same JSON, and what fails of them stops nothing", () =>
    Effect.gen(function*() {
      const bodies: Array<string> = []
      const server = createServer((request, response) => {
        let body = ""
        request.on("data", (chunk: Buffer) => (body += chunk.toString()))
        request.on("end", () => {
          bodies.push(body)
          response.end()
        })
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
        () => Effect.sync(() => server.close())
      )
      const folder = mkdtempSync(join(tmpdir(), "observatory-alert-"))
      const [program, heard] = [join(folder, "tell"), join(folder, "heard")]
      writeFileSync(program, `#!/bin/sh\ncat > ${heard}\n`, { mode: 0o755 })
      const alert = alertOf([event("new key")], of, 3000)!
      yield* sendAlert({ webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, command: program }, alert)
      assert.deepStrictEqual(bodies.map((body) => JSON.parse(body) as unknown), [JSON.parse(JSON.stringify(alert))])
      assert.deepStrictEqual(JSON.parse(readFileSync(heard, "utf8")), JSON.parse(JSON.stringify(alert)))
      yield* sendAlert({ webhook: "http://127.0.0.1:1/", command: join(folder, "missing") }, alert)
    }).pipe(Effect.provide(platform)))
})

describe("what a watch tells about itself", () => {
  it.live("is served as metrics and as health, and names no server", () =>
    Effect.gen(function*() {
      const now = Date.now()
      const endpoint = endpointOf("alpha.example.org:50002:s")
      const server: Watched = {
        key: "alpha.example.org:50002:s", endpoint, standing: { at: now, state: "up", downSince: null, throttles: 0 }, dueAt: now, held: false, short: 0, sooner: Latch.makeUnsafe()
      }
      const roster = new Map([[server.key, server]])
      yield* countFacts([{ _tag: "sighting", runId: 1, endpoint, at: now, state: "up", reason: null, way: "visit", dueAt: now }])
      yield* countStandings(roster.values(), [event("restarted")])
      const port = yield* Effect.promise(freePort)
      yield* Effect.forkScoped(serveMetrics({ host: "127.0.0.1", port }, healthOf(roster, 60_000)))
      const get = (path: string) => Effect.retry(Effect.tryPromise(() => fetch(`http://127.0.0.1:${port}${path}`)), Schedule.spaced("100 millis").pipe(Schedule.upTo({ times: 50 })))
      const metrics = yield* Effect.flatMap(get("/metrics"), (response) => Effect.promise(() => response.text()))
      assert.match(metrics, /^observatory_watched_servers\{state="up"\} 1$/m)
      assert.match(metrics, /^observatory_looks_total\{.*state="up".*\} 1$/m)
      assert.match(metrics, /^observatory_watch_events_total\{.*kind="restarted".*\} 1$/m)
      assert.notInclude(metrics, "alpha")
      const health = yield* get("/health")
      assert.strictEqual(health.status, 200)
      assert.deepStrictEqual((yield* Effect.promise(() => health.json() as Promise<{ watched: number; status: string }>)).status, "ok")
      server.standing = { at: now - 10 * 60_000, state: "up", downSince: null, throttles: 0 }
      assert.strictEqual((yield* get("/health")).status, 503)
    }).pipe(Effect.provide(platform)))
})

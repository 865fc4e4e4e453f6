import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Latch, Layer, Logger, Schedule } from "effect"
import type { WatchEvent } from "../../src/domain/watch.ts"
import { alertOf, type AlertTargets, pendingFor, sendAlert } from "../../src/watch/alerts.ts"
import { serveMetrics } from "../../src/watch/metrics-server.ts"
import { countFacts, countStandings, healthOf, SeenEvents } from "../../src/watch/watch-metrics.ts"
import type { Watched } from "../../src/watch/watch-state.ts"
import { httpServer } from "../support/http-server.ts"
import { freePort } from "../support/free-ports.ts"
import { recordCrawl } from "../support/atlas-database.ts"
import { withStore } from "../support/small-database.ts"
import { endpointOf, stateOf } from "../support/store-facts.ts"

const event = (kind: WatchEvent["kind"], more: Partial<WatchEvent> = {}): WatchEvent => ({
  endpoint: "alpha.example.org:50002:s", kind, earliest: 1000, latest: 2000, before: null, after: null, cause: null, detail: null, ...more
})

const sendAll = (targets: AlertTargets, alert: Parameters<typeof pendingFor>[1]) =>
  Effect.forEach(pendingFor(targets, alert), (pending) => sendAlert(targets, pending))

const of = { network: "mainnet-sim", simulated: true, vantage: "home" }
const platform = Layer.merge(NodeServices.layer, NodeHttpClient.layerFetch)

describe("alerts", () => {
  it("tell of what is new, not of what an outage of many explains, nor of what was there when the watch began", () => {
    const seen = new SeenEvents(null)
    assert.deepStrictEqual(seen.news([event("restarted")]), [])
    const news = seen.news([event("restarted"), event("new key"), event("went silent", { cause: "vantage outage" }), event("came back")])
    assert.strictEqual(news.length, 3)
    assert.deepStrictEqual(alertOf(news, of, 3000)!.events.map(({ kind, latest }) => [kind, latest]), [["new key", "1970-01-01T00:00:02.000Z"]])
    assert.isNull(alertOf([event("came back")], of, 3000))
    // Known again by its number, which follows from what it says.
    assert.strictEqual(alertOf(news, of, 3000)!.id, alertOf(news, of, 3000)!.id)
    assert.notStrictEqual(alertOf(news, of, 3000)!.id, alertOf(news, of, 4000)!.id)
  })

  it.live("tell once, after a restart, of what happened since the last time events were stored", () =>
    Effect.gen(function*() {
      const db = join(mkdtempSync(join(tmpdir(), "observatory-alerts-")), "watch.duckdb")
      yield* recordCrawl(db, [stateOf("alpha.example.org:50002:s", "visited")])
      const day = 24 * 3_600_000
      const told = [event("new key", { earliest: 5 * day + 0.4, latest: 6 * day, after: "b" }), event("network outage", { endpoint: null, earliest: 5 * day, latest: 6 * day, after: "AS 64500" })]
      const meanwhile = event("went silent", { earliest: 6 * day, latest: 6 * day + 1, after: "refused" })
      const stored = yield* withStore(db, ({ watch }) =>
        watch.saveDerived(of, { at: 6 * day, eventsSince: 4 * day, events: told, reliability: [], identities: [] }).pipe(
          Effect.andThen(watch.events(of, 3 * day))
        ))
      const seen = new SeenEvents(stored)
      assert.deepStrictEqual(seen.news([...told, meanwhile]).map(({ kind }) => kind), ["went silent"])
      assert.deepStrictEqual(seen.news([...told, meanwhile]), [])
    }).pipe(Effect.provide(platform)))

  it.live("go to a webhook and to a program as the same JSON, and what fails of them stops nothing", () =>
    Effect.gen(function*() {
      const bodies: Array<string> = []
      const keys: Array<unknown> = []
      const server = createServer((request, response) => {
        let body = ""
        request.on("data", (chunk: Buffer) => (body += chunk.toString()))
        request.on("end", () => {
          bodies.push(body)
          keys.push(request.headers["idempotency-key"])
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
      assert.deepStrictEqual(yield* sendAll({ webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, command: program }, alert), [true, true])
      assert.deepStrictEqual(keys, [alert.id])
      assert.deepStrictEqual(bodies.map((body) => JSON.parse(body) as unknown), [JSON.parse(JSON.stringify(alert))])
      assert.deepStrictEqual(JSON.parse(readFileSync(heard, "utf8")), JSON.parse(JSON.stringify(alert)))
      assert.deepStrictEqual(yield* sendAll({ webhook: "http://127.0.0.1:1/", command: join(folder, "missing") }, alert), [false, false])
    }).pipe(Effect.provide(platform)))

  it.live("are logged as failed where the webhook refuses or sends elsewhere, which is not followed, and where the program fails", () =>
    Effect.gen(function*() {
      const asked: Array<string | undefined> = []
      const url = yield* httpServer((request, response) => {
        asked.push(request.url)
        response.writeHead(request.url === "/moved" ? 307 : 500, { location: "/elsewhere" }).end()
      })
      const program = join(mkdtempSync(join(tmpdir(), "observatory-alert-")), "tell")
      writeFileSync(program, "#!/bin/sh\ncat > /dev/null\nexit 3\n", { mode: 0o755 })
      const logged: Array<string> = []
      const alert = alertOf([event("new key")], of, 3000)!
      const base = url.replace(/(?<=\d)\/.*$/, "")
      yield* Effect.forEach([`${base}/broken`, `${base}/moved`], (webhook) => sendAll({ webhook, command: program }, alert)).pipe(
        Effect.provide(Logger.layer([Logger.make(({ message }) => void logged.push(String(message)))]))
      )
      assert.deepStrictEqual(asked, ["/broken", "/moved"])
      assert.deepStrictEqual(logged, [
        "alert to the webhook failed: it answered with HTTP status 500", "alert to the command failed: it ended with code 3",
        "alert to the webhook failed: it answered with HTTP status 307, and redirects are not followed", "alert to the command failed: it ended with code 3"
      ])
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
      // Nor does a look vouch for anything that a clock dated which was set back since.
      const ahead: Watched = { ...server, key: "beta.example.org:50002:s", standing: { at: now + 3 * 24 * 3_600_000, state: "up", downSince: null, throttles: 0 } }
      roster.set(ahead.key, ahead)
      assert.strictEqual((yield* get("/health")).status, 503)
    }).pipe(Effect.provide(platform)))
})

import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { deepVisitsDue } from "../../src/crawl/deep-schedule.ts"
import { DueProbes, type DueRun } from "../../src/crawl/due-probes.ts"
import { makeExclusions, noExclusions } from "../../src/domain/exclusions.ts"
import { shippedChains } from "../../src/domain/chain.ts"
import { endpointKey } from "../../src/domain/endpoint.ts"
import { deepBooking } from "../../src/probe/deep/budget.ts"
import { DeepVisitor } from "../../src/probe/deep/deep-visitor.ts"
import { Database } from "../../src/store/database.ts"
import { Store } from "../../src/store/store.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { TransportError } from "../../src/transport/transport-error.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { answeredVisit, crawlStart, endpointOf, failedVisit, serverOf, stateOf } from "../support/store-facts.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet")!
const vantage = { name: "home", ipv4: true, ipv6: false, tor: false, proxy: false }
const keys = ["a.example.org:50002:s", "b.example.org:50002:s"] as const
const addresses: Readonly<Record<string, string>> = { "a.example.org": "34.90.1.2", "b.example.org": "35.90.1.2" }
const hour = 3_600_000

/** What a pretended server does to deep visits. */
interface Pretended {
  readonly takesMs?: number
  readonly cost?: number
  readonly fails?: "throttled" | "refused" | "proxy"
  /** Our own time for it is up before it has asked all. */
  readonly isCut?: boolean
  readonly planFails?: TransportError["reason"]
}

/** Deep visits that open no connection; who was visited when is recorded. */
const pretendedNetwork = (
  servers: Readonly<Record<string, Pretended>>,
  log: Array<readonly [string, number]>,
  begun: Set<string>
) =>
  Layer.merge(
    Layer.succeed(Dialer, Dialer.of({
      plan: (endpoint) => {
        const { planFails } = servers[endpoint.host] ?? {}
        const address = addresses[endpoint.host]!
        return Effect.fromResult(planFails === undefined
          ? Result.succeed({ endpoint, dial: { address, resolvedBy: "dns" as const, addresses: [address], via: "direct" as const }, resolvedMs: 1 })
          : Result.fail(new TransportError({ reason: planFails, phase: "resolve", detail: "pretended" })))
      },
      connect: () => Effect.die("not used here")
    })),
    Layer.succeed(DeepVisitor, DeepVisitor.of({
      visit: ({ dial, endpoint }, { pace }) =>
        Effect.gen(function*() {
          yield* pace
          begun.add(endpoint.host)
          const startedAt = yield* Clock.currentTimeMillis
          const { cost = 500, fails, isCut = false, takesMs = 10 } = servers[endpoint.host] ?? {}
          yield* Effect.sleep(takesMs)
          log.push([endpoint.host, startedAt])
          const key = endpointKey(endpoint)
          const visit = fails === undefined
            ? answeredVisit(key, { kind: "deep", startedAt, cost, dial })
            : failedVisit(key, { kind: "deep", startedAt, cost, dial, reason: fails })
          return { visit, replies: [], isCut, malformed: { response: "error", comparedWith: null, notCompared: null, differs: [], answers: {} } }
        })
    }))
  )

const dueRun = (changes: Partial<DueRun> = {}): DueRun => ({
  chain,
  vantage,
  codeVersion: "test",
  clientName: "electrum-observatory/test",
  exclusions: noExclusions,
  choice: "usual",
  concurrency: 8,
  rate: 0,
  perBlock: 4,
  drainMs: 5000,
  exclude: [],
  onProgress: () => Effect.void,
  ...changes
})

/** A store in which a crawl of both servers has just ended, its deep visits due half an hour later. */
const scheduled = Effect.fnUntraced(function*(store: Store["Service"], regularCost = 20) {
  const at = yield* Clock.currentTimeMillis
  const crawlId = yield* store.startCrawl(crawlStart({ startedAt: at }))
  for (const key of keys) {
    const address = addresses[endpointOf(key).host]!
    const visit = answeredVisit(key, { startedAt: at, dial: { address, resolvedBy: "dns", addresses: [address], via: "direct" } })
    yield* store.record(crawlId, [
      { _tag: "visit", visit },
      stateOf(key, "visited"),
      { _tag: "ledger", target: address, at, balance: regularCost, backOffUntil: null, reason: null }
    ])
  }
  yield* store.flush
  const servers = keys.map((key) => serverOf([key]))
  const candidates = yield* store.dueProbes.candidates(crawlId, { network: "mainnet", vantage: "home" })
  yield* store.record(crawlId, [
    { _tag: "servers", servers },
    ...deepVisitsDue(servers, candidates, { crawlId, network: "mainnet", at, delayMs: hour / 2 })
  ])
  yield* store.endCrawl(crawlId, "finished", at)
  yield* store.flush
  return crawlId
})

/** One database, opened anew for each step as by commands one after the other. */
const bench = Effect.fnUntraced(function*(servers: Readonly<Record<string, Pretended>> = {}) {
  const path = `${yield* temporaryFolder}/due.duckdb`
  const log: Array<readonly [string, number]> = []
  const begun = new Set<string>()
  const network = pretendedNetwork(servers, log, begun)
  /** Real files are written first, which takes its time. */
  const untilBegun = (hosts: number) =>
    Effect.promise(async () => {
      while (begun.size < hosts) await new Promise((resolve) => setTimeout(resolve, 5))
    })
  const withStore = <A, E>(use: Effect.Effect<A, E, Store | Dialer | DeepVisitor>) =>
    use.pipe(Effect.provide(network), Effect.provide(Store.layer(path)), Effect.provide(NodeServices.layer))
  const run = (changes?: Partial<DueRun>) =>
    withStore(Effect.flatMap(DueProbes, (probes) => probes.run(dueRun(changes))).pipe(Effect.provide(DueProbes.layer)))
  /** To the end, while the clock moves. */
  const finish = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(effect)
      // Real files are written in between, which the clock of the test knows nothing of.
      for (let i = 0; i < 400 && fiber.pollUnsafe() === undefined; i++) {
        yield* TestClock.adjust(50)
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
      }
      return yield* Fiber.join(fiber)
    })
  const rows = (sql: string) =>
    Effect.flatMap(Database, (database) => database.query(sql)).pipe(
      Effect.provide(Database.layer(path)),
      Effect.provide(NodeServices.layer),
      Effect.map((result) => result.rows)
    )
  const schedule = (regularCost?: number) => finish(withStore(Effect.flatMap(Store, (store) => scheduled(store, regularCost))))
  return { log, run, finish, rows, schedule, untilBegun }
})

const newest = `
  SELECT host, state, detail, visit_id IS NOT NULL AS visited, epoch_ms(due_at) AS due
  FROM probe_due JOIN endpoint USING (endpoint_id)
  QUALIFY row_number() OVER (PARTITION BY endpoint_id ORDER BY sequence DESC) = 1 ORDER BY host`

describe("deep visits that are due", () => {
  it.effect("are made when their time has come, not before, each once, with what they brought", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule } = yield* bench()
      yield* schedule()
      const early = yield* finish(run())
      assert.deepInclude(early, { runId: null, answered: 0, waiting: 2 })
      assert.isAbove(early.nextDueAt!, yield* Clock.currentTimeMillis)
      assert.deepStrictEqual(log, [])
      yield* TestClock.adjust("31 minutes")
      const due = yield* finish(run())
      assert.deepInclude(due, { answered: 2, failed: 0, postponed: 0, waiting: 0, nextDueAt: null })
      assert.deepStrictEqual(log.map(([host]) => host).toSorted(), ["a.example.org", "b.example.org"])
      yield* finish(run())
      assert.lengthOf(log, 2)
      assert.deepStrictEqual((yield* rows(newest)).map(({ host, state, visited }) => [host, state, visited]), [
        ["a.example.org", "done", true],
        ["b.example.org", "done", true]
      ])
      const visits = yield* rows("SELECT v.kind, c.kind AS run, c.state, m.response FROM visit v JOIN crawl c USING (crawl_id) JOIN malformed_reply m USING (visit_id)")
      assert.deepStrictEqual(visits, Array.from({ length: 2 }, () => ({ kind: "deep", run: "probe", state: "finished", response: "error" })))
      const shown = yield* rows("SELECT host, malformed_response FROM server_metadata ORDER BY host")
      assert.deepStrictEqual(shown.map((row) => row["malformed_response"]), ["error", "error"])
    }))

  it.effect("are put off, not dropped, when the ledger has no room, and made when it has", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule } = yield* bench()
      // Half an hour later 2 units a second of it are forgotten: 400 are left.
      yield* schedule(4000)
      yield* TestClock.adjust("30 minutes")
      const first = yield* finish(run())
      assert.deepInclude(first, { answered: 0, postponed: 2, waiting: 2 })
      assert.deepStrictEqual(log, [])
      for (const row of yield* rows(newest)) assert.match(String(row["detail"]), /^ledger: \d+ of 700 units in use, \d+ wanted$/)
      yield* TestClock.adjust(first.nextDueAt! - (yield* Clock.currentTimeMillis) + 60_000)
      assert.deepInclude(yield* finish(run()), { answered: 2, postponed: 0 })
    }))

  it.effect("are booked at what they may cost beforehand, and at what they did cost afterwards", () =>
    Effect.gen(function*() {
      const { finish, rows, run, schedule } = yield* bench({ "a.example.org": { cost: 123 } })
      yield* schedule(0)
      yield* TestClock.adjust("31 minutes")
      yield* finish(run({ concurrency: 1 }))
      const booked = yield* rows("SELECT balance FROM cost_ledger WHERE target = '34.90.1.2' ORDER BY rowid")
      assert.strictEqual(booked[1]!["balance"], deepBooking("usual"))
      assert.closeTo(Number(booked[2]!["balance"]), 123, 1)
    }))

  it.effect("that were begun when their process was killed stay booked, and wait another half an hour", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule, untilBegun } = yield* bench({ "a.example.org": { takesMs: 10 * hour }, "b.example.org": { takesMs: 10 * hour } })
      yield* schedule(0)
      yield* TestClock.adjust("31 minutes")
      // Interrupted, and given no moment: nothing is written after the visits began.
      const fiber = yield* Effect.forkChild(run({ drainMs: 0 }))
      yield* untilBegun(2)
      yield* finish(Fiber.interrupt(fiber))
      assert.deepStrictEqual(log, [])
      const now = yield* Clock.currentTimeMillis
      for (const { detail, due, state, visited } of yield* rows(newest)) {
        assert.deepStrictEqual([state, detail, visited], ["due", "begun", false])
        assert.isAbove(Number(due), now + 0.45 * hour)
      }
      const [booked] = yield* rows("SELECT max(balance) AS most FROM cost_ledger")
      assert.strictEqual(booked!["most"], deepBooking("usual"))
      assert.deepStrictEqual(yield* rows("SELECT state FROM crawl WHERE kind = 'probe'"), [{ state: "interrupted" }])
    }))

  it.effect("under way get a moment when the run is interrupted; those that were not begun stay due", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule, untilBegun } = yield* bench({ "a.example.org": { takesMs: 2000 } })
      yield* schedule(0)
      yield* TestClock.adjust("31 minutes")
      const fiber = yield* Effect.forkChild(run({ concurrency: 1 }))
      yield* untilBegun(1)
      yield* finish(Fiber.interrupt(fiber))
      assert.deepStrictEqual(log.map(([host]) => host), ["a.example.org"])
      assert.deepStrictEqual((yield* rows(newest)).map(({ detail, host, state }) => [host, state, detail]), [
        ["a.example.org", "done", null],
        ["b.example.org", "due", null]
      ])
    }))

  it.effect("of who opted out meanwhile are dropped, by name and by address", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule } = yield* bench()
      yield* schedule()
      yield* TestClock.adjust("31 minutes")
      const summary = yield* finish(run({ exclusions: makeExclusions(["a.example.org", "35.90.0.0/16"]) }))
      assert.deepInclude(summary, { answered: 0, dropped: 2, waiting: 0 })
      assert.deepStrictEqual(log, [])
      assert.deepStrictEqual((yield* rows(newest)).map(({ detail, state }) => [state, detail]), [["dropped", "excluded"], ["dropped", "excluded"]])
    }))

  it.effect("that failed on our side are tried again later; a server that throttled is left alone", () =>
    Effect.gen(function*() {
      const { finish, rows, run, schedule } = yield* bench({ "a.example.org": { planFails: "us" }, "b.example.org": { fails: "throttled" } })
      yield* schedule()
      yield* TestClock.adjust("31 minutes")
      assert.deepInclude(yield* finish(run()), { answered: 0, failed: 1, postponed: 1, waiting: 1 })
      const [a, b] = yield* rows(newest)
      assert.deepStrictEqual([a!["state"], a!["detail"], b!["state"]], ["due", "us: pretended", "done"])
      const [entry] = yield* rows("SELECT reason, back_off_until IS NOT NULL AS away FROM cost_ledger WHERE target = '35.90.1.2' ORDER BY rowid DESC LIMIT 1")
      assert.deepStrictEqual(entry, { reason: "throttled", away: true })
    }))

  it.effect("that our own time cut off keep what was heard, and are due again later", () =>
    Effect.gen(function*() {
      const { finish, rows, run, schedule } = yield* bench({ "a.example.org": { isCut: true } })
      yield* schedule()
      yield* TestClock.adjust("31 minutes")
      assert.deepInclude(yield* finish(run()), { answered: 1, postponed: 1, waiting: 1 })
      const [a, b] = yield* rows(newest)
      assert.deepStrictEqual([a!["state"], a!["detail"], b!["state"]], ["due", "the visit had taken its time", "done"])
      assert.isAbove(Number(a!["due"]), (yield* Clock.currentTimeMillis) + 5 * hour)
      assert.lengthOf(yield* rows("SELECT 1 FROM malformed_reply"), 2)
    }))

  it.effect("with invalid JSON take no usual visit's place, come once a day, and are not what is shown of the server", () =>
    Effect.gen(function*() {
      const { finish, log, rows, run, schedule } = yield* bench({ "a.example.org": { cost: 20 }, "b.example.org": { cost: 20 } })
      yield* schedule(0)
      yield* TestClock.adjust("31 minutes")
      assert.deepInclude(yield* finish(run({ choice: "invalid json" })), { answered: 2, waiting: 2 })
      assert.deepStrictEqual((yield* rows(newest)).map(({ state }) => state), ["due", "due"])
      assert.lengthOf(yield* rows("SELECT 1 FROM malformed_reply"), 2)
      assert.lengthOf(yield* rows("SELECT 1 FROM server_metadata WHERE malformed_response IS NOT NULL"), 0)
      yield* TestClock.adjust("1 hour")
      assert.deepInclude(yield* finish(run({ choice: "invalid json" })), { runId: null })
      assert.lengthOf(log, 2)
      assert.deepInclude(yield* finish(run()), { answered: 2, waiting: 0 })
      assert.lengthOf(yield* rows("SELECT 1 FROM server_metadata WHERE malformed_response IS NOT NULL"), 2)
    }))

  it.effect("are left alone when the crawl went through a proxy and this run does not", () =>
    Effect.gen(function*() {
      const { finish, log, run, schedule } = yield* bench()
      yield* schedule()
      yield* TestClock.adjust("31 minutes")
      const summary = yield* finish(run({ vantage: { ...vantage, proxy: true } }))
      assert.deepInclude(summary, { runId: null, otherWay: 2, waiting: 0 })
      assert.deepStrictEqual(log, [])
    }))
})

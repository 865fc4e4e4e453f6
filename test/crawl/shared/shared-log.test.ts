import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { CostLedger } from "../../../src/crawl/cost-ledger.ts"
import { Frontier } from "../../../src/crawl/frontier.ts"
import { Replica } from "../../../src/crawl/shared/replica.ts"
import type { SharedEvent } from "../../../src/crawl/shared/shared-event.ts"
import { type Decision, SharedLog, type SharedLogOptions, type Turn } from "../../../src/crawl/shared/shared-log.ts"
import { postgresInstalled, type RunningPostgres, startPostgres } from "../../support/postgres.ts"
import { openWay, type TcpWay } from "../../support/tcp-way.ts"

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const leaseMs = 1_500

const learned = (length: number): SharedEvent => ({
  _tag: "learned",
  bySeed: true,
  accepted: 1000,
  named: Array.from({ length }, (_, i) => ({ host: `s${i}.example.org`, networkClass: "name", address: null, services: [{ transport: "tls", port: 50_002 }] }))
})

/** A runner that only takes endpoints and says that they were visited. */
interface Runner {
  readonly log: SharedLog["Service"]
  readonly replica: Replica
  readonly turn: <A>(decide: (turn: Turn) => Decision<A>) => Promise<A>
  readonly take: () => Promise<string | null>
  readonly visited: (key: string) => Promise<boolean>
  readonly lapse: () => Promise<number>
}

describe.runIf(postgresInstalled())("the log of a shared crawl in a real Postgres", { timeout: 60_000 }, () => {
  let postgres: RunningPostgres
  const scope = Scope.makeUnsafe()
  const ways: Array<TcpWay> = []
  let crawls = 0

  beforeAll(async () => {
    postgres = await startPostgres()
  }, 60_000)
  afterAll(async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    for (const way of ways) await way.stop()
    await postgres?.stop()
  })

  const runnerAt = async (port: number, options: Partial<SharedLogOptions> & { readonly crawl: string }): Promise<Runner> => {
    const url = Redacted.make(`postgres://observatory@127.0.0.1:${port}/postgres`)
    const log = Context.get(
      await Effect.runPromise(Layer.buildWithScope(SharedLog.layer({ url, network: "mainnet-sim", terms: { vantage: "office", "all-endpoints": false }, runner: "one", leaseMs, waitMs: 20_000, ...options }), scope)),
      SharedLog
    )
    const replica = new Replica(new Frontier({ maxEndpoints: 1000, portsPerHost: 8, allEndpoints: false, defaultPorts: { tcp: 50_001, tls: 50_002 } }), new CostLedger([]), 4)
    const turn: Runner["turn"] = (decide) => Effect.runPromise(log.turn(({ at, event }) => replica.apply(event, at), decide))
    return {
      log,
      replica,
      turn,
      take: () => turn(({ now }): Decision<string | null> => {
        const next = replica.frontier.next()
        return next === undefined
          ? { events: [], nextSlot: null, result: null }
          : { events: [{ _tag: "taken", key: next.key, runner: log.holder, until: now + leaseMs }], nextSlot: null, result: next.key }
      }),
      visited: (key) => turn((): Decision<boolean> => replica.holderOf(key) === log.holder
        ? { events: [{ _tag: "visited", key, reachable: true, cost: 0, dialled: null, reason: null, claims: [] }], nextSlot: null, result: true }
        : { events: [], nextSlot: null, result: false }),
      lapse: () => turn(({ lapsed }): Decision<number> => ({ events: lapsed.map((lease) => ({ _tag: "lapsed" as const, ...lease })), nextSlot: null, result: lapsed.length }))
    }
  }
  const newCrawl = () => `crawl ${++crawls}`
  const wayed = async () => {
    const way = await openWay(postgres.port)
    ways.push(way)
    return way
  }
  const stepsOf = (crawl: string) => postgres.rows<{ readonly step: number; readonly event: string }>(`SELECT step, event FROM observatory_step WHERE crawl = '${crawl}' ORDER BY step`)
  const learn = (runner: Runner, endpoints = 30) => runner.turn(() => ({ events: [learned(endpoints)], nextSlot: null, result: undefined }))

  it("gives each endpoint to one of three runners that all ask at once, and all know the same", async () => {
    const crawl = newCrawl()
    const runners = await Promise.all(["one", "two", "three"].map((runner) => runnerAt(postgres.port, { crawl, runner })))
    await learn(runners[0]!)
    const taken = await Promise.all(Array.from({ length: 33 }, (_, i) => runners[i % 3]!.take()))
    const keys = taken.filter((key) => key !== null)
    expect([keys.length, new Set(keys).size]).toEqual([30, 30])
    await Promise.all(runners.map(({ turn }) => turn(() => ({ events: [], nextSlot: null, result: undefined }))))
    for (const { replica } of runners) expect(replica.frontier.counts()).toEqual(runners[0]!.replica.frontier.counts())
    expect((await stepsOf(crawl)).map(({ step }) => step)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1))
  })

  it("appends once what a runner decided whose way was cut before it heard so, and goes on with it", async () => {
    const crawl = newCrawl()
    const way = await wayed()
    const one = await runnerAt(way.port, { crawl })
    await learn(one)
    const keys: Array<string> = []
    for (let i = 0; i < 3; i++) {
      way.cutAfter((sent) => sent.includes("\"_tag\\\":"))
      keys.push((await one.take())!)
    }
    expect(new Set(keys).size).toBe(3)
    expect(one.log.heldKeys()).toEqual(keys)
    const steps = await stepsOf(crawl)
    expect(steps.map(({ event }) => (JSON.parse(event) as SharedEvent)._tag)).toEqual(["learned", "taken", "taken", "taken"])
  })

  it("takes an endpoint from a runner that is cut off, which knows by itself when to stop, and whose word no longer counts", async () => {
    const crawl = newCrawl()
    const way = await wayed()
    const [one, two] = [await runnerAt(way.port, { crawl }), await runnerAt(postgres.port, { crawl, runner: "two" })]
    await learn(one, 1)
    const renewing = Effect.runFork(one.log.renewing)
    const key = (await one.take())!
    await pause(leaseMs + 300)
    // Renewed all the time.
    expect([one.log.isHeld(key), await two.lapse()]).toEqual([true, 0])
    way.set("stalled")
    const cutAt = Date.now()
    await Effect.runPromise(one.log.untilLost(key))
    expect(Date.now() - cutAt).toBeLessThanOrEqual(leaseMs + 300)
    const late = one.visited(key)
    let lapsed = 0
    while (lapsed === 0) lapsed = await two.lapse()
    // Nobody had it while one could believe that it still had.
    expect(one.log.isHeld(key)).toBe(false)
    const taken = await two.take()
    expect(taken).toBe(key)
    await pause(700)
    way.set("open")
    expect(await late).toBe(false)
    expect(await two.visited(key)).toBe(true)
    expect((await stepsOf(crawl)).filter(({ event }) => event.includes('"visited"'))).toHaveLength(1)
    renewing.interruptUnsafe()
  })

  it("never lets a runner that stopped in the middle of a turn keep the others", async () => {
    const crawl = newCrawl()
    const way = await wayed()
    const [one, two] = [await runnerAt(way.port, { crawl }), await runnerAt(postgres.port, { crawl, runner: "two" })]
    await learn(two)
    let decided: (() => void) | null = null
    const inTurn = new Promise<void>((resolve) => (decided = resolve))
    const stuck = one.turn(({ now }) => {
      const { key } = one.replica.frontier.next()!
      if (decided !== null) way.set("stalled")
      decided?.()
      decided = null
      return { events: [{ _tag: "taken", key, runner: one.log.holder, until: now + leaseMs }], nextSlot: null, result: key }
    })
    await inTurn
    const startedAt = Date.now()
    const key = await two.take()
    expect(Date.now() - startedAt).toBeLessThan(1_000)
    await pause(2_100)
    way.set("open")
    // What it had decided then is void; it decided anew, something else.
    expect(await stuck).not.toBe(key)
    const taken = (await stepsOf(crawl)).map(({ event }) => JSON.parse(event) as SharedEvent).filter(({ _tag }) => _tag === "taken")
    expect(taken).toHaveLength(2)
  })

  it("waits for a database that is started again in time, and leases last over that; stops with a sentence when it is not", async () => {
    const crawl = newCrawl()
    const [patient, hasty] = [await runnerAt(postgres.port, { crawl }), await runnerAt(postgres.port, { crawl, runner: "two", waitMs: 1_000 })]
    await learn(patient)
    const key = (await patient.take())!
    await hasty.take()
    await postgres.halt()
    const waiting = patient.visited(key)
    await expect(hasty.take()).rejects.toThrow(/shared frontier's database has not answered for 1 s .*start it again/)
    await pause(leaseMs)
    const startedAt = Date.now()
    await postgres.start()
    expect(await waiting).toBe(true)
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    // What the hasty one had is another's a lease after that, and not before.
    let lapsed = 0
    while (lapsed === 0) lapsed = await patient.lapse()
    expect(Date.now() - startedAt).toBeGreaterThan(leaseMs - 100)
  })

  it("says so of a crawl of another network, and of one that somebody removed", async () => {
    const crawl = newCrawl()
    const one = await runnerAt(postgres.port, { crawl })
    await expect(runnerAt(postgres.port, { crawl, network: "testnet4" })).rejects.toThrow(`The shared crawl ${crawl} is of mainnet-sim`)
    await postgres.rows(`DELETE FROM observatory_crawl WHERE name = '${crawl}'`)
    await expect(one.take()).rejects.toThrow("is no longer in its database")
  })

  it("refuses a runner with settings by which it would come to something else, and names them", async () => {
    const crawl = newCrawl()
    await runnerAt(postgres.port, { crawl })
    await runnerAt(postgres.port, { crawl, runner: "two" })
    await expect(runnerAt(postgres.port, { crawl, terms: { vantage: "home", "all-endpoints": true } })).rejects.toThrow(
      `The shared crawl ${crawl} was begun with other settings (--vantage office, not home; --all-endpoints false, not true)`
    )
  })

  it("says what the server said, and what is to be done about tables of another version", async () => {
    const at = (user: string, database: string) =>
      runnerAt(postgres.port, { crawl: newCrawl(), url: Redacted.make(`postgres://${user}:geheim@127.0.0.1:${postgres.port}/${database}`) })
    await expect(at("nobody", "postgres")).rejects.toThrow("The shared frontier's database: role \"nobody\" does not exist")
    await expect(at("observatory", "missing")).rejects.toThrow("The shared frontier's database: database \"missing\" does not exist")
    await postgres.rows("CREATE DATABASE earlier")
    await postgres.rowsOf("earlier", "CREATE TABLE observatory_crawl (name TEXT PRIMARY KEY, network TEXT NOT NULL, steps INTEGER NOT NULL, next_slot_ms DOUBLE PRECISION NOT NULL)")
    await expect(at("observatory", "earlier")).rejects.toThrow("tables of another version of this program: drop observatory_crawl, observatory_step and observatory_lease")
  })
})

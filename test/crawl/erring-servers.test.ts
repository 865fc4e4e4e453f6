import { DuckDBInstance } from "@duckdb/node-api"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { Output } from "../../src/cli/output.ts"
import { errorLimit, visitAllowance } from "../../src/crawl/cost-ledger.ts"
import { type DifferentialSettings, defaultDifferentialSettings } from "../../src/crawl/differential-settings.ts"
import { runDifferential } from "../../src/crawl/differential-run.ts"
import { takeSnapshot } from "../../src/crawl/snapshot-run.ts"
import { defaultSnapshotSettings } from "../../src/crawl/snapshot-settings.ts"
import { noExclusions } from "../../src/domain/exclusions.ts"
import { Store } from "../../src/store/store.ts"
import { type CrawledNetwork, crawlAgain, dialling } from "../support/crawled-network.ts"
import { queryFile } from "../support/duck.ts"
import { type Erring, ServerBooks } from "../support/server-books.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { runScenario } from "../support/through-front.ts"

/** From where on an ElectrumX slows down a group of clients. */
const softLimit = 1000

/** Whose node is down: fees cannot be told. */
const nodeDown = ["blockchain.estimatefee", "blockchain.relayfee", "mempool.get_info"]

const erring: Erring = { "all.test": "all", "down.test": nodeDown, "one.test": ["mempool.get_fee_histogram"] }

const hides = { lie: "hides history", script: "P2PKH-2", to: { padded: true } }

/** A server for each way of erring, one that lies besides, and one that answers well. */
const started = Effect.gen(function*() {
  const servers = [...Object.keys(erring), "well.test"].map((host, i) => ({
    id: host,
    operator: host,
    software: "ElectrumX 1.16.0",
    names: [{ host, addresses: [`240.${i + 1}.0.1`], tcp: 50001 }],
    ...(host === "one.test" ? { lies: [hides] } : {})
  }))
  const net = yield* runScenario({ seeds: servers.map(({ id }) => `${id}:50001:t`), servers }, 0)
  const books = new ServerBooks(erring)
  const dialled = yield* dialling(net)
  const network: CrawledNetwork = { ...dialled, db: `${yield* temporaryFolder}/erring.duckdb`, layer: books.layer(dialled.layer) }
  return { books, network, crawl: crawlAgain(net, network), hosts: servers.map(({ id }) => id) }
}).pipe(Effect.provide(Output.layer))

const base = ({ chain, vantage }: CrawledNetwork) =>
  ({ chain, vantage, codeVersion: "test", exclusions: noExclusions, onNote: () => Effect.void })

const provided = ({ db, layer }: CrawledNetwork) => <A, E>(run: Effect.Effect<A, E, Store | Effect.Services<ReturnType<typeof runDifferential>>>) =>
  run.pipe(Effect.provide(layer), Effect.provide(Store.layer(db)), Effect.provide(NodeServices.layer))

const clientName = "electrum-observatory/test"

const snapshot = (network: CrawledNetwork) =>
  takeSnapshot({ ...base(network), settings: { ...defaultSnapshotSettings, rate: 0, settleMs: 0, clientName } }).pipe(provided(network))

const differential = (network: CrawledNetwork, settings: Partial<DifferentialSettings> = {}) =>
  runDifferential({ ...base(network), settings: { ...defaultDifferentialSettings, rate: 0, mostWaitMs: 0, clientName, ...settings } }).pipe(
    Random.withSeed("seed"),
    provided(network)
  )

/** As if all of it had been a day and an hour earlier. */
const aDayPasses = async (db: string, books: ServerBooks): Promise<void> => {
  const instance = await DuckDBInstance.create(db)
  const connection = await instance.connect()
  await connection.run("UPDATE differential SET started_at = started_at - INTERVAL 25 HOURS, again_from = again_from - INTERVAL 25 HOURS")
  await connection.run("UPDATE cost_ledger SET booked_at = booked_at - INTERVAL 25 HOURS")
  await connection.run("UPDATE visit SET started_at = started_at - INTERVAL 25 HOURS")
  connection.closeSync()
  instance.closeSync()
  books.passedMs += 25 * 3_600_000
}

const visitsOf = (db: string, kind: string) =>
  Effect.promise(() => queryFile(db, `
    SELECT v.crawl_id AS crawl, e.host, v.cost::DOUBLE AS cost,
      (SELECT count(*) FROM observation o WHERE o.visit_id = v.visit_id AND o.outcome = 'error')::INTEGER AS errors,
      (SELECT count(*) FROM observation o WHERE o.visit_id = v.visit_id AND o.outcome = 'not asked')::INTEGER AS left_out
    FROM visit v JOIN endpoint e USING (endpoint_id) WHERE v.kind = '${kind}' ORDER BY v.visit_id`))

const stayBelow = (books: ServerBooks, hosts: ReadonlyArray<string>): void => {
  for (const host of hosts) expect(books.mostOf(host), host).toBeLessThan(softLimit)
}

describe("servers that answer with errors, and keep books of them", () => {
  it.live("have never more than the soft limit on them after three crawls in quick succession, and healthy ones are visited each time", () =>
    Effect.gen(function*() {
      const { books, crawl, hosts, network } = yield* started
      for (let i = 0; i < 3; i++) yield* crawl
      stayBelow(books, hosts)
      // They did keep books.
      expect(books.mostOf("all.test")).toBeGreaterThan(600)
      const visits = yield* visitsOf(network.db, "regular")
      const crawlsOf = (host: string) => visits.filter((row) => row["host"] === host).map((row) => row["crawl"])
      expect(crawlsOf("well.test")).toEqual([1, 2, 3])
      expect(crawlsOf("all.test").length).toBeLessThan(3)
      for (const { cost, errors } of visits) expect(Number(cost)).toBeLessThanOrEqual(visitAllowance + 100 * Number(errors))
      const [all] = visits.filter(({ host }) => host === "all.test")
      expect(all).toMatchObject({ errors: 6 })
      expect(Number(all!["left_out"])).toBeGreaterThan(0)
      const left = yield* Effect.promise(() => queryFile(network.db, "SELECT not_visited_detail AS detail FROM crawl_endpoint WHERE not_visited_reason = 'policy'"))
      expect(left.length).toBeGreaterThan(0)
      for (const { detail } of left) expect(detail).toMatch(/^ledger: \d+ of 990 units in use, 290 wanted$/)
    }).pipe(Effect.scoped), 120_000)

  it.live("have not more after snapshots right after a crawl either, which ask no second question of a kind that was answered with an error", () =>
    Effect.gen(function*() {
      const { books, crawl, hosts, network } = yield* started
      yield* crawl
      const { snapshots: [first] } = yield* snapshot(network)
      yield* snapshot(network)
      stayBelow(books, hosts)
      const readings = new Map(first!.readings.map((reading) => [reading.target.endpoint.host, reading]))
      expect(readings.get("well.test")!.state).toBe("compared")
      // All but fees is still told: its tip, and its histogram.
      const { state, values, visit } = readings.get("down.test")!
      expect([state, values!.histogram.outcome]).toEqual(["compared", "ok"])
      expect(values!.fees.map(({ outcome }) => outcome)).toEqual(["error", ...Array.from({ length: 6 }, () => "not asked")])
      const observed = visit!.observations.filter(({ method }) => method === "blockchain.estimatefee")
      expect(observed.map(({ outcome }) => outcome)).toEqual(values!.fees.map(({ outcome }) => outcome))
      expect(observed.at(-1)!.errorMessage).toBe("another of its kind was answered with an error")
      expect(readings.get("all.test")).toMatchObject({ state: "failed", values: { tipBefore: null, tipAfter: null } })
      for (const { cost, errors } of yield* visitsOf(network.db, "snapshot")) expect(Number(cost)).toBeGreaterThanOrEqual(100 * Number(errors))
    }).pipe(Effect.scoped), 120_000)

  it.live("are booked for a snapshot with all that it may cost before they are asked", () =>
    Effect.gen(function*() {
      const { crawl, hosts, network } = yield* started
      yield* crawl
      const { crawlId, snapshots: [taken] } = yield* snapshot(network)
      const rows = yield* Effect.promise(() => queryFile(network.db, `
        SELECT target, balance::DOUBLE AS balance, (epoch_ms(booked_at) <= ${taken!.startedAt}) AS before
        FROM cost_ledger WHERE crawl_id = ${crawlId} ORDER BY rowid`))
      for (const host of hosts) {
        const [booked, settled] = rows.filter(({ target }) => target === host)
        const spent = taken!.readings.find(({ target }) => target.endpoint.host === host)!.visit!.cost
        expect([host, booked!["before"]]).toEqual([host, true])
        expect(Number(booked!["balance"])).toBeGreaterThanOrEqual(visitAllowance + 200)
        expect(Number(booked!["balance"])).toBeLessThanOrEqual(errorLimit)
        expect(Number(settled!["balance"])).toBeGreaterThanOrEqual(spent)
        expect(Number(settled!["balance"])).toBeLessThan(Number(booked!["balance"]))
      }
    }).pipe(Effect.scoped), 120_000)

  it.live("are asked in two ways as long as there is room, also in a repetition, and are else not comparable with the reason", () =>
    Effect.gen(function*() {
      const { books, crawl, hosts, network } = yield* started
      yield* crawl
      yield* Effect.promise(() => aDayPasses(network.db, books))
      const first = yield* differential(network, { restMs: 0 })
      stayBelow(books, hosts)
      const seriesOf = (host: string, { series } = first) => series.find(({ target }) => target.endpoint.host === host)!
      expect(seriesOf("well.test").comparison.outcome).toBe("same")
      expect(seriesOf("one.test")).toMatchObject({ comparison: { outcome: "differs", differing: ["balance#P2PKH", "history#P2PKH"] }, detail: null })
      for (const host of ["all.test", "down.test"]) {
        expect(seriesOf(host)).toMatchObject({ comparison: { outcome: "not comparable" }, detail: "its answers cost too much: 5 errors were enough" })
        expect(seriesOf(host).visits.map(({ observations }) => observations.filter(({ outcome }) => outcome === "error").length)).toEqual([5])
      }
      // Only what the first time brought is asked again: eighteen times, were it not for the errors.
      yield* Effect.promise(() => aDayPasses(network.db, books))
      const second = yield* differential(network, { restMs: 48 * 3_600_000 })
      stayBelow(books, hosts)
      const again = seriesOf("one.test", second)
      expect([again.stage, again.comparison.outcome, again.pValue]).toEqual(["again", "not comparable", null])
      expect(again.detail).toMatch(/^its answers cost too much: ledger: \d+ of 990 units in use, \d+ wanted$/)
      expect(again.visits.length).toBeGreaterThan(1)
      expect(again.visits.length).toBeLessThan(18)
      // It is still to be made.
      expect(again.againFrom).not.toBeNull()
      expect(again.comparison.differing).toEqual(["balance#P2PKH", "history#P2PKH"])
      const [row] = yield* Effect.promise(() => queryFile(network.db, "SELECT detail FROM differential WHERE stage = 'again' AND detail IS NOT NULL"))
      expect(row!["detail"]).toBe(again.detail)
    }).pipe(Effect.scoped), 120_000)

  it.live("are waited for where they forget soon what a series cost them", () =>
    Effect.gen(function*() {
      const { crawl, network } = yield* started
      yield* crawl
      // Room for the next connection when some units are forgotten.
      yield* Effect.flatMap(Store, (store) =>
        store.record(1, [{ _tag: "ledger", target: "well.test", at: Date.now(), balance: 400, backOffUntil: null, reason: null }])
      ).pipe(Effect.provide(Store.layer(network.db)), Effect.provide(NodeServices.layer))
      const { crawlId, series } = yield* differential(network, { mostWaitMs: 300_000 })
      const well = series.find(({ target }) => target.endpoint.host === "well.test")!
      expect([well.comparison.outcome, well.visits.length]).toEqual(["same", 4])
      // The last connection was made when the limit allowed it, and no sooner.
      const [row] = yield* Effect.promise(() => queryFile(network.db, `
        SELECT max(balance)::DOUBLE AS most FROM cost_ledger WHERE crawl_id = ${crawlId} AND target = 'well.test'`))
      expect(Number(row!["most"])).toBeLessThanOrEqual(errorLimit)
      expect(Number(row!["most"])).toBeGreaterThan(errorLimit - 5)
    }).pipe(Effect.scoped), 120_000)
})

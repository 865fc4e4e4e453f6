import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { DuckDBInstance } from "@duckdb/node-api"
import { Effect, Random } from "effect"
import { type DifferentialSettings, defaultDifferentialSettings } from "../../src/crawl/differential-settings.ts"
import { type DifferentialSummary, runDifferential } from "../../src/crawl/differential-run.ts"
import { noExclusions } from "../../src/domain/exclusions.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { Store } from "../../src/store/store.ts"
import { type CrawledNetwork, crawled } from "../support/crawled-network.ts"
import { queryFile } from "../support/duck.ts"
import { runScenario } from "../support/through-front.ts"

interface Asked {
  readonly id: string
  readonly software: string
  readonly lies?: ReadonlyArray<unknown>
  readonly banner?: string
  readonly host?: string
}

/** Servers with names of their own, or two with one name; each at a node of its own. */
const scenarioOf = (servers: ReadonlyArray<Asked>) => ({
  seeds: [...new Set(servers.map(({ host, id }) => `${host ?? id}.test:50001:t`))],
  servers: servers.map(({ host, ...server }, i) => ({
    operator: server.id,
    names: [{ host: `${host ?? server.id}.test`, addresses: [`240.${i + 1}.0.1`], tcp: 50001 }],
    ...server
  }))
})

const run = (network: CrawledNetwork, settings: Partial<DifferentialSettings> = {}, seed = "seed") =>
  runDifferential({
    chain: network.chain,
    vantage: network.vantage,
    codeVersion: "test",
    exclusions: noExclusions,
    settings: { ...defaultDifferentialSettings, rate: 0, clientName: "electrum-observatory/test", ...settings },
    onNote: () => Effect.void
  }).pipe(
    Random.withSeed(seed),
    Effect.provide(network.layer),
    Effect.provide(Store.layer(network.db)),
    Effect.provide(NodeServices.layer)
  )

const outcomesOf = ({ series }: DifferentialSummary): Readonly<Record<string, string>> =>
  Object.fromEntries(series.map(({ comparison, target }) => [target.endpoint.host.replace(".test", ""), comparison.outcome]))

/** As if what was found so far had been found a day and an hour earlier. */
const aDayPasses = async (db: string): Promise<void> => {
  const instance = await DuckDBInstance.create(db)
  const connection = await instance.connect()
  await connection.run("UPDATE differential SET started_at = started_at - INTERVAL 25 HOURS, again_from = again_from - INTERVAL 25 HOURS")
  await connection.run("UPDATE cost_ledger SET booked_at = booked_at - INTERVAL 25 HOURS")
  connection.closeSync()
  instance.closeSync()
}

const findingsOf = (db: string) =>
  queryFile(db, "SELECT e.host, r.state, r.finding FROM differential_result r JOIN endpoint e USING (endpoint_id) ORDER BY host")

const honest: ReadonlyArray<Asked> = [
  { id: "ex116", software: "ElectrumX 1.16.0" },
  { id: "ex119", software: "ElectrumX 1.19.0" },
  { id: "fulcrum", software: "Fulcrum 2.1.1" },
  { id: "fulcrum1", software: "Fulcrum 1.9.1" },
  { id: "romanz", software: "electrs/0.10.9" },
  { id: "esplora", software: "electrs-esplora 0.4.1" },
  { id: "mempool", software: "mempool-electrs 3.1.0" }
]

const hides = { lie: "hides history", script: "P2PKH-2" }

describe("servers asked in two ways", { concurrent: true }, () => {
  it.live("answer alike where they are honest, whatever their software, though they are asked in other packets and spellings", () =>
    Effect.gen(function*() {
      const net = yield* runScenario(scenarioOf(honest), 1)
      const network = yield* crawled(net)
      const summary = yield* run(network)
      expect(outcomesOf(summary)).toEqual(Object.fromEntries(honest.map(({ id }) => [id, "same"])))
      for (const { comparison, personas, target, visits } of summary.series) {
        expect(["ABBA", "BAAB"]).toContain(personas.map((name) => (name === "crawler" ? "A" : "B")).join(""))
        expect(comparison.compared).toEqual(expect.arrayContaining(["banner", "fee#2", "history#P2PKH", "tip"]))
        expect(visits.map(({ kind, outcome }) => [kind, outcome])).toEqual(visits.map(() => ["differential", "answered"]))
        expect(visits.map(({ answers }) => answers.map(({ response, scriptForm, subject }) => `${subject} ${scriptForm} ${response}`)), target.endpoint.host)
          .toEqual(visits.map(() => ["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"].flatMap((form, i) => [...(i < 2 ? [`balance ${form} ok`] : []), `history ${form} ok`])))
        // Equal cost but for the bytes of padding, and far from any limit.
        const costs = visits.map(({ cost }) => cost)
        expect(Math.max(...costs) - Math.min(...costs), target.endpoint.host).toBeLessThan(2.5)
        expect(costs.reduce((a, b) => a + b)).toBeLessThan(160)
        // The same questions, no error, and the one honest name.
        const asked = visits.map(({ observations }) => observations.filter(({ probe }) => !probe.startsWith("stray")).map(({ probe }) => probe).toSorted())
        expect(new Set(asked.map((names) => names.join())).size).toBe(1)
        expect(visits.flatMap(({ observations }) => observations.filter(({ outcome }) => outcome === "error"))).toEqual([])
      }
      // A second run on the same day asks nobody.
      const again = yield* run(network)
      expect([again.series.length, again.waiting.length]).toEqual([0, honest.length])
      expect((yield* Effect.promise(() => findingsOf(network.db))).map(({ finding }) => finding))
        .toEqual(honest.map(() => "no misbehaviour shown to a declared crawler"))
    }).pipe(Effect.scoped), 120_000)

  it.live("are found where they lie to the wallet's way of asking, on two days; not where they look at the name", () =>
    Effect.gen(function*() {
      const net = yield* runScenario(scenarioOf([
        ...honest.filter(({ id }) => id !== "ex119"),
        { id: "liar", software: "Fulcrum 2.1.1", lies: [{ ...hides, to: { padded: true } }] },
        { id: "careful", software: "Fulcrum 2.1.1", lies: [{ ...hides, to: { client_name: "electrum/" } }] },
        { id: "equal", software: "Fulcrum 2.1.1", lies: [hides] },
        { id: "moody", software: "Fulcrum 2.1.1", lies: [{ ...hides, to: { sessions: 0.5 } }] },
        { id: "pair1", host: "pair", software: "ElectrumX 1.16.0", banner: "one" },
        { id: "pair2", host: "pair", software: "Fulcrum 2.1.1", banner: "other" }
      ]), 1)
      const network = yield* crawled(net)
      const first = yield* run(network, { restMs: 0 })
      const { moody, pair, ...others } = outcomesOf(first)
      expect(others).toMatchObject({ liar: "differs", careful: "same", equal: "same", fulcrum: "same", romanz: "same", esplora: "same" })
      expect(first.series.find(({ target }) => target.endpoint.host === "liar.test")!.comparison.differing).toEqual(["balance#P2PKH", "history#P2PKH"])
      expect((yield* Effect.promise(() => findingsOf(network.db))).find(({ host }) => host === "liar.test")!["state"]).toBe("open")
      // What is untrue in one way is held against what is known, as in a crawl.
      const lied = first.series.find(({ target }) => target.endpoint.host === "liar.test")!
      expect(lied.visits.map(({ answers }) => answers.find(({ scriptForm, subject }) => subject === "history" && scriptForm === "P2PKH")!.response))
        .toEqual(lied.personas.map((name) => name === "wallet" ? "empty" : "ok"))

      yield* Effect.promise(() => aDayPasses(network.db))
      // Another seed: nobody knows the order.
      const second = yield* run(network, { restMs: 48 * 3_600_000 }, "another")
      expect(second.series.map(({ stage }) => stage)).toEqual(second.series.map(() => "again"))
      const liar = second.series.find(({ target }) => target.endpoint.host === "liar.test")!
      expect(liar.personas.filter((name) => name === "wallet")).toHaveLength(9)
      expect([liar.personas.length, liar.pValue]).toEqual([18, 2 / 48_620])
      expect(liar.visits.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThan(700)
      // These answer by lot: whether the first look took that for a difference or not, the second does not.
      const askedAgain = second.series.map(({ target }) => target.endpoint.host)
      expect([askedAgain.includes("moody.test"), askedAgain.includes("pair.test")]).toEqual([moody === "differs", pair === "differs"])

      const findings = yield* Effect.promise(() => findingsOf(network.db))
      for (const { finding, host } of findings) {
        expect([host, finding]).toEqual([host, host === "liar.test"
          ? expect.stringMatching(/^answers differ by how it is asked, or come in one way only \(q = 0\.000[0-9]\), seen on two days$/)
          : "no misbehaviour shown to a declared crawler"])
      }
    }).pipe(Effect.scoped), 180_000)

  it.live("are found where they never answer the wallet's way of asking, on two days; not where they answer it by lot, or nobody", () =>
    Effect.gen(function*() {
      const silent = { lie: "silent", methods: ["blockchain.scripthash.get_history"] }
      const net = yield* runScenario(scenarioOf([
        { id: "fulcrum", software: "Fulcrum 2.1.1" },
        { id: "romanz", software: "electrs/0.10.9" },
        { id: "mute", software: "Fulcrum 2.1.1", lies: [{ ...silent, to: { padded: true } }] },
        { id: "dumb", software: "Fulcrum 2.1.1", lies: [silent] },
        { id: "moody", software: "Fulcrum 2.1.1", lies: [{ ...silent, to: { sessions: 0.5 } }] }
      ]), 1)
      const hasty = Effect.provideService(VisitTimeouts, { handshakeMs: 10_000, exchangeMs: 750, sessionMs: 60_000 })
      const network = yield* crawled(net).pipe(hasty)
      const first = yield* run(network, { restMs: 0 }).pipe(hasty)
      const { moody, ...others } = outcomesOf(first)
      expect(others).toEqual({ fulcrum: "same", romanz: "same", mute: "differs", dumb: "same" })
      const comparisonOf = (host: string) => first.series.find(({ target }) => target.endpoint.host === `${host}.test`)!.comparison
      expect(comparisonOf("mute").differing).toEqual(expect.arrayContaining(["history#P2PKH"]))
      expect(comparisonOf("mute").differing.every((question) => question.startsWith("history#"))).toBe(true)
      expect(comparisonOf("dumb").compared.some((question) => question.startsWith("history#"))).toBe(false)

      yield* Effect.promise(() => aDayPasses(network.db))
      const second = yield* run(network, { restMs: 48 * 3_600_000 }, "another").pipe(hasty)
      const mute = second.series.find(({ target }) => target.endpoint.host === "mute.test")!
      expect([mute.stage, mute.personas.length, mute.pValue]).toEqual(["again", 18, 2 / 48_620])
      expect(second.series.some(({ stage, target }) => stage === "again" && target.endpoint.host === "moody.test")).toBe(moody === "differs")
      for (const { finding, host } of yield* Effect.promise(() => findingsOf(network.db))) {
        expect([host, finding]).toEqual([host, host === "mute.test"
          ? expect.stringMatching(/^answers differ by how it is asked, or come in one way only \(q = 0\.000[0-9]\), seen on two days$/)
          : "no misbehaviour shown to a declared crawler"])
      }
    }).pipe(Effect.scoped), 180_000)
})

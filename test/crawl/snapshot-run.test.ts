import { Duplex, Transform } from "node:stream"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { snapshotText } from "../../src/cli/snapshot-text.ts"
import { terminalStyle } from "../../src/cli/terminal-style.ts"
import { defaultSnapshotSettings, type SnapshotSettings } from "../../src/crawl/snapshot-settings.ts"
import { type SnapshotSummary, takeSnapshot } from "../../src/crawl/snapshot-run.ts"
import { type Exclusions, makeExclusions, noExclusions } from "../../src/domain/exclusions.ts"
import { endpointKey } from "../../src/domain/endpoint.ts"
import type { Snapshot, SnapshotReading } from "../../src/domain/snapshot.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { seededRandom } from "../../src/simnet/draw/random.ts"
import { World, worldClock } from "../../src/simnet/world/world.ts"
import { Store } from "../../src/store/store.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { type CrawledNetwork, crawled } from "../support/crawled-network.ts"
import { queryFile } from "../support/duck.ts"
import { runScenario } from "../support/through-front.ts"

interface Asked {
  readonly id: string
  readonly software: string
  readonly backend: string
  readonly lies?: ReadonlyArray<unknown>
  readonly traits?: ReadonlyArray<string>
}

/** A scenario of single servers with names of their own, who all list each other. */
const scenarioOf = (servers: ReadonlyArray<Asked>, more: Readonly<Record<string, unknown>> = {}) => ({
  seeds: servers.map(({ id }) => `${id}.test:50001:t`),
  servers: servers.map((server, i) => ({
    operator: server.id,
    names: [{ host: `${server.id}.test`, addresses: [`240.${i + 1}.0.1`], tcp: 50001 }],
    ...server
  })),
  ...more
})

/** One of each kind at a node of its own, and two more at the nodes of others. */
const mixed: ReadonlyArray<Asked> = [
  { id: "ex116", software: "ElectrumX 1.16.0", backend: "first" },
  { id: "ex120", software: "ElectrumX 1.20.0", backend: "first" },
  { id: "fulcrum", software: "Fulcrum 2.1.1", backend: "second" },
  { id: "fulcrum2", software: "Fulcrum 2.1.1", backend: "second" },
  { id: "romanz", software: "electrs/0.10.9", backend: "third" },
  { id: "esplora", software: "electrs-esplora 0.4.1", backend: "fourth" }
]

const usualNodes = {
  backends: Object.fromEntries(["first", "second", "third", "fourth"].map((name) => [name, { quiet: false, fresh: false, relay_fee: 0.00001, late_s: 0 }]))
}

const take = (
  network: CrawledNetwork,
  settings: Partial<SnapshotSettings> = {},
  exclusions: Exclusions = noExclusions,
  notes: Array<string> = []
) =>
  takeSnapshot({
    chain: network.chain,
    vantage: network.vantage,
    codeVersion: "test",
    exclusions,
    settings: { ...defaultSnapshotSettings, rate: 0, settleMs: 0, clientName: "electrum-observatory/test", ...settings },
    onNote: (note) => Effect.sync(() => void notes.push(note))
  }).pipe(
    Effect.provide(network.layer),
    Effect.provide(Store.layer(network.db)),
    Effect.provide(NodeServices.layer)
  )

/** Dials as before, and does something whenever questions of a snapshot are being answered. */
const afterFirstAnswer = (layer: CrawledNetwork["layer"], act: () => void): CrawledNetwork["layer"] =>
  Layer.effect(
    Dialer,
    Effect.map(Dialer, (dialer) =>
      Dialer.of({
        plan: dialer.plan,
        connect: (plan) =>
          Effect.tap(dialer.connect(plan), ({ socket }) =>
            Effect.sync(() => {
              let asked = false
              const write = socket.write.bind(socket) as (bytes: Buffer) => boolean
              socket.write = ((bytes: Buffer) => {
                asked ||= bytes.includes("get_fee_histogram")
                return write(bytes)
              }) as typeof socket.write
              socket.prependListener("data", () => {
                if (asked) act()
              })
            }))
      }))
  ).pipe(Layer.provideMerge(layer))

/** Dials as before; one host's answers about its tip name a new block each time, one higher than the last. */
const withInventedBlocks = (layer: CrawledNetwork["layer"], host: string): CrawledNetwork["layer"] =>
  Layer.effect(
    Dialer,
    Effect.map(Dialer, (dialer) => {
      let blocks = 0
      return Dialer.of({
        plan: dialer.plan,
        connect: (plan) =>
          Effect.map(dialer.connect(plan), (connection) => {
            if (plan.endpoint.host !== host) return connection
            const invent = new Transform({
              transform: (bytes: Buffer, _, done) => done(null, bytes.toString("utf8").replaceAll(
                /"result":\{"height":(\d+),"hex":"(.{150})..../g,
                (_whole, height: string, hex: string) => `"result":{"height":${Number(height) + (blocks++ > 1 ? 1 : 0)},"hex":"${hex}${String(1000 + blocks)}`
              ))
            })
            return { ...connection, socket: Duplex.from({ readable: connection.socket.pipe(invent), writable: connection.socket }) }
          })
      })
    })
  ).pipe(Layer.provideMerge(layer))

const readingOf = (snapshot: Snapshot, host: string): SnapshotReading =>
  snapshot.readings.find(({ target }) => target.endpoint.host === `${host}.test`)!

const statesOf = (snapshot: Snapshot): Readonly<Record<string, string>> =>
  Object.fromEntries(snapshot.readings.map(({ state, target }) => [target.endpoint.host, state]))

const textOf = (summary: SnapshotSummary, { chain, db }: CrawledNetwork): string =>
  snapshotText(summary, chain, terminalStyle(false, {}), { command: "observatory", db })

describe("a snapshot", { concurrent: true }, () => {
  it.live("shows of every server what its node thinks at that time, as written and as a number", () =>
    Effect.gen(function*() {
      const net = yield* runScenario(scenarioOf(mixed, usualNodes), 0)
      const network = yield* crawled(net)
      const { snapshots } = yield* take(network)
      expect(snapshots.map(({ state }) => state)).toEqual(["kept"])
      const [snapshot] = snapshots
      expect(new Set(Object.values(statesOf(snapshot!)))).toEqual(new Set(["compared"]))
      expect(snapshot!.readings).toHaveLength(mixed.length)

      // The same world, made anew.
      const world = new World(seededRandom(1), worldClock(0), {
        planted: new Map(),
        blockGap: null,
        forkShare: 0.02,
        demand: "busy",
        nodes: new Map(Object.keys(usualNodes.backends).map((name) => [name, { quiet: false, fresh: false, relayFee: 0.00001, blockDelay: [0, 1500] as const }]))
      })
      for (const { backend, id } of mixed) {
        const node = world.backend(backend, "mainnet-sim")
        const { values } = readingOf(snapshot!, id)
        expect(values!.tipBefore).toEqual({ height: node.tipHeight, hash: node.hash(node.tipHeight) })
        expect(values!.tipAfter).toEqual(values!.tipBefore)
        expect([id, values!.fees.map(({ outcome }) => outcome)]).toEqual([id, values!.fees.map(() => "ok")])
        for (const { target, text, value } of values!.fees) {
          expect(Number(text)).toBe(value)
          // Esplora's servers convert to satoshi per vB and back.
          expect([id, target, value]).toEqual([id, target, expect.closeTo(node.estimateFee(target), 12)])
        }
        expect(JSON.parse(values!.histogram.text!)).toEqual(values!.histogram.value)
        expect(values!.histogram.value!.length).toBeGreaterThan(2)
        const asks16 = id === "ex120" || id.startsWith("fulcrum")
        expect([id, values!.relayFee.outcome, values!.mempoolInfo.outcome]).toEqual([id, ...(asks16 ? ["not asked", "ok"] : ["ok", "not asked"])])
        if (asks16) expect(values!.mempoolInfo.value).toMatchObject({ mempoolMinFee: node.mempoolMinFee, minRelayFee: node.relayFee })
        else expect(values!.relayFee.value).toBe(node.relayFee)
      }
      expect(readingOf(snapshot!, "ex116").values!.relayFee.text).toBe("1e-05")
      expect(readingOf(snapshot!, "romanz").values!.relayFee.text).toBe("0.00001")
      const [one, other] = ["fulcrum", "fulcrum2"].map((id) => readingOf(snapshot!, id).values!)
      expect(one!.fees).toEqual(other!.fees)
      expect(one!.fees).not.toEqual(readingOf(snapshot!, "romanz").values!.fees)
    }).pipe(Effect.scoped), 60_000)

  it.live("is stored with its visits, stamps, costs, and the raw replies", () =>
    Effect.gen(function*() {
      const net = yield* runScenario(scenarioOf(mixed, usualNodes), 0)
      const network = yield* crawled(net)
      const { crawlId, snapshots } = yield* take(network)
      const rows = yield* Effect.promise(() => queryFile(network.db, `
        SELECT e.host, s.state AS snapshot_state, s.crawl_id, s.servers_of, s.servers, s.compared, r.*, v.kind, v.cost, v.outcome,
          (SELECT count(*) FROM observation o WHERE o.visit_id = r.visit_id)::INTEGER AS observations,
          (SELECT max(balance) FROM cost_ledger c WHERE c.crawl_id = s.crawl_id AND c.target = e.host) AS balance
        FROM snapshot_reading r JOIN snapshot s USING (snapshot_id) JOIN visit v USING (visit_id) JOIN endpoint e ON e.endpoint_id = r.endpoint_id
        ORDER BY e.host`))
      expect(rows).toHaveLength(mixed.length)
      for (const row of rows) {
        const reading = readingOf(snapshots[0]!, String(row["host"]).replace(".test", ""))
        expect(row).toMatchObject({
          snapshot_state: "kept",
          crawl_id: crawlId,
          servers_of: 1,
          servers: mixed.length,
          compared: mixed.length,
          state: "compared",
          kind: "snapshot",
          outcome: "answered",
          fee_targets: [1, 2, 6, 10, 25, 144, 1008],
          fee_texts: reading.values!.fees.map(({ text }) => text),
          fees: reading.values!.fees.map(({ value }) => value),
          histogram_text: reading.values!.histogram.text,
          observations: 12,
          implementation: reading.target.implementation
        })
        expect(row["implementation"]).not.toBeNull()
        expect(row["sent_ms"] as number).toBeGreaterThanOrEqual(0)
        expect(row["received_ms"] as number).toBeGreaterThan(row["sent_ms"] as number)
        expect(row["cost"] as number).toBeLessThan(30)
        expect(row["balance"] as number).toBeGreaterThanOrEqual(row["cost"] as number)
      }
      const [crawl] = yield* Effect.promise(() => queryFile(network.db, `SELECT kind, state FROM crawl WHERE crawl_id = ${crawlId}`))
      expect(crawl).toEqual({ kind: "probe", state: "finished" })
    }).pipe(Effect.scoped), 60_000)

  it.live("is discarded when a block comes in between, and taken again over the same connections", () =>
    Effect.gen(function*() {
      const servers: ReadonlyArray<Asked> = [
        { id: "romanz", software: "electrs/0.10.9", backend: "first" },
        { id: "romanz2", software: "electrs/0.10.9", backend: "first" },
        { id: "fulcrum", software: "Fulcrum 2.1.1", backend: "first" }
      ]
      const net = yield* runScenario(scenarioOf(servers, { blocks: { gap_s: 600, fork_share: 0 } }), 0)
      const network = yield* crawled(net)
      let grown = false
      // When the first answers come, half an hour passes, and with it blocks.
      const layer = afterFirstAnswer(network.layer, () => {
        if (!grown) net.clock.advance(1_800_000)
        grown = true
      })
      const notes: Array<string> = []
      const { crawlId, snapshots } = yield* take({ ...network, layer }, { settleMs: 50 }, noExclusions, notes)
      const states = snapshots.map(({ state }) => state)
      expect(states.at(-1)).toBe("kept")
      expect(states.slice(0, -1)).toEqual(["discarded"])
      expect(snapshots[0]!.reason).toMatch(/^a block came in between: \d servers? went on to \d+ [0-9a-f]{64}$/)
      expect(snapshots[1]!.tip!.height).toBeGreaterThan(snapshots[0]!.tip!.height)
      expect(notes.some((note) => note.startsWith("Snapshot 1 of at most 3 discarded"))).toBe(true)
      // Of a discarded one nothing may be compared, whatever stood still at it.
      const rows = yield* Effect.promise(() => queryFile(network.db, "SELECT attempt, compared FROM snapshot ORDER BY attempt"))
      expect(rows).toEqual([{ attempt: 1, compared: 0 }, { attempt: 2, compared: 3 }])
      expect(textOf({ crawlId, snapshots: snapshots.slice(0, 1) }, network)).toMatch(/ 0 of 3 may be compared/)
      for (const { target, visit } of snapshots[1]!.readings) {
        // The connection of before: one visit, both rounds.
        expect(snapshots[0]!.readings.find((r) => endpointKey(r.target.endpoint) === endpointKey(target.endpoint))!.visit).toBe(visit)
        expect(visit!.observations.filter(({ method }) => method === "server.version")).toHaveLength(1)
      }
    }).pipe(Effect.scoped), 60_000)

  it.live("asks all within one window though fewer connections are allowed, and marks who is too late", () =>
    Effect.gen(function*() {
      const servers: ReadonlyArray<Asked> = [
        ...["a", "b", "c", "d", "e"].map((id) => ({ id, software: "electrs/0.10.9", backend: id })),
        // Slow to the snapshot only: a crawl of it would take a minute.
        { id: "slow", software: "electrs/0.10.9", backend: "slow", lies: [{ lie: "slow", ms: 3_000, to: { client_name: "snapshot" } }] }
      ]
      const net = yield* runScenario(scenarioOf(servers), 0)
      const network = yield* crawled(net)
      const { snapshots } = yield* take(network, { concurrency: 2, windowMs: 5_000, clientName: "snapshot" })
      expect(snapshots).toHaveLength(1)
      // What is slow needs 6 s for two answers after its handshake.
      expect(statesOf(snapshots[0]!)).toEqual({ "a.test": "compared", "b.test": "compared", "c.test": "compared", "d.test": "compared", "e.test": "compared", "slow.test": "late" })
      for (const { receivedMs, state } of snapshots[0]!.readings) if (state === "compared") expect(receivedMs).toBeLessThanOrEqual(5_000)
      const costs = yield* Effect.promise(() => queryFile(network.db, "SELECT target, count(*)::INTEGER AS n FROM cost_ledger JOIN crawl USING (crawl_id) WHERE kind = 'probe' GROUP BY ALL"))
      expect(costs).toHaveLength(servers.length)
    }).pipe(Effect.scoped), 60_000)

  it.live("is kept at once though servers stand on another branch the whole time, who are not compared with the others", () =>
    Effect.gen(function*() {
      const servers: ReadonlyArray<Asked> = [
        ...["a", "b", "c", "d", "e", "f", "g"].map((id) => ({ id, software: "electrs/0.10.9", backend: "first" })),
        ...["fork1", "fork2"].map((id) => ({ id, software: "electrs/0.10.9", backend: "second", lies: [{ lie: "low-work fork" }] }))
      ]
      const net = yield* runScenario(scenarioOf(servers, { backends: { first: usualNodes.backends["first"], second: usualNodes.backends["second"] } }), 0)
      const network = yield* crawled(net)
      const { crawlId, snapshots } = yield* take(network)
      expect(snapshots.map(({ state }) => state)).toEqual(["kept"])
      const [tip, fork] = ["a", "fork1"].map((id) => readingOf(snapshots[0]!, id).values!.tipBefore!)
      expect(snapshots[0]!.tip).toEqual(tip)
      expect([fork!.height > tip!.height, fork!.hash === tip!.hash]).toEqual([true, false])
      const rows = yield* Effect.promise(() => queryFile(network.db, "SELECT servers, compared FROM snapshot"))
      expect(rows).toEqual([{ servers: 9, compared: 7 }])
      expect(textOf({ crawlId, snapshots }, network)).toContain("7 of 9 may be compared; 2 at another tip\n")
    }).pipe(Effect.scoped), 60_000)

  it.live("is kept though one server tells an absurd height, and though one always tells of another block", () =>
    Effect.gen(function*() {
      const servers: ReadonlyArray<Asked> = [
        { id: "romanz", software: "electrs/0.10.9", backend: "first" },
        { id: "romanz2", software: "electrs/0.10.9", backend: "first" },
        { id: "fulcrum", software: "Fulcrum 2.1.1", backend: "first" },
        { id: "absurd", software: "Fulcrum 2.1.1", backend: "first", traits: ["absurd-tip"] },
        { id: "liar", software: "electrs/0.10.9", backend: "first" }
      ]
      const net = yield* runScenario(scenarioOf(servers), 0)
      const network = yield* crawled(net)
      const { snapshots } = yield* take({ ...network, layer: withInventedBlocks(network.layer, "liar.test") })
      // The first is discarded: a block that only one server has may be one that all will have.
      expect(snapshots.map(({ state }) => state)).toEqual(["discarded", "kept"])
      expect(snapshots[0]!.reason).toContain("1 server went on")
      expect(statesOf(snapshots[1]!)).toMatchObject({ "romanz.test": "compared", "romanz2.test": "compared", "fulcrum.test": "compared", "liar.test": "moved" })
      expect(snapshots[1]!.tip).toEqual(readingOf(snapshots[1]!, "romanz").values!.tipBefore)
    }).pipe(Effect.scoped), 60_000)

  it.live("that is interrupted books what it cost, and is no snapshot", () =>
    Effect.gen(function*() {
      const servers: ReadonlyArray<Asked> = [
        { id: "romanz", software: "electrs/0.10.9", backend: "first" },
        { id: "silent", software: "electrs/0.10.9", backend: "first", lies: [{ lie: "silent", methods: ["mempool.get_fee_histogram"] }] }
      ]
      const net = yield* runScenario(scenarioOf(servers), 0)
      const network = yield* crawled(net).pipe(Effect.provideService(VisitTimeouts, { handshakeMs: 10_000, exchangeMs: 750, sessionMs: 60_000 }))
      const answered = yield* Deferred.make<void>()
      const layer = afterFirstAnswer(network.layer, () => Deferred.doneUnsafe(answered, Effect.void))
      const fiber = yield* Effect.forkChild(take({ ...network, layer }))
      yield* Deferred.await(answered)
      yield* Fiber.interrupt(fiber)
      const [crawl] = yield* Effect.promise(() => queryFile(network.db, `
        SELECT state, (SELECT count(*)::INTEGER FROM snapshot) AS snapshots,
          (SELECT count(*)::INTEGER FROM visit v WHERE v.crawl_id = c.crawl_id AND kind = 'snapshot') AS visits,
          (SELECT count(DISTINCT target)::INTEGER FROM cost_ledger l WHERE l.crawl_id = c.crawl_id) AS booked
        FROM crawl c WHERE kind = 'probe'`))
      expect(crawl).toEqual({ state: "interrupted", snapshots: 0, visits: 2, booked: 2 })
    }).pipe(Effect.scoped), 60_000)

  it.live("does not ask who opted out, nor who has enough of us on its books", () =>
    Effect.gen(function*() {
      const net = yield* runScenario(scenarioOf(mixed, usualNodes), 0)
      const network = yield* crawled(net)
      yield* Effect.flatMap(Store, (store) =>
        store.record(1, [{ _tag: "ledger", target: "esplora.test", at: Date.now(), balance: 890, backOffUntil: null, reason: null }])
      ).pipe(Effect.provide(Store.layer(network.db)), Effect.provide(NodeServices.layer))
      const { snapshots } = yield* take(network, {}, makeExclusions(["romanz.test"]))
      expect(statesOf(snapshots[0]!)).toMatchObject({ "romanz.test": "not asked", "esplora.test": "not asked", "ex116.test": "compared" })
      expect(readingOf(snapshots[0]!, "romanz").detail).toBe("excluded")
      expect(readingOf(snapshots[0]!, "esplora").detail).toMatch(/^ledger: /)
      expect(readingOf(snapshots[0]!, "esplora").visit).toBeNull()
    }).pipe(Effect.scoped), 60_000)
})

import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { afterAll, beforeAll, vi } from "vitest"
import { visitAllowance } from "../../src/crawl/cost-ledger.ts"
import { Chain, shippedChains } from "../../src/domain/chain.ts"
import type { Visit } from "../../src/domain/visit.ts"
import { featuresProbe, peersProbe, pipelinedProbes, type Probe, versionProbe } from "../../src/probe/catalogue.ts"
import { dataProbes, idlePings } from "../../src/probe/data-probes.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { peerRoundsFor } from "../../src/probe/request-limit.ts"
import { CostGroups } from "../../src/simnet/implementations/electrumx/cost-groups.ts"
import { traits } from "../../src/simnet/traits/traits.ts"
import { clientAt } from "../../src/simnet/model/client.ts"
import { electrumServer, resultLine } from "../support/electrum-server.ts"
import { startServer } from "../support/start-server.ts"
import { impatient, loopbackVisitor, observed, visitPort } from "../support/visiting.ts"

/** Limits of a regular visit: of requests, of ElectrumX's units, of errors. */
const most = { requests: 40, units: 700, errors: 6 } as const

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** Every family, and of those that charge or count errors every release that differs in it or in its protocol. */
const releases = [
  ...["1.10.0", "1.13.0", "1.15.0", "1.16.0", "1.17.0", "1.18.0", "1.19.0", "1.20.0", "2.0b1"].map((it) => `ElectrumX ${it}`),
  ...["1.0.4", "1.9.1", "1.12.0", "2.0.0", "2.1.1"].map((it) => `Fulcrum ${it}`),
  "electrs/0.9.10",
  "electrs/0.11.1",
  "electrs-esplora 0.4.1",
  "mempool-electrs 3.1.0"
]

const isError = ({ outcome }: Visit["observations"][number]): boolean => outcome === "error" || outcome === "throttled"

/** Units that simulated ElectrumX servers have charged a client, connection included. */
const charged = new Map<string | null, number>()

beforeAll(() => {
  const enter = CostGroups.prototype.enter
  vi.spyOn(CostGroups.prototype, "enter").mockImplementation(function(this: CostGroups, client) {
    const cost = enter.call(this, client)
    const charge = (units: number) => charged.set(client, (charged.get(client) ?? 0) + units)
    charge(5)
    return {
      ...cost,
      add: (units) => {
        charge(units)
        cost.add(units)
      },
      addBytes: (bytes) => {
        charge(bytes / 5000)
        cost.addBytes(bytes)
      }
    }
  })
})

afterAll(() => void vi.restoreAllMocks())

layer(loopbackVisitor, { excludeTestServices: true, concurrent: true })("a regular visit", (it) => {
  it.effect.each(releases)("to %s stays within its limits, errors last", (software) =>
    Effect.gen(function*() {
      // One client each, far apart: what one is charged is never another's.
      const client = clientAt(`198.51.${releases.indexOf(software)}.7`)
      const server = yield* startServer({ software, client })
      const visit = yield* visitPort(server.tcpPort, { chain })
      assert.strictEqual(visit.outcome, "answered")
      assert.isAtMost(visit.requests, most.requests)
      const errors = visit.observations.filter(isError)
      assert.isAtMost(errors.length, most.errors)
      // What closes or costs, comes after everything else was learned.
      const last = visit.observations.at(-1)!
      assert.strictEqual(last.probe, "features")
      for (const it of visit.observations) if (it !== last) assert.strictEqual(it.outcome, "ok", it.probe)
      assert.isBelow(visit.cost, Math.min(most.units, visitAllowance + 100 * errors.length))
      if (software.startsWith("ElectrumX")) {
        // The ledger's estimate covers what it really costs.
        assert.isAbove(charged.get(client.group)!, 10)
        assert.isAtMost(charged.get(client.group)!, visit.cost)
      }
    }).pipe(Effect.scoped))

  it.effect.each(Object.keys(traits))("to a server with the trait %s stays within its limits", (trait) =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "ElectrumX 1.20.0", traits: [trait] })
      const visit = yield* impatient(visitPort(server.tcpPort, { chain }))
      const errors = visit.observations.filter(isError)
      assert.isAtMost(errors.length, most.errors)
      // Who sends megabytes for an answer has chosen so: nothing that was asked for costs that much.
      const isUnread = visit.observations.some(({ outcome }) => outcome === "too large")
      assert.isBelow(isUnread ? visit.cost - visit.bytesIn / 5000 : visit.cost, most.units)
      assert.isAtMost(visit.bytesIn, trait === "huge-errors" ? 8_000_000 : 33_000_000)
      assert.isAtMost(visit.requests, most.requests)
      if (trait !== "html-errors") return
      assert.strictEqual(errors.length, most.errors)
      const left = visit.observations.filter(({ outcome }) => outcome === "not asked")
      assert.isAbove(left.length, 0)
      for (const { errorMessage } of left) assert.strictEqual(errorMessage, "6 errors were enough")
    }).pipe(Effect.scoped))

  it.effect.each([2, 3, 5])("brings no more than %d errors where the ledger has room for so many, and asks all the same where there are none", (errors) =>
    Effect.gen(function*() {
      const room = { errors, units: visitAllowance + 100 * errors }
      for (const software of ["ElectrumX 1.20.0", "Fulcrum 2.1.1"]) {
        const bad = yield* startServer({ software, traits: ["html-errors"] })
        const visit = yield* visitPort(bad.tcpPort, { chain, room })
        assert.strictEqual(visit.observations.filter(isError).length, errors)
        assert.isAtMost(visit.cost, room.units)
        const good = yield* startServer({ software })
        const whole = yield* visitPort(good.tcpPort, { chain, room })
        assert.deepStrictEqual(whole.observations.filter(({ outcome }) => outcome !== "ok"), [])
      }
    }).pipe(Effect.scoped))

  it.effect("lets one endless history pass, which says that the others would be as long, and stays below the soft limit", () =>
    Effect.gen(function*() {
      for (const software of ["ElectrumX 1.16.0", "Fulcrum 2.1.1"]) {
        const server = yield* startServer({ software, traits: ["endless-history"] })
        const visit = yield* visitPort(server.tcpPort, { chain })
        const histories = visit.observations.filter(({ probe }) => probe.startsWith("history#"))
        assert.deepStrictEqual(histories.map(({ outcome }) => outcome), ["too large", "not asked", "not asked", "not asked", "not asked"])
        assert.strictEqual(observed(visit, "balance#P2TR")?.outcome, "ok")
        assert.isBelow(visit.cost, 1000)
      }
    }).pipe(Effect.scoped))

  it.effect("brings no second long list of peers, and none behind one that did not come", () =>
    Effect.gen(function*() {
      const asked = { long: 0, silent: 0 }
      const long = yield* electrumServer({
        "server.peers.subscribe": ({ id, socket }) => {
          asked.long++
          socket.write(resultLine(id, Array.from({ length: 20_000 }, (_, i) => ["203.0.113.1", `peer${i}.example.org`, ["v1.4"]])))
        }
      })
      const visit = yield* visitPort(long.port, { peerRounds: 6 })
      assert.deepStrictEqual([asked.long, visit.peers!.asked, visit.peers!.entries.numbers.length], [1, 1, 10_000])
      assert.isBelow(visit.cost, most.units)
      assert.strictEqual(observed(visit, "features")?.outcome, "ok")
      const silent = yield* electrumServer({ "server.peers.subscribe": () => void asked.silent++ })
      const patience = Effect.provideService(VisitTimeouts, { handshakeMs: 5000, exchangeMs: 1000, sessionMs: 10_000 })
      const other = yield* patience(visitPort(silent.port, { peerRounds: 6 }))
      assert.strictEqual(asked.silent, 1)
      assert.deepInclude(observed(other, "peers#2"), { outcome: "not asked", errorMessage: "the round before brought no list" })
      assert.strictEqual(observed(other, "features")?.outcome, "ok")
    }).pipe(Effect.scoped))

  it.effect.each([6, 20, 1000])("stays within its limits when told to ask for peers %d times", (peerRounds) =>
    Effect.gen(function*() {
      for (const software of ["ElectrumX 1.16.0", "Fulcrum 2.1.1"]) {
        const server = yield* startServer({ software })
        const visit = yield* visitPort(server.tcpPort, { chain, peerRounds })
        assert.isAtMost(visit.requests, most.requests)
        assert.isBelow(visit.cost, visitAllowance)
        assert.strictEqual(visit.peers!.asked, 6)
        assert.deepStrictEqual(visit.observations.filter(({ outcome }) => outcome !== "ok"), [])
      }
    }).pipe(Effect.scoped))

  it("leaves room for a round of peers with as many checkpoints as a chain may have, and public scripts of all forms", () => {
    const checkpoints = Array.from({ length: 7 }, (_, height) => ({ height: height + 1, block_hash: "00".repeat(32) }))
    const mainnet = shippedChains.find(({ name }) => name === "mainnet")!
    assert.isAtLeast(peerRoundsFor({ ...mainnet, checkpoints }), 1)
    assert.isTrue(Schema.is(Chain)({ ...mainnet, checkpoints }))
    assert.isFalse(Schema.is(Chain)({ ...mainnet, checkpoints: [...checkpoints, checkpoints[0]] }))
  })

  it("could not send more than that if every list were new and each method unknown", () => {
    for (const known of shippedChains) {
      for (const protocol of ["1.4", "1.6"]) {
        const asked: ReadonlyArray<Probe> = [
          versionProbe("test", "1.4", 1),
          versionProbe("test", "1.4", 2),
          ...pipelinedProbes(known),
          ...Array.from({ length: peerRoundsFor(known) }, (_, i) => peersProbe(i + 1)),
          ...dataProbes(known, protocol).all,
          ...idlePings,
          featuresProbe
        ]
        assert.isAtMost(asked.length, most.requests, known.name)
        assert.isBelow(asked.reduce((sum, { method }) => sum + method.cost, 10), visitAllowance)
        assert.strictEqual(new Set(asked.map(({ name }) => name)).size, asked.length)
        for (const { harmless, tells } of asked) assert.isTrue(harmless.length > 10 && tells.length > 5)
      }
    }
  })

  it("asks what its protocol has: the relay fee up to 1.5, the mempool's information since 1.6, either last", () => {
    const last = (protocol: string | null) => dataProbes(chain, protocol).all.at(-1)!.method.name
    for (const protocol of [null, "1.0", "1.4", "1.4.3", "1.5.3", "garbage"]) assert.strictEqual(last(protocol), "blockchain.relayfee")
    for (const protocol of ["1.6", "1.6.0", "1.7"]) assert.strictEqual(last(protocol), "mempool.get_info")
  })
})

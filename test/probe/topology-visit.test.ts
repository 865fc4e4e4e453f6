import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../src/domain/chain.ts"
import type { Visit } from "../../src/domain/visit.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { electrumServer, headerHex, peerEntry, resultLine } from "../support/electrum-server.ts"
import { startServer } from "../support/start-server.ts"
import { loopbackVisitor, observed, outcomesOf, visitPort } from "../support/visiting.ts"

const simulated = shippedChains.find(({ name }) => name === "mainnet-sim")!
const mainnet = shippedChains.find(({ name }) => name === "mainnet")!

/** Names of what was asked, packet by packet. */
const packetsOf = (visit: Visit): ReadonlyArray<string> =>
  [...Map.groupBy(visit.observations.filter(({ outcome }) => outcome !== "not asked"), ({ sentMs }) => sentMs).values()]
    .map((packet) => packet.map(({ probe }) => probe).join(", "))

/** What a visit for the topology knows nothing of. */
const nothingElse = (visit: Visit): void => {
  assert.deepStrictEqual(visit.answers.map(({ subject }) => subject).filter((subject) => subject !== "features"), [])
  assert.deepStrictEqual([visit.timing?.pings, visit.timing?.medianMs, visit.timing?.untimed], [0, null, "not asked: topology visit"])
  assert.isNull(visit.identification?.fingerprintHash ?? null)
}

layer(loopbackVisitor, { excludeTestServices: true, concurrent: true })("a visit for the topology", (it) => {
  it.effect.each(["ElectrumX 1.16.0", "ElectrumX 1.20.0", "Fulcrum 2.1.1", "electrs/0.11.1", "mempool-electrs 3.1.0"])(
    "to %s asks ten questions in three packets, features last, and brings nothing else",
    (software) =>
      Effect.gen(function*() {
        const server = yield* startServer({ software })
        const visit = yield* visitPort(server.tcpPort, { chain: simulated, peerRounds: 2, scope: "topology" })
        assert.deepStrictEqual(packetsOf(visit), [
          "version",
          "tip, header#0, header#1000, banner, donation address, peers#1",
          "ping, peers#2, features"
        ])
        assert.deepStrictEqual(visit.observations.filter(({ outcome, probe }) => outcome !== "ok" && probe !== "features"), [])
        assert.deepStrictEqual([visit.outcome, visit.kind, visit.requests, visit.chain?.verdict, visit.peers?.asked], ["answered", "regular", 10, "same", 2])
        assert.isNotNull(visit.tip)
        assert.isNotNull(visit.banner)
        assert.isBelow(visit.cost, 30 + 100 * visit.observations.filter(({ outcome }) => outcome === "error").length)
        nothingElse(visit)
      }).pipe(Effect.scoped)
  )

  it.effect("loses nothing to a server that closes on features", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "electrs-esplora 0.4.1" })
      const visit = yield* visitPort(server.tcpPort, { chain: simulated, peerRounds: 2, scope: "topology" })
      const { features, ...others } = outcomesOf(visit)
      assert.strictEqual(features, "closed")
      assert.deepStrictEqual(new Set(Object.values(others)), new Set(["ok"]))
      assert.deepStrictEqual(visit.answers.map(({ response, subject }) => [subject, response]), [["features", "closed"]])
      assert.strictEqual(visit.outcome, "answered")
    }).pipe(Effect.scoped))

  it.effect("asks for lists until they repeat themselves, and for features after the last one, when nobody says how often", () =>
    Effect.gen(function*() {
      let round = 0
      const server = yield* electrumServer({
        "server.peers.subscribe": ({ id, socket }) => {
          const from = 3 * Math.min(round++, 2)
          socket.write(resultLine(id, [1, 2, 3].map((n) => peerEntry(from + n))))
        }
      })
      const visit = yield* visitPort(server.port, { scope: "topology" })
      assert.deepStrictEqual(packetsOf(visit), [
        "version",
        "tip, header#0, header#100, banner, donation address, peers#1",
        "ping, peers#2",
        "peers#3, peers#4",
        "features"
      ])
      assert.strictEqual(visit.peers?.entries.numbers.length, 9)
      nothingElse(visit)
    }).pipe(Effect.scoped))

  it.effect("asks mainnet's three headers in its first packet too", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer()
      const visit = yield* visitPort(server.port, { chain: mainnet, peerRounds: 2, scope: "topology" })
      assert.strictEqual(packetsOf(visit)[1], "tip, header#0, header#479807, header#953567, banner, peers#1")
      // The server's headers are a test chain's: it is asked nothing more.
      assert.deepStrictEqual([visit.reason, packetsOf(visit).length], ["other network", 2])
      assert.deepInclude(observed(visit, "features"), { outcome: "not asked", errorMessage: "the server is of another chain" })
      nothingElse(visit)
    }).pipe(Effect.scoped))

  it.effect("sends no packet larger than the errors left, whatever they are", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer()
      for (const errors of [2, 3, 5]) {
        const visit = yield* visitPort(server.port, { peerRounds: 6, scope: "topology", room: { errors, units: 500 } })
        for (const packet of packetsOf(visit)) assert.isAtMost(packet.split(", ").length, errors)
        assert.deepStrictEqual([visit.requests, visit.peers?.asked, visit.observations.at(-1)?.probe], [14, 6, "features"])
      }
      const bad = yield* startServer({ software: "ElectrumX 1.20.0", traits: ["html-errors"] })
      const visit = yield* visitPort(bad.tcpPort, { chain: simulated, scope: "topology", room: { errors: 3, units: 500 } })
      assert.strictEqual(visit.observations.filter(({ outcome }) => outcome === "error").length, 3)
      for (const { errorMessage, outcome } of visit.observations) if (outcome === "not asked") assert.strictEqual(errorMessage, "3 errors were enough")
      nothingElse(visit)
    }).pipe(Effect.scoped))

  it.effect("keeps the lists it got where the rest is silence", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({ "server.banner": () => undefined, "server.ping": () => undefined })
      const patience = Effect.provideService(VisitTimeouts, { handshakeMs: 5000, exchangeMs: 1500, sessionMs: 10_000 })
      const visit = yield* patience(visitPort(server.port, { peerRounds: 2, scope: "topology" }))
      assert.deepStrictEqual([visit.outcome, visit.peers?.asked, visit.tip?.height], ["answered", 2, 120])
      assert.strictEqual(observed(visit, "banner")?.outcome, "timeout")
      assert.strictEqual(observed(visit, "header#100")?.replyRaw?.includes(headerHex(100)), true)
      nothingElse(visit)
    }).pipe(Effect.scoped))
})

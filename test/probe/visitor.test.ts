import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { peerEntries } from "../../src/domain/visit.ts"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { Visitor } from "../../src/probe/visitor.ts"
import { Deadline } from "../../src/transport/deadline.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { TransportError } from "../../src/transport/transport-error.ts"
import {
  answerHonestly,
  electrumServer,
  errorLine,
  headerHash,
  headerHex,
  honestResult,
  peerEntry,
  resultLine,
  testChain
} from "../support/electrum-server.ts"
import { closedPort, tcpServer } from "../support/loopback-server.ts"
import {
  defaultVisit,
  loopbackEndpoint,
  loopbackVisitor,
  observed,
  outcomesOf,
  planFor,
  visitPort
} from "../support/visiting.ts"
import { type ClientRequest, connectTo, eachLine } from "../support/wire-server.ts"

const failing = (code: number, message: string) => ({ id, socket }: ClientRequest) =>
  socket.write(errorLine(id, code, message))

layer(loopbackVisitor, { excludeTestServices: true })("a visit", (it) => {
  it.effect("learns all a well-behaved server tells, over TCP and TLS", () =>
    Effect.gen(function*() {
      for (const transport of ["tcp", "tls"] as const) {
        const server = yield* electrumServer({}, { tls: transport === "tls" })
        const visit = yield* visitPort(server.port, { transport })
        assert.deepInclude(visit, {
          outcome: "answered",
          reason: null,
          phase: null,
          software: "Tested 1.0",
          protocol: "1.6",
          banner: "Welcome",
          donationAddress: "bc1qtest",
          requests: 24
        })
        assert.deepStrictEqual(visit.tip, { height: 120, hash: headerHash(120), time: 1_700_000_120, validWork: true })
        assert.deepStrictEqual(visit.chain, {
          verdict: "same",
          chain: null,
          headers: [{ height: 0, hash: headerHash(0) }, { height: 100, hash: headerHash(100) }]
        })
        assert.deepStrictEqual({ ...visit.peers, entries: peerEntries(visit.peers!) }, {
          asked: 2,
          entries: [1, 2, 3].map((n) => ({ value: peerEntry(n), times: 2 })),
          octets: null,
          dropped: 0,
          unseenMass: 0
        })
        assert.deepStrictEqual(visit.features?.hosts, [
          { host: "tested.example.org", tcpPort: 50001, tlsPort: 50002, wsPort: null, wssPort: null }
        ])
        assert.deepStrictEqual(outcomesOf(visit), {
          version: "ok",
          banner: "ok",
          "donation address": "ok",
          tip: "ok",
          "header#0": "ok",
          "header#100": "ok",
          ping: "ok",
          "peers#1": "ok",
          "peers#2": "ok",
          "fee#2": "ok",
          "fee#6": "ok",
          "fee#25": "ok",
          "fee#144": "ok",
          "fee histogram": "ok",
          "derived balance#1": "ok",
          "derived balance#2": "ok",
          "derived balance#3": "ok",
          "derived balance#4": "ok",
          "mempool info": "ok",
          "idle ping#1": "ok",
          "idle ping#2": "ok",
          "idle ping#3": "ok",
          "idle ping#4": "ok",
          features: "ok"
        })
        assert.strictEqual(server.accepted(), 1)
        assert.isAbove(visit.bytesIn, 1000)
        assert.closeTo(
          visit.cost,
          5 + 0.5 + 0.5 + 0.1 + 0.25 * 3 + 0.1 * 5 + 2 + 4 * 2.1 + 1 + 4 * 1.4 + 1 + 0.2 + (visit.bytesIn + visit.bytesOut) / 5000,
          1e-9
        )
        const { connectedMs, endedMs, handshakeMs } = visit.stamps
        assert.isTrue(connectedMs! <= handshakeMs! && handshakeMs! <= endedMs)
      }
    }).pipe(Effect.scoped))

  it.effect("asks server.version first and alone, then who it is, then data, then pings one by one, server.features last", () =>
    Effect.gen(function*() {
      const packets: Array<ReadonlyArray<string>> = []
      const server = yield* tcpServer((socket) => {
        socket.on("data", (chunk: Buffer) => {
          const requests = chunk.toString().trimEnd().split("\n").map((line) => JSON.parse(line) as ClientRequest)
          packets.push(requests.map(({ method }) => method))
          socket.write(requests.map((request) => resultLine(request.id, honestResult(request))).join(""))
        })
      })
      yield* visitPort(server.port)
      assert.deepStrictEqual(packets, [
        ["server.version"],
        [
          "server.banner",
          "server.donation_address",
          "blockchain.headers.subscribe",
          "blockchain.block.header",
          "blockchain.block.header",
          "server.ping"
        ],
        // A second list only after the first was no long one.
        ["server.peers.subscribe"],
        ["server.peers.subscribe"],
        // Never more than the errors that a visit may bring.
        [
          ...Array.from({ length: 4 }, () => "blockchain.scripthash.get_balance"),
          ...Array.from({ length: 2 }, () => "blockchain.estimatefee")
        ],
        [
          ...Array.from({ length: 2 }, () => "blockchain.estimatefee"),
          "mempool.get_fee_histogram",
          "mempool.get_info"
        ],
        ["server.ping"],
        ["server.ping"],
        ["server.ping"],
        ["server.ping"],
        ["server.features"]
      ])
    }).pipe(Effect.scoped))

  it.effect("says who asks and which protocols it speaks", () =>
    Effect.gen(function*() {
      const asked: Array<ReadonlyArray<unknown>> = []
      const server = yield* electrumServer({
        "server.version": (request) => {
          asked.push(request.params)
          answerHonestly(request)
        }
      })
      yield* visitPort(server.port)
      assert.deepStrictEqual(asked, [["electrum-observatory/test", ["1.4", "1.6"]]])
    }).pipe(Effect.scoped))

  it.effect("stays answered when the server closes on server.features, as a default Blockstream electrs does", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({ "server.features": ({ socket }) => socket.end() })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(visit, { outcome: "answered", banner: "Welcome", features: null })
      assert.strictEqual(observed(visit, "features")?.outcome, "closed")
      assert.strictEqual(visit.chain?.verdict, "same")
    }).pipe(Effect.scoped))

  it.effect("keeps each probe's own outcome: errors as objects and strings, malformed and null results", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.banner": failing(-32601, "unknown method"),
        "server.donation_address": ({ id, socket }) => socket.write(resultLine(id, null)),
        "server.ping": ({ id, socket }) => socket.write(`{"id":${id},"error":"no ping"}\n`),
        "blockchain.headers.subscribe": ({ id, socket }) =>
          socket.write(resultLine(id, { height: -5, hex: headerHex(1) })),
        "server.features": ({ id, socket }) => socket.write(resultLine(id, ["odd"]))
      })
      const visit = yield* visitPort(server.port)
      assert.strictEqual(visit.outcome, "answered")
      assert.deepInclude(
        outcomesOf(visit),
        { banner: "error", "donation address": "ok", ping: "error", tip: "malformed", "idle ping#2": "error", "idle ping#3": "not asked", features: "malformed" }
      )
      assert.deepInclude(observed(visit, "banner"), { errorCode: -32601, errorMessage: "unknown method" })
      assert.deepInclude(observed(visit, "ping"), { errorCode: null, errorMessage: "no ping" })
      assert.deepInclude(visit, { banner: null, donationAddress: null, tip: null, features: null })
      assert.isAbove(visit.cost, 200)
    }).pipe(Effect.scoped))

  it.effect("stores padded replies folded, with their true size, and no peer list twice", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.ping": ({ id, socket }) =>
          socket.write(`{"jsonrpc":"2.0","result":null,"id":${id}${" ".repeat(900)}}\r\n`)
      })
      const visit = yield* visitPort(server.port)
      const ping = observed(visit, "ping")!
      assert.strictEqual(ping.replyRaw, `{"jsonrpc":"2.0","result":null,"id":7 }`)
      assert.strictEqual(ping.replyBytes, 938)
      assert.strictEqual(ping.value, "null")
      assert.strictEqual(observed(visit, "version")!.value, `["Tested 1.0","1.6"]`)
      assert.strictEqual(observed(visit, "peers#1")!.value, null)
      assert.include(observed(visit, "peers#1")!.replyRaw, "peer3.example.org")
    }).pipe(Effect.scoped))

  it.effect("passes on why no connection came about", () =>
    Effect.gen(function*() {
      const visit = yield* visitPort(yield* closedPort())
      assert.deepInclude(
        visit,
        { outcome: "failed", reason: "refused", phase: "connect", software: null, requests: 0, cost: 0 }
      )
      assert.include(visit.detail, "ECONNREFUSED")
    }))
})

layer(loopbackVisitor, { excludeTestServices: true })("the chain", (it) => {
  it.effect("of a server with another header at a checkpoint is another one: no features, no more rounds", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "blockchain.block.header": ({ id, params, socket }) =>
          socket.write(resultLine(id, headerHex(Number(params[0]), params[0] === 0 ? 0 : 7)))
      })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(
        visit,
        { outcome: "failed", reason: "other network", phase: "session", software: "Tested 1.0" }
      )
      assert.include(visit.detail, `unknown chain: header ${headerHash(0)} at 0`)
      assert.strictEqual(visit.chain?.verdict, "other")
      assert.strictEqual(observed(visit, "features")?.outcome, "not asked")
    }).pipe(Effect.scoped))

  it.effect("of a server that shows no header, or only genesis, is unverified", () =>
    Effect.gen(function*() {
      const silent = yield* electrumServer({ "blockchain.block.header": failing(1, "height out of range") })
      assert.deepInclude(yield* visitPort(silent.port), {
        outcome: "answered",
        chain: { verdict: "unverified", chain: null, headers: [] }
      })
      const syncing = yield* electrumServer({
        "blockchain.headers.subscribe": ({ id, socket }) =>
          socket.write(resultLine(id, { hex: headerHex(50), height: 50 })),
        "blockchain.block.header": (request) =>
          request.params[0] === 0 ? answerHonestly(request) : failing(1, "height 100 out of range")(request)
      })
      assert.strictEqual((yield* visitPort(syncing.port)).chain?.verdict, "unverified")
    }).pipe(Effect.scoped))
})

layer(loopbackVisitor, { excludeTestServices: true })("rounds of peers", (it) => {
  /** Answers with list number 0, 1, … */
  const lists = (list: (round: number) => ReadonlyArray<unknown>) => {
    let round = 0
    return { "server.peers.subscribe": ({ id, socket }: ClientRequest) => socket.write(resultLine(id, list(round++))) }
  }

  it.effect("go on while much is unseen, six at the most, and count times seen of times asked", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer(lists((round) => [
        peerEntry(0),
        peerEntry(2 * round + 1),
        peerEntry(2 * round + 2)
      ]))
      const peers = (yield* visitPort(server.port)).peers!
      assert.strictEqual(peers.asked, 6)
      assert.deepStrictEqual(peerEntries(peers)[0], { value: peerEntry(0), times: 6 })
      assert.strictEqual(peers.entries.numbers.length, 13)
      assert.closeTo(peers.unseenMass!, 12 / 18, 1e-9)
    }).pipe(Effect.scoped))

  it.effect("stop as soon as little is unseen", () =>
    Effect.gen(function*() {
      // Round 2 still differs from round 1; rounds 3 and 4 show everything again.
      const server = yield* electrumServer(
        lists((round) => round === 0 ? [1, 2].map(peerEntry) : [1, 2, 3].map(peerEntry))
      )
      assert.deepInclude((yield* visitPort(server.port)).peers, { asked: 4, unseenMass: 0 })
    }).pipe(Effect.scoped))

  it.effect("are as many as asked for", () =>
    Effect.gen(function*() {
      for (const peerRounds of [1, 3, 5]) {
        const server = yield* electrumServer(lists(() => [peerEntry(1)]))
        const { peers } = yield* visitPort(server.port, { peerRounds })
        assert.deepStrictEqual({ ...peers, entries: peerEntries(peers!) }, {
          asked: peerRounds,
          entries: [{ value: peerEntry(1), times: peerRounds }],
          octets: null,
          dropped: 0,
          unseenMass: peerRounds === 1 ? null : 0
        })
      }
    }).pipe(Effect.scoped))

  it.effect("end when the server asks for less: it stays answered and is left alone", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({ "server.peers.subscribe": failing(-101, "excessive resource usage") })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(visit, { outcome: "answered", peers: null })
      assert.strictEqual(observed(visit, "peers#1")?.outcome, "throttled")
      assert.deepInclude(
        observed(visit, "features"),
        { outcome: "not asked", errorMessage: "the server asked for less" }
      )
    }).pipe(Effect.scoped))
})

describe("a visit by our own clock and our own fault", () => {
  const visitorOver = (connect: Dialer["Service"]["connect"]) =>
    Visitor.layer.pipe(Layer.provide(Layer.merge(
      Layer.succeed(Dialer, { plan: () => Effect.die("unused"), connect }),
      ByteBudget.layer
    )))

  it.effect("is stamped by the Clock service", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 hour")
      const visiting = yield* Effect.forkChild(visitPort(1))
      yield* TestClock.adjust("3 seconds")
      const visit = yield* Fiber.join(visiting)
      assert.deepInclude(visit, { startedAt: 3_600_000, outcome: "failed", reason: "connect timeout", detail: "3 s" })
      assert.strictEqual(visit.stamps.endedMs, 3000)
    }).pipe(Effect.provide(visitorOver(() =>
      Effect.delay(
        Effect.fail(new TransportError({ reason: "connect timeout", phase: "connect", detail: "3 s" })),
        "3 seconds"
      )
    ))))

  it.effect("has left one connection before it makes the second", () => {
    const open = { now: 0, most: 0, ever: 0 }
    const counted: Dialer["Service"]["connect"] = (plan) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          open.ever++
          open.most = Math.max(open.most, ++open.now)
        }),
        () => Effect.sync(() => open.now--)
      ).pipe(
        Effect.andThen(connectTo(plan.endpoint.port)),
        Effect.orDie,
        Effect.zip(Deadline.make),
        Effect.map(([socket, deadline]) => ({ socket, deadline, dial: plan.dial, connectedMs: 1, tcpConnectMs: 1, tlsMs: null, tls: null, sessionOffered: () => false }))
      )
    return Effect.gen(function*() {
      const server = yield* tcpServer((socket) => eachLine(socket, () => socket.end()))
      yield* visitPort(server.port)
      assert.deepStrictEqual(open, { now: 0, most: 1, ever: 2 })
    }).pipe(Effect.scoped, Effect.provide(visitorOver(counted)))
  })

  it.effect("turns our own defects into reason us, with their text", () =>
    Effect.gen(function*() {
      const visitor = yield* Visitor
      const visit = yield* visitor.visit(planFor(loopbackEndpoint(1)), { ...defaultVisit, chain: testChain })
      assert.deepInclude(visit, { outcome: "failed", reason: "us", phase: "handshake", detail: "a bug" })
    }).pipe(Effect.provide(visitorOver(() => Effect.die(new Error("a bug"))))))
})

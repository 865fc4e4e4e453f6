import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Duplex } from "node:stream"
import type { VisitReason } from "../../src/domain/reason.ts"
import { peerEntries } from "../../src/domain/visit.ts"
import { answerHonestly, electrumServer, headerHash, peerEntry, resultLine, testChain } from "../support/electrum-server.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { impatient, loopbackVisitor, observed, outcomesOf, visitPort } from "../support/visiting.ts"
import { type ClientRequest, eachLine } from "../support/wire-server.ts"

/** Writes one piece after another for as long as anybody reads. */
const endlessly = (socket: Duplex, piece: string | Buffer): void => {
  const next = (): void => {
    if (!socket.destroyed) socket.write(piece, () => setImmediate(next))
  }
  next()
}

/** Bytes as a text that has a character for each. */
const latin1 = (octets: Uint8Array | null): string | null => octets === null ? null : Buffer.from(octets).toString("latin1")

/** Longest time between two turns of the event loop while an effect runs, in milliseconds. */
const withLongestTurn = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    let last = performance.now()
    let longest = 0
    const timer = setInterval(() => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }, 5)
    const result = yield* Effect.ensuring(effect, Effect.sync(() => clearInterval(timer)))
    return { result, longest: Math.max(longest, performance.now() - last) }
  })

/** What impatient timeouts add up to, and room for a busy machine. */
const withinMs = 5000

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`

layer(loopbackVisitor, { excludeTestServices: true })("a hostile server", (it) => {
  /** Each says this to `server.version`. */
  const beforeVersion: ReadonlyArray<readonly [string, (request: ClientRequest) => void, VisitReason]> = [
    ["endless padding", ({ socket }) => endlessly(socket, " ".repeat(10_000)), "too large"],
    ["an endless line", ({ socket }) => endlessly(socket, "{\"a\":[".repeat(1000)), "too large"],
    ["endless empty lines", ({ socket }) => endlessly(socket, "\n".repeat(1000)), "protocol"],
    ["endless notifications", ({ socket }) => endlessly(socket, "{\"method\":\"x\"}\n".repeat(1000)), "protocol"],
    ["deep nesting", ({ id, socket }) => socket.write(`{"id":${id},"result":${nested(30_000)}}\n`), "protocol"],
    ["a batch", ({ id, socket }) => socket.write(`[${resultLine(id, ["X", "1.4"]).trim()}]\n`), "protocol"],
    [
      "random bytes",
      ({ socket }) => socket.write(Buffer.from([0x16, 3, 1, 0, 0xff, 0xfe, 0, 10, 0x80, 0xc0])),
      "protocol"
    ],
    ["a missing id", ({ socket }) => socket.write(`{"jsonrpc":"2.0","result":["X","1.4"]}\n`), "protocol"],
    ["a wrong id", ({ socket }) => socket.write(resultLine(4711, ["X", "1.4"])), "protocol"],
    ["one byte in a while", ({ socket }) => {
      const timer = setInterval(() => socket.write(" "), 40)
      socket.on("close", () => clearInterval(timer))
    }, "handshake timeout"],
    ["a tarpit", () => {}, "handshake timeout"],
    [
      "a million digits",
      ({ id, socket }) => socket.write(`{"id":${id},"result":${"9".repeat(1_000_000)}}\n`),
      "too large"
    ]
  ]
  for (const [name, answer, reason] of beforeVersion) {
    it.effect(`that answers the handshake with ${name} is ${reason}, in time`, () =>
      Effect.gen(function*() {
        const server = yield* electrumServer({ "server.version": answer })
        const started = performance.now()
        const visit = yield* impatient(visitPort(server.port))
        assert.deepInclude(visit, { outcome: "failed", reason, phase: "handshake", software: null })
        assert.isNotNull(visit.detail)
        assert.isBelow(performance.now() - started, withinMs)
        assert.isBelow(visit.bytesIn, 200_000)
      }).pipe(Effect.scoped))
  }

  it.effect("that says two notifications without params first is understood all the same", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.version": (request) => {
          request.socket.write(
            `{"jsonrpc":"2.0","method":"blockchain.relayfee"}\n{"jsonrpc":"2.0","method":"blockchain.estimatefee"}\n`
          )
          answerHonestly(request)
        }
      })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(visit, { outcome: "answered", software: "Tested 1.0" })
      assert.deepInclude(observed(visit, "stray#1"), {
        method: "blockchain.relayfee",
        errorMessage: "notification without params",
        outcome: "ok"
      })
    }).pipe(Effect.scoped))

  it.effect("that answers byte by byte is understood while it is in time, and left when it is not", () =>
    Effect.gen(function*() {
      const byBytes = (pauseMs: number) => ({ id, socket }: ClientRequest): void => {
        const bytes = Buffer.from(resultLine(id, "slow"))
        const next = (at: number): void => {
          if (at === bytes.length || socket.destroyed) return
          socket.write(bytes.subarray(at, at + 1), () => {
            if (pauseMs === 0) setImmediate(next, at + 1)
            else setTimeout(() => next(at + 1), pauseMs)
          })
        }
        next(0)
      }
      const quick = yield* electrumServer({ "server.version": byBytes(0) })
      assert.deepInclude(yield* visitPort(quick.port), { outcome: "answered", software: "slow" })
      const slow = yield* electrumServer({ "server.features": byBytes(50) })
      const visit = yield* impatient(visitPort(slow.port))
      assert.deepInclude(visit, { outcome: "answered", features: null })
      assert.strictEqual(observed(visit, "features")?.outcome, "timeout")
    }).pipe(Effect.scoped))

  it.effect("that closes after the version was heard: everything else is closed or not asked", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.version": ({ id, socket }) => socket.end(resultLine(id, ["Closing 1.0", "1.4"]))
      })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(visit, { outcome: "answered", reason: null, software: "Closing 1.0", peers: null })
      assert.deepInclude(
        outcomesOf(visit),
        { version: "ok", banner: "closed", "peers#2": "not asked", features: "not asked" }
      )
      assert.deepInclude(visit.chain, { verdict: "unverified" })
    }).pipe(Effect.scoped))

  it.effect("that goes silent after the version is left with what was learned, and not asked for more", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => {
        let lines = 0
        eachLine(socket, (line) => {
          if (lines++ === 0) socket.write(resultLine((JSON.parse(line) as ClientRequest).id, ["Silent 1.0", "1.4"]))
        })
      })
      const started = performance.now()
      const visit = yield* impatient(visitPort(server.port))
      assert.deepInclude(visit, { outcome: "answered", software: "Silent 1.0" })
      assert.deepInclude(outcomesOf(visit), { banner: "timeout", "peers#1": "not asked", features: "not asked" })
      assert.isBelow(performance.now() - started, withinMs)
    }).pipe(Effect.scoped))

  it.effect("cannot hold a visit longer than its session by answering late in every round", () =>
    Effect.gen(function*() {
      let round = 0
      const server = yield* electrumServer({
        "server.peers.subscribe": ({ id, socket }) => {
          const list = resultLine(id, [peerEntry(++round)])
          setTimeout(() => socket.write(list), 250)
        }
      })
      const visit = yield* impatient(visitPort(server.port))
      assert.strictEqual(visit.outcome, "answered")
      assert.isBelow(visit.stamps.endedMs, 2500)
      assert.strictEqual(observed(visit, "banner")?.outcome, "ok")
    }).pipe(Effect.scoped))

  for (
    const [what, element] of [
      ["fee bins", "[100,1000]"],
      ["a history", `{"height":200,"tx_hash":"${"ab".repeat(32)}"}`]
    ] as const
  ) {
    it.effect(`that goes on without end with ${what} while peers are awaited names nobody to follow`, () =>
      Effect.gen(function*() {
        // With one header only, peers are asked for in the packet of the first ping.
        const chain = { ...testChain, checkpoints: [] }
        const start = `{"jsonrpc":"2.0","result":[${`${element},`.repeat(Math.ceil(2_100_000 / element.length))}`
        const server = yield* electrumServer({
          "server.ping": ({ socket }) => void socket.write(start),
          "server.peers.subscribe": () => {}
        })
        const visit = yield* impatient(visitPort(server.port, { chain }))
        assert.include(Object.values(outcomesOf(visit)), "too large")
        assert.deepStrictEqual(visit.peers?.entries.numbers ?? [], [])
      }).pipe(Effect.scoped))
  }

  it.effect("with a list of a million entries: 10,000 are kept, the rest of what came is counted, nothing stalls", () =>
    Effect.gen(function*() {
      const entries = Array.from({ length: 1_000_000 }, (_, i) => `["203.0.113.1","p${i}.example.org",["s50002"]]`)
      const million = `[${entries.join(",")}]`
      for (const idFirst of [true, false]) {
        const server = yield* electrumServer({
          "server.peers.subscribe": ({ id, socket }) => {
            socket.write(
              idFirst ? `{"id":${id},"jsonrpc":"2.0","result":${million}}\n` : `{"result":${million},"id":${id}}\n`
            )
          }
        })
        const { longest, result: visit } = yield* withLongestTurn(visitPort(server.port))
        assert.deepInclude(visit, { outcome: "answered", reason: null })
        assert.deepInclude(
          outcomesOf(visit),
          { banner: "ok", "peers#1": "too large", "peers#2": "not asked", features: "not asked" }
        )
        const peers = visit.peers!
        assert.strictEqual(peers.entries.numbers.length, 10_000)
        assert.isAbove(peers.dropped, 20_000)
        assert.strictEqual(peers.unseenMass, null)
        assert.strictEqual(visit.chain?.verdict, "same")
        // What is read of it, and what is let pass before the session ends.
        assert.isBelow(visit.bytesIn, 33_000_000)
        assert.isBelow(longest, 1000)
      }
    }).pipe(Effect.scoped))

  it.effect("with a list just inside the bound: 10,000 are kept, the rest counted", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.peers.subscribe": ({ id, socket }) => {
          socket.write(`{"id":${id},"result":[${Array.from({ length: 300_000 }, (_, i) => i).join(",")}]}\n`)
        }
      })
      const { longest, result: visit } = yield* withLongestTurn(visitPort(server.port))
      const peers = visit.peers!
      assert.strictEqual(peers.asked, 1)
      assert.strictEqual(observed(visit, "peers#2")?.errorMessage, "a reply of its kind was long enough")
      assert.strictEqual(peers.entries.numbers.length, 10_000)
      assert.strictEqual(peers.dropped, 290_000)
      assert.strictEqual(observed(visit, "peers#1")?.replyRaw?.length, 65_536)
      assert.isBelow(longest, 1000)
    }).pipe(Effect.scoped))

  it.effect("with a list of odd things: all are kept as they are, none is fatal", () =>
    Effect.gen(function*() {
      const odd: ReadonlyArray<unknown> = [
        null,
        5,
        "x",
        [],
        {},
        [[]],
        ["a", "b", ["v1.4"], "more"],
        JSON.parse(`{"__proto__":1}`),
        "\ud800"
      ]
      const server = yield* electrumServer({
        "server.peers.subscribe": ({ id, socket }) => socket.write(resultLine(id, odd))
      })
      const visit = yield* visitPort(server.port)
      assert.deepStrictEqual(visit.peers?.entries.times, odd.map(() => 2))
      assert.strictEqual(JSON.stringify(peerEntries(visit.peers!).map(({ value }) => value)), JSON.stringify(odd))
    }).pipe(Effect.scoped))

  it.effect("with bad UTF-8, deep nesting, repeated ids and garbage between: each reply still finds its request", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.banner": ({ id, socket }) =>
          socket.write(Buffer.from(`{"id":${id},"result":"Caf\xe9 \\u001b[31m"}\n`, "latin1")),
        "server.donation_address": ({ id, socket }) => socket.write(`{"id":${id},"result":${nested(1000)}}\n`),
        "server.ping": ({ id, socket }) => socket.write(
          `garbage\n${resultLine(id, null)}${resultLine(id, "again")}${resultLine(99, 1)}`
        )
      })
      const visit = yield* impatient(visitPort(server.port))
      assert.deepInclude(visit, { outcome: "answered", banner: "Caf\ufffd \x1b[31m", donationAddress: null })
      assert.deepInclude(observed(visit, "banner"), { outcome: "ok", errorMessage: "invalid UTF-8" })
      assert.strictEqual(latin1(visit.bannerOctets), "Caf\xe9 \\u001b[31m")
      assert.match(latin1(observed(visit, "banner")!.replyOctets)!, /^\{"id":\d+,"result":"Caf\xe9 \\u001b\[31m"\}$/)
      assert.deepStrictEqual(visit.observations.filter((o) => o.replyOctets !== null).map(({ probe }) => probe), ["banner"])
      assert.deepInclude(outcomesOf(visit), { "donation address": "timeout", ping: "ok", "header#100": "ok" })
      const strays = visit.observations.filter(({ probe }) => probe.startsWith("stray#"))
        .map(({ errorMessage }) => errorMessage)
      // Pings on the idle session bring the garbage again.
      assert.deepStrictEqual(strays.slice(0, 4), ["nested deeper than 32", "not JSON", "repeated id 7", "id 99 was never sent"])
      assert.strictEqual(visit.chain?.headers[0]?.hash, headerHash(0))
    }).pipe(Effect.scoped))

  it.effect("with huge texts keeps bounded ones", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.version": ({ id, socket }) => socket.write(resultLine(id, ["S".repeat(30_000), "9".repeat(30_000)])),
        "server.banner": ({ id, socket }) => socket.write(resultLine(id, "B".repeat(250_000))),
        "server.donation_address": ({ id, socket }) => socket.write(resultLine(id, "D".repeat(300_000)))
      })
      const visit = yield* visitPort(server.port)
      assert.strictEqual(visit.software?.length, 1024)
      assert.strictEqual(visit.protocol?.length, 64)
      assert.strictEqual(visit.banner?.length, 65_536)
      assert.strictEqual(visit.donationAddress, null)
      assert.strictEqual(observed(visit, "donation address")?.outcome, "too large")
      for (const { replyRaw, value } of visit.observations) {
        assert.isAtMost(replyRaw?.length ?? 0, 65_536)
        assert.isAtMost(value?.length ?? 0, 16_384)
      }
    }).pipe(Effect.scoped))
})

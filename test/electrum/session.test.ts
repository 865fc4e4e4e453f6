import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { serverPing } from "../../src/electrum/methods.ts"
import type { Reply, Request } from "../../src/electrum/reply.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { anyMethod, sessionWith } from "../support/session.ts"
import { answering, eachLine } from "../support/wire-server.ts"

const request = (name: string, lineBound?: number): Request => ({ method: anyMethod(name, lineBound), params: [] })
const outcomes = (replies: ReadonlyArray<Reply>): ReadonlyArray<string> => replies.map((reply) => reply.outcome)
const patient = 10_000

/** Answers the first line it gets with these bytes, ids as they stand. */
const saying = (...pieces: ReadonlyArray<string | Buffer>) =>
  tcpServer((socket) => {
    let said = false
    eachLine(socket, () => {
      if (said) return
      said = true
      for (const piece of pieces) socket.write(piece)
    })
  })

describe("pairing", () => {
  for (const tls of [false, true]) {
    it.live(`writes an exchange at once and pairs replies that come in any order (${tls ? "TLS" : "TCP"})`, () =>
      Effect.gen(function*() {
        const waiting: Array<() => void> = []
        const server = yield* answering(({ id, method, socket }) => {
          waiting.push(() => socket.write(`{"id":${id},"result":"${method}"}\n`))
          if (waiting.length === 5) for (const answer of waiting.toReversed()) answer()
        }, { tls })
        const session = yield* sessionWith(server.port, { tls })
        const replies = yield* session.exchange(["a", "b", "c", "d", "e"].map((name) => request(name)), patient)
        assert.deepStrictEqual(replies.map((reply) => reply.result), ["a", "b", "c", "d", "e"])
        assert.deepStrictEqual(session.strays, [])
        assert.strictEqual(session.requests, 5)
        assert.strictEqual(session.bytesOut, 5 * `{"jsonrpc":"2.0","id":1,"method":"a","params":[]}\n`.length)
        assert.strictEqual(session.bytesIn, 5 * `{"id":1,"result":"a"}\n`.length)
      }).pipe(Effect.scoped))
  }

  it.live("keeps wrong, missing and repeated ids and late replies apart as strays", () =>
    Effect.gen(function*() {
      const server = yield* saying(
        `{"id":99,"result":"wrong"}\n{"result":"no id"}\n{"id":"hs","result":"odd"}\n[{"id":1,"result":"batch"}]\n`,
        `{"id":1,"result":"right"}\n{"id":1,"result":"again"}\n{"id":null,"error":"whose?"}\n{"id":2,"result":null}\n`
      )
      const session = yield* sessionWith(server.port)
      const replies = yield* session.exchange([request("a"), request("b")], patient)
      assert.deepStrictEqual(replies.map((reply) => reply.result), ["right", null])
      assert.deepStrictEqual(session.strays.map((stray) => [stray.outcome, stray.problem]), [
        ["malformed", "id 99 was never sent"],
        ["malformed", "id missing"],
        ["malformed", "id is no number of ours"],
        ["malformed", "batch"],
        ["malformed", "repeated id 1"],
        ["error", "id is null"]
      ])
    }).pipe(Effect.scoped))

  it.live("takes an error without id as the answer to the only request there is", () =>
    Effect.gen(function*() {
      const server = yield* saying(`{"jsonrpc":"2.0","error":{"code":-32700,"message":"invalid JSON"},"id":null}\n`)
      const session = yield* sessionWith(server.port)
      const [reply] = yield* session.exchange([request("a")], patient)
      assert.deepInclude(reply, { outcome: "error", errorCode: -32700, errorMessage: "invalid JSON" })
    }).pipe(Effect.scoped))

  it.live("pairs ids that came back as strings or floats and says so", () =>
    Effect.gen(function*() {
      const server = yield* saying(`{"id":"1","result":1}\n{"result":2,"id":2.0}\n`)
      const session = yield* sessionWith(server.port)
      const replies = yield* session.exchange([request("a"), request("b")], patient)
      assert.deepStrictEqual(replies.map((reply) => [reply.outcome, reply.result, reply.errorMessage]), [
        ["ok", 1, `id came back as "1"`],
        ["ok", 2, "id came back as 2.0"]
      ])
    }).pipe(Effect.scoped))

  it.live("is not confused by notifications without params that come first", () =>
    Effect.gen(function*() {
      const server = yield* saying(
        `{"jsonrpc":"2.0","method":"blockchain.relayfee"}\n{"jsonrpc":"2.0","method":"blockchain.estimatefee"}\n`,
        `{"jsonrpc":"2.0","method":"blockchain.headers.subscribe","params":[{"height":1}]}\n{"id":1,"result":null}\n`
      )
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([{ method: serverPing, params: [] }], patient)), ["ok"])
      // The third is what a subscriber expects.
      assert.deepStrictEqual(
        session.strays.map((stray) => stray.method),
        ["blockchain.relayfee", "blockchain.estimatefee"]
      )
      assert.strictEqual(session.strayCount, 3)
    }).pipe(Effect.scoped))

  it.live("reads a reply that comes byte by byte", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => {
        socket.setNoDelay(true)
        const bytes = Buffer.from(`{"id":1,"result":"slowly"}\r\n`)
        eachLine(socket, () => {
          const next = (at: number): void => {
            if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1))
          }
          next(0)
        })
      })
      const session = yield* sessionWith(server.port)
      const [reply] = yield* session.exchange([request("a")], patient)
      assert.deepInclude(reply, { outcome: "ok", result: "slowly", raw: `{"id":1,"result":"slowly"}`, bytes: 26 })
    }).pipe(Effect.scoped))

  it.live("counts errors that are no replies, with those that are no more than one for each request", () =>
    Effect.gen(function*() {
      const error = (id: string): string => `{"id":${id},"error":"no"}\n`
      const cases = [
        [[error("null"), error("99"), error(`"x"`)], ["timeout", "timeout", "timeout"], 3],
        [[error("null").repeat(7)], ["timeout", "timeout", "timeout"], 3],
        [[error("1"), error("1"), error("null"), `{"id":3,"result":3}\n`], ["error", "timeout", "ok"], 1],
        [[error("1"), error("2"), error("null").repeat(3)], ["error", "error", "timeout"], 1],
        [[`{"id":1,"result":1}\n`, `{"error":{"message":"${"x".repeat(100_000)}"},"id":9}\n`], ["ok", "timeout", "timeout"], 1],
        [[`{"method":"x","params":[]}\n{"id":9,"result":1}\nnonsense\n`], ["timeout", "timeout", "timeout"], 0]
      ] as const
      for (const [lines, expected, strayErrors] of cases) {
        const session = yield* sessionWith((yield* saying(...lines)).port)
        const asked = [request("a", 64_000), request("b", 64_000), request("c", 64_000)]
        assert.deepStrictEqual(outcomes(yield* session.exchange(asked, 500)), expected)
        assert.strictEqual(session.strayErrors, strayErrors)
      }
    }).pipe(Effect.scoped))

  it.live("gives each request of a timed out exchange its own outcome and takes no late reply for another", () =>
    Effect.gen(function*() {
      let late: (() => void) | null = null
      const server = yield* answering(({ id, method, socket }) => {
        if (method === "late") late = () => socket.write(`{"id":${id},"result":"late"}\n`)
        else {
          late?.()
          late = null
          socket.write(`{"id":${id},"result":"${method}"}\n`)
        }
      })
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a"), request("late")], 150)), ["ok", "timeout"])
      const [reply] = yield* session.exchange([request("b")], patient)
      assert.strictEqual(reply!.result, "b")
      assert.deepStrictEqual(session.strays.map((stray) => stray.problem), ["late reply"])
    }).pipe(Effect.scoped))
})

describe("bounds", () => {
  const long = "x".repeat(300_000)
  const edges: ReadonlyArray<readonly [string, (id: number) => string]> = [
    ["first", (id) => `{"jsonrpc":"2.0","id":${id},"result":"${long}"}\n`],
    ["last", (id) => `{"jsonrpc":"2.0","result":"${long}","id":${id}}\n`],
    ["last, with padding", (id) => `{"jsonrpc": "2.0", "result": "${long}", "id": ${id}${" ".repeat(5000)}}\r\n`],
    ["before the protocol's version", (id) => `{"result":"${long}","id":"${id}","jsonrpc":"2.0"}\n`]
  ]
  for (const [where, line] of edges) {
    it.live(`lets a line beyond the bound pass and finds by the id ${where} whose it is`, () =>
      Effect.gen(function*() {
        const server = yield* saying(line(2), `{"id":3,"result":3}\n`, `{"id":1,"result":1}\n`)
        const session = yield* sessionWith(server.port)
        const replies = yield* session.exchange([request("a", 64_000), request("b", 64_000), request("c", 200_000)], patient)
        assert.deepStrictEqual(outcomes(replies), ["ok", "too large", "ok"])
        const { bytes, latencyMs, octets, raw } = replies[1]!
        assert.strictEqual(bytes, line(2).trimEnd().length)
        assert.strictEqual(raw, line(2).slice(0, 65_536))
        assert.isNotNull(latencyMs)
        assert.isNull(octets)
        assert.deepStrictEqual([session.ended, session.strays], [null, []])
      }).pipe(Effect.scoped))
  }

  it.live("keeps a long line with an id of nobody, or none, as a stray; without one it is the only request's", () =>
    Effect.gen(function*() {
      const server = yield* saying(
        `{"result":"${long}","id":9}\n{"result":["${long}\\",\\"id\\":1}"]}\n{"id":1,"result":1}\n{"id":2,"result":2}\n`
      )
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a", 64_000), request("b", 64_000)], patient)), ["ok", "ok"])
      assert.deepStrictEqual(session.strays.map(({ problem }) => problem), ["a line of 300020 bytes", "a line of 300027 bytes"])
      const other = yield* sessionWith((yield* saying(`{"result":"${long}"}\n`)).port)
      assert.deepStrictEqual(outcomes(yield* other.exchange([request("a", 64_000)], patient)), ["too large"])
    }).pipe(Effect.scoped))

  it.live("keeps the bytes of a long line's start where they are no UTF-8, and no replacement where a character was cut", () =>
    Effect.gen(function*() {
      const cut = Buffer.from(`{"id":1,"result":"${"\u20ac".repeat(50_000)}"}\n`)
      const broken = Buffer.from(`{"id":2,"result":"caf\xe9${long}"}\n`, "latin1")
      const session = yield* sessionWith((yield* saying(cut, broken)).port)
      const [first, second] = yield* session.exchange([request("a", 64_000), request("b", 64_000)], patient)
      assert.deepStrictEqual([first!.octets, first!.raw!.includes("\ufffd")], [null, false])
      assert.strictEqual(Buffer.from(second!.octets!).toString("latin1", 18, 22), "caf\xe9")
    }).pipe(Effect.scoped))

  it.live("lets no more pass than the limit, and then blames whom the line begins with, else who may have the longest reply", () =>
    Effect.gen(function*() {
      const limits = { totalBytes: 1_000_000, skippedBytes: 200_000, strays: 1000 }
      for (const [id, expected] of [[`"id":2,`, ["closed", "too large", "closed"]], ["", ["closed", "closed", "too large"]]] as const) {
        const server = yield* saying(`{${id}"result":"${long}${long}`)
        const session = yield* sessionWith(server.port, { limits })
        const replies = yield* session.exchange([request("a", 64_000), request("b", 64_000), request("c", 200_000)], patient)
        assert.deepStrictEqual(outcomes(replies), expected)
        assert.strictEqual(session.ended, "too large")
        assert.deepStrictEqual(outcomes(yield* session.exchange([request("d")], patient)), ["closed"])
      }
    }).pipe(Effect.scoped))

  it.live("puts an overlong line that does not end in time down to one request, and takes its rest for no other", () =>
    Effect.gen(function*() {
      const server = yield* answering(({ id, method, socket }) => {
        socket.write(method === "long" ? `{"id":${id},"result":"${long}` : `"}\n{"id":${id},"result":"${method}"}\n`)
      })
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("long", 64_000)], 300)), ["too large"])
      const [reply] = yield* session.exchange([request("next", 64_000)], patient)
      assert.strictEqual(reply!.result, "next")
      assert.deepStrictEqual([session.ended, session.strays], [null, []])
    }).pipe(Effect.scoped))

  it.live("refuses a reply beyond its own method's bound while a larger one is awaited, and goes on", () =>
    Effect.gen(function*() {
      const server = yield* saying(`{"id":1,"result":"${"x".repeat(100_000)}"}\n{"id":2,"result":2}\n`)
      const session = yield* sessionWith(server.port)
      const replies = yield* session.exchange([request("a", 64_000), request("b", 200_000)], patient)
      assert.deepStrictEqual(outcomes(replies), ["too large", "ok"])
      assert.strictEqual(replies[0]!.bytes, 100_020)
      assert.strictEqual(replies[0]!.raw!.length, 65_536)
      assert.strictEqual(session.ended, null)
    }).pipe(Effect.scoped))

  it.live("ends when all bytes of a connection together are too many", () =>
    Effect.gen(function*() {
      const server = yield* saying(`{"id":9,"result":"${"x".repeat(50_000)}"}\n`.repeat(5))
      const session = yield* sessionWith(server.port, { limits: { totalBytes: 100_000, skippedBytes: 0, strays: 1000 } })
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a")], patient)), ["too large"])
      assert.strictEqual(session.endDetail, "100000 bytes of one connection")
    }).pipe(Effect.scoped))

  it.live("ends at a flood of notifications, keeping eight", () =>
    Effect.gen(function*() {
      const server = yield* saying(`{"method":"x","params":[]}\n`.repeat(5000))
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a")], patient)), ["malformed"])
      assert.strictEqual(session.ended, "flood")
      assert.strictEqual(session.strays.length, 8)
    }).pipe(Effect.scoped))

  it.live("gives up when all visits together hold too much, and gives back what it held", () =>
    Effect.gen(function*() {
      const budget = yield* ByteBudget
      const server = yield* saying(`{"id":1,"result":"${"x".repeat(50_000)}`)
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* sessionWith(server.port, { share: budget.open() })
        const [reply] = yield* session.exchange([request("a")], patient)
        assert.deepInclude(reply, { outcome: "too large", errorMessage: "all visits together hold too much" })
        assert.strictEqual(session.ended, "budget")
      }))
      assert.strictEqual(budget.held(), 0)
    }).pipe(Effect.scoped, Effect.provide(ByteBudget.layerOf(40_000))))
})

describe("the end of a connection", () => {
  it.live("closes every open request when the server closes, at once or before the session began", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => socket.end(`{"id":1,"result":1}\n`))
      const session = yield* sessionWith(server.port)
      const first = yield* session.exchange([request("a"), request("b")], patient)
      assert.deepStrictEqual(outcomes(first), ["ok", "closed"])
      assert.strictEqual(session.ended, "closed")
    }).pipe(Effect.scoped))

  it.live("tells a reset from a close", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => {
        socket.once("data", () => socket.resetAndDestroy())
      })
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a")], patient)), ["closed"])
      assert.deepInclude(session, { ended: "reset", endDetail: "ECONNRESET" })
    }).pipe(Effect.scoped))

  it.live("ends at the first garbage line when told to", () =>
    Effect.gen(function*() {
      const server = yield* saying("SSH-2.0-OpenSSH_9.2\r\n")
      const session = yield* sessionWith(server.port)
      assert.deepStrictEqual(outcomes(yield* session.exchange([request("a")], patient, true)), ["malformed"])
      assert.deepInclude(session, { ended: "garbage", endDetail: "not JSON: SSH-2.0-OpenSSH_9.2" })
    }).pipe(Effect.scoped))
})

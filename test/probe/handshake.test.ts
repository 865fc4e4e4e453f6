import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Socket } from "node:net"
import { answerHonestly, electrumServer, errorLine, resultLine } from "../support/electrum-server.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { impatient, loopbackVisitor, observed, visitPort } from "../support/visiting.ts"
import { type ClientRequest, eachLine } from "../support/wire-server.ts"

const failing = (code: number, message: string) => ({ id, socket }: ClientRequest) =>
  socket.write(errorLine(id, code, message))

layer(loopbackVisitor, { excludeTestServices: true })("the handshake", (it) => {
  it.effect("is tried once more with plain 1.4 after an empty close, as ElectrumX 1.18.0 needs", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.version": (request) => request.params[1] === "1.4" ? answerHonestly(request) : request.socket.end()
      })
      const visit = yield* visitPort(server.port)
      assert.deepInclude(visit, { outcome: "answered", software: "Tested 1.0" })
      assert.strictEqual(server.accepted(), 2)
      assert.deepInclude(observed(visit, "version"), {
        outcome: "closed",
        errorMessage: "closed without a byte; asked again with 1.4"
      })
      assert.strictEqual(observed(visit, "version#2")?.outcome, "ok")
      assert.isAbove(visit.cost, 10)
    }).pipe(Effect.scoped))

  it.effect("waits for the pace of new connections before it is tried once more", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({
        "server.version": (request) => request.params[1] === "1.4" ? answerHonestly(request) : request.socket.end()
      })
      const openBefore: Array<number> = []
      const visit = yield* visitPort(server.port, { pace: Effect.sync(() => void openBefore.push(server.accepted())) })
      assert.strictEqual(visit.outcome, "answered")
      assert.deepStrictEqual(openBefore, [1])
    }).pipe(Effect.scoped))

  it.effect("is tried once more after a refused version, and not after that", () =>
    Effect.gen(function*() {
      const refuse = ({ id, params, socket }: ClientRequest) =>
        socket.end(errorLine(id, 1, `unsupported protocol version: ${JSON.stringify(params[1])}`))
      const mild = yield* electrumServer({
        "server.version": (request) => request.params[1] === "1.4" ? answerHonestly(request) : refuse(request)
      })
      assert.deepInclude(yield* visitPort(mild.port), { outcome: "answered", software: "Tested 1.0" })
      const strict = yield* electrumServer({ "server.version": refuse })
      assert.deepInclude(yield* visitPort(strict.port), {
        outcome: "failed",
        reason: "protocol",
        phase: "handshake",
        detail: "1 unsupported protocol version: \"1.4\"",
        software: null
      })
      assert.strictEqual(strict.accepted(), 2)
    }).pipe(Effect.scoped))

  it.effect("that closes empty twice is a close", () =>
    Effect.gen(function*() {
      const server = yield* tcpServer((socket) => eachLine(socket, () => socket.end()))
      const visit = yield* visitPort(server.port)
      assert.deepInclude(
        visit,
        { outcome: "failed", reason: "closed", phase: "handshake", detail: "closed without a byte" }
      )
      assert.strictEqual(server.accepted(), 2)
    }).pipe(Effect.scoped))

  it.effect("accepts a bare string, the form of protocol 1.0, and pairs with more behind them", () =>
    Effect.gen(function*() {
      const saying = (result: unknown) =>
        electrumServer({ "server.version": ({ id, socket }) => socket.write(resultLine(id, result)) })
      const old = yield* saying("1.0.17")
      assert.deepInclude(yield* visitPort(old.port), { outcome: "answered", software: "1.0.17", protocol: null })
      const more = yield* saying(["X", "1.6", {}])
      assert.deepInclude(yield* visitPort(more.port), { outcome: "answered", software: "X", protocol: "1.6" })
    }).pipe(Effect.scoped))

  const refusals = [
    [failing(-101, "excessive resource usage"), "throttled", "-101 excessive resource usage"],
    [failing(-102, "server busy - request timed out"), "throttled", "-102 server busy - request timed out"],
    [failing(-32601, "unknown method"), "protocol", "-32601 unknown method"],
    [({ id, socket }: ClientRequest) => socket.write(resultLine(id, 1)), "protocol", "not what server.version returns"],
    [({ socket }: ClientRequest) => (socket as Socket).resetAndDestroy(), "reset", "ECONNRESET"],
    [
      ({ socket }: ClientRequest) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
      "protocol",
      "not JSON: SSH-2.0-OpenSSH_9.2"
    ],
    [({ socket }: ClientRequest) => socket.end("220 mail.example.org"), "protocol", "no line: 220 mail.example.org"],
    [({ socket }: ClientRequest) => socket.write("J\0\0\0\n5.5.5-10.3"), "protocol", "not JSON: J"],
    [
      ({ id, socket }: ClientRequest) => socket.write(resultLine(id + 1, ["X", "1.4"])),
      "protocol",
      "id 2 was never sent"
    ],
    [({ socket }: ClientRequest) => socket.write("{\"jsonrpc\":"), "handshake timeout", "11 bytes, no reply"],
    [() => {}, "handshake timeout", "no byte"]
  ] as const
  for (const [answer, reason, detail] of refusals) {
    it.effect(`that ends in "${detail}" is ${reason}`, () =>
      Effect.gen(function*() {
        const server = yield* electrumServer({ "server.version": answer })
        const visit = yield* impatient(visitPort(server.port))
        assert.deepInclude(visit, { outcome: "failed", reason, phase: "handshake", software: null })
        assert.include(visit.detail, detail)
        assert.strictEqual(server.accepted(), 1)
        assert.strictEqual(visit.peers, null)
      }).pipe(Effect.scoped))
  }
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Socket } from "node:net"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { Dialogue, dialogueBounds } from "../../src/electrum/dialogue.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { connectTo } from "../support/wire-server.ts"

/** A dialogue with a server that does as it is told with its connection. */
const dialogueWith = Effect.fnUntraced(function*(serve: (socket: Socket) => void) {
  const { port } = yield* tcpServer((socket) => {
    socket.on("error", () => {})
    serve(socket)
  })
  const budget = yield* ByteBudget
  const socket = yield* connectTo(port)
  return yield* Dialogue.open(socket, { share: budget.open(), now: () => performance.now() })
}, Effect.provide(ByteBudget.layer))

const never = (): boolean => false
const texts = (lines: ReadonlyArray<{ readonly line: { readonly text: string } }>) => lines.map(({ line }) => line.text)

describe("a dialogue", () => {
  it.live("says a text as it is and hears every line, however they end and whatever they are", () =>
    Effect.gen(function*() {
      let got = ""
      const dialogue = yield* dialogueWith((socket) => {
        socket.on("data", (bytes: Buffer) => {
          got += bytes.toString("utf8")
          socket.write("{\"id\":null,\"result\":1}\r\ngarbage\n[1]\n")
        })
      })
      dialogue.say("{\"id\":1,\n")
      const heard = yield* dialogue.hear((lines) => lines.length === 3, 5000)
      assert.strictEqual(got, "{\"id\":1,\n")
      assert.deepStrictEqual(texts(heard), ["{\"id\":null,\"result\":1}", "garbage", "[1]"])
      assert.deepStrictEqual(heard.map(({ crlf, line }) => [line._tag, crlf]), [["result", true], ["malformed", false], ["malformed", false]])
      assert.isNull(dialogue.ended)
      // What was heard before is not heard again.
      dialogue.say("x\n")
      assert.lengthOf(yield* dialogue.hear((lines) => lines.length >= 3, 5000), 3)
    }).pipe(Effect.scoped))

  it.live("ends waiting when the other side ends, and keeps what came of a line that did not end", () =>
    Effect.gen(function*() {
      const dialogue = yield* dialogueWith((socket) => socket.once("data", () => socket.end("{\"id\":1}\nhalf a li")))
      dialogue.say("x\n")
      assert.deepStrictEqual(texts(yield* dialogue.hear(never, 5000)), ["{\"id\":1}"])
      assert.deepStrictEqual([dialogue.ended, dialogue.unfinishedLine()], ["closed", "half a li"])
      // Nothing is waited for any more, and saying something is no error.
      dialogue.say("y\n")
      assert.deepStrictEqual(yield* dialogue.hear(never, 60_000), [])
    }).pipe(Effect.scoped))

  const bounds: ReadonlyArray<readonly [string, string]> = [
    ["a line without an end", "x".repeat(dialogueBounds.lineBytes + 1)],
    ["more lines than anybody needs", "{}\n".repeat(dialogueBounds.lines + 1)],
    ["more bytes than anybody needs", `${"x".repeat(dialogueBounds.lineBytes - 10)}\n`.repeat(5)]
  ]
  for (const [name, text] of bounds) {
    it.live(`gives up at ${name}`, () =>
      Effect.gen(function*() {
        const dialogue = yield* dialogueWith((socket) => socket.write(text))
        const heard = yield* dialogue.hear(never, 5000)
        assert.strictEqual(dialogue.ended, "too large")
        assert.isAtMost(heard.length, dialogueBounds.lines)
      }).pipe(Effect.scoped))
  }

  it.live("names a reset a reset", () =>
    Effect.gen(function*() {
      const dialogue = yield* dialogueWith((socket) => socket.once("data", () => socket.resetAndDestroy()))
      dialogue.say("x\n")
      yield* dialogue.hear(never, 5000)
      assert.strictEqual(dialogue.ended, "reset")
    }).pipe(Effect.scoped))

  it.live("gives up when all visits together hold too much", () =>
    Effect.gen(function*() {
      const { port } = yield* tcpServer((socket) => void socket.write("x".repeat(5000)))
      const socket = yield* connectTo(port)
      const dialogue = yield* Dialogue.open(socket, { share: { hold: (bytes) => bytes < 1000, release: () => {} }, now: () => 0 })
      yield* dialogue.hear(never, 5000)
      assert.deepStrictEqual([dialogue.ended, dialogue.endDetail], ["budget", "all visits together hold too much"])
    }).pipe(Effect.scoped))
})

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { electrumServer, headerHex, peerEntry } from "../support/electrum-server.ts"
import { loopbackVisitor, observed, visitPort } from "../support/visiting.ts"

const listLine = (id: number, entries: ReadonlyArray<unknown>): string => `{"id":${id},"result":${JSON.stringify(entries)}}\n`

const manyEntries = Array.from({ length: 60 }, (_, i) => peerEntry(i + 1))

/** A server with a long list; `others` answer otherwise. */
const listServer = (others: Parameters<typeof electrumServer>[0] = {}) =>
  electrumServer({ "server.peers.subscribe": ({ id, socket }) => void socket.write(listLine(id, manyEntries)), ...others })

layer(loopbackVisitor)("the text of a peer list", (it) => {
  it.effect("is kept from its beginning only where the server's chain is followed, in every round, and costs no entry", () =>
    Effect.gen(function*() {
      for (const scope of ["topology", "regular"] as const) {
        const visit = yield* visitPort((yield* listServer()).port, { scope, peerRounds: 3 })
        assert.strictEqual(visit.peers?.entries.length, 60)
        for (const name of ["peers#1", "peers#2", "peers#3"]) {
          const { replyBytes, replyRaw } = observed(visit, name)!
          assert.strictEqual(replyRaw?.length, 1000)
          assert.include(replyRaw, JSON.stringify(manyEntries).slice(0, 900))
          assert.isAbove(replyBytes, 3000)
        }
      }
    }).pipe(Effect.scoped))

  it.effect("is kept whole on a chain that is not followed, and of what is no list", () =>
    Effect.gen(function*() {
      const elsewhere = yield* listServer({
        "blockchain.block.header": ({ id, params, socket }) => void socket.write(`{"id":${id},"result":"${headerHex(Number(params[0]), 1)}"}\n`)
      })
      const other = yield* visitPort(elsewhere.port)
      assert.strictEqual(other.chain?.verdict, "other")
      assert.isAbove(observed(other, "peers#1")!.replyRaw!.length, 3000)
      const noList = yield* visitPort((yield* listServer({
        "server.peers.subscribe": ({ id, socket }) => void socket.write(`{"id":${id},"result":"${"x".repeat(3000)}"}\n`)
      })).port)
      assert.strictEqual(noList.chain?.verdict, "same")
      assert.isAbove(observed(noList, "peers#1")!.replyRaw!.length, 3000)
    }).pipe(Effect.scoped))

  it.effect("is kept as far as ever from the list on that goes beyond our bounds", () =>
    Effect.gen(function*() {
      let round = 0
      const server = yield* listServer({
        "server.peers.subscribe": ({ id, socket }) =>
          void socket.write(listLine(id, round++ === 0 ? manyEntries : Array.from({ length: 10_500 }, (_, i) => [`peer${i}`])))
      })
      const visit = yield* visitPort(server.port, { peerRounds: 2, scope: "topology" })
      assert.strictEqual(visit.peers?.dropped, 560)
      assert.deepStrictEqual([1, 2].map((n) => observed(visit, `peers#${n}`)?.replyRaw?.length), [1000, 65_536])
    }).pipe(Effect.scoped))

  it.effect("is cut together with its bytes, where they are no UTF-8", () =>
    Effect.gen(function*() {
      const server = yield* listServer({
        "server.peers.subscribe": ({ id, socket }) =>
          void socket.write(Buffer.from(listLine(id, [...manyEntries, ["203.0.113.99", "caf\xe9", ["s50002"]]]), "latin1"))
      })
      const { replyOctets } = observed(yield* visitPort(server.port), "peers#1")!
      assert.deepStrictEqual([replyOctets?.length, replyOctets?.buffer.byteLength], [1000, 1000])
    }).pipe(Effect.scoped))
})

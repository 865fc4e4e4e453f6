import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { answersTo, call, handshake } from "../../support/release-table.ts"
import { ScriptedNode, transaction } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"

const { scripthash } = transaction

/** A node with one script that was paid so often, and nothing unconfirmed. */
const busyNode = (payments: number): ScriptedNode => {
  const node = new ScriptedNode()
  const entries = Array.from({ length: payments }, (_, i) => ({ txid: i.toString(16).padStart(64, "0"), height: 1 }))
  node.history = (hash) => (hash === scripthash ? entries : [])
  node.unconfirmed = () => []
  node.unspent = () => []
  return node
}

/** From source, not executed: the longest history that is answered, and what a longer one is told. */
const limits: ReadonlyArray<readonly [software: string, longest: number, refusal: RegExp]> = [
  ["ElectrumX 1.16.0", 10_100, /\{"code": 1, "message": "history too large"\}/],
  ["ElectrumX 1.17.0", 81_817, /\{"code":1,"message":"history too large"\}/],
  ["ElectrumX 2.0b1", 81_816, /\{"code":10001,"message":"history too large"\}/],
  [
    "Fulcrum 2.1.1",
    125_000,
    new RegExp(
      `{"code":-32603,"message":"internal error: History for scripthash ${scripthash} exceeds max history 125000 with 125001 items!"}`
    )
  ],
  ["electrs-esplora 0.4.1", 500, /^\{"error":"Too many history entries",/],
  [
    "mempool-electrs 3.1.0-dev-5f2e1c3",
    500,
    /^\{"error":"Too many history transactions \(>500\)\. Contact support to raise limits\.",/
  ]
]

describe("a history that is too long", () => {
  it.live.each(limits)("is refused by %s beyond %i entries", ([software, longest, refusal]) =>
    Effect.gen(function*() {
      const lines = handshake("1.4") + call("blockchain.scripthash.get_history", [scripthash])
      for (const [payments, served] of [[longest, true], [longest + 1, false]] as const) {
        const server = yield* startServer({ software, backend: busyNode(payments) })
        const [, line] = yield* Effect.promise(() => answersTo(server.tcpPort, lines))
        if (served) expect((JSON.parse(line!) as { readonly result: unknown }).result).toHaveLength(payments)
        else expect(line).toMatch(refusal)
      }
    }).pipe(Effect.scoped)
  )
})

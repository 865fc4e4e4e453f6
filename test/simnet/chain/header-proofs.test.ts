import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { doubleSha256, hashBytes, shownHash } from "../../../src/simnet/bitcoin/hash.ts"
import { answersTo, call, handshake } from "../../support/release-table.ts"
import { ScriptedNode } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"

const node = new ScriptedNode()
const root = shownHash(doubleSha256(Buffer.concat([hashBytes(node.hash(0)!), hashBytes(node.hash(1)!)])))
const list = `"headers":["${node.header(0)}","${node.header(1)}"]`
const hexes = `"hex":"${node.header(0)}${node.header(1)}"`
const proof = `"branch":["${node.hash(0)}"]`

describe("the proof of the last of several headers", () => {
  it.live("has each family's order of keys", () =>
    Effect.forEach(
      [
        [
          "ElectrumX 1.17.0",
          `{"jsonrpc":"2.0","result":{${hexes},"count":2,"max":2016,${proof},"root":"${root}"},"id":1}`
        ],
        [
          "ElectrumX 2.0b1",
          `{"jsonrpc":"2.0","result":{"count":2,"max":2016,${list},${proof},"root":"${root}"},"id":1}`
        ],
        [
          "Fulcrum 2.1.1",
          `{"id":1,"jsonrpc":"2.0","result":{${proof},"count":2,${list},"max":2016,"root":"${root}"}}`
        ]
      ] as const,
      Effect.fnUntraced(function*([software, expected]) {
        const server = yield* startServer({ software, backend: node })
        const lines = handshake(["1.4", "1.6"]) + call("blockchain.block.headers", [0, 2, 1])
        expect((yield* Effect.promise(() => answersTo(server.tcpPort, lines)))[1]).toBe(expected)
      }),
      { discard: true }
    ).pipe(Effect.scoped)
  )
})

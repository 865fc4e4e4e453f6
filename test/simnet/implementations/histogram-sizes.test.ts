import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import type { Backend } from "../../../src/simnet/world/backend.ts"
import { ScriptedNode } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"
import { resultOf } from "../../support/trait-check.ts"

/** 1,000 transactions of 140.25 vB that pay 10 sat/vB of their rounded up size; all of them have witnesses. */
const node: Backend = Object.assign(new ScriptedNode(), { mempool: [[10, 141_000, 1000, 1000, 222_000]] as const })

/** How each counts the one mempool; Fulcrum 2.1.1 and ElectrumX 1.16.0, 1.20.0 and 2.0b1 recorded, others from source. */
const counted: ReadonlyArray<readonly [software: string, bins: unknown]> = [
  ...["1.16.0", "1.17.0", "1.18.0", "1.19.0"].map((v) => [`ElectrumX ${v}`, [[10.5, 134_000]]] as const),
  ...["1.20.0", "2.0b1"].map((v) => [`ElectrumX ${v}`, [[10, 141_000]]] as const),
  ...["1.0.0", "1.9.7"].map((v) => [`Fulcrum ${v}`, [[6, 222_000]]] as const),
  ...["1.9.8", "2.0.0", "2.1.1"].map((v) => [`Fulcrum ${v}`, [[10, 140_000]]] as const),
  ["electrs/0.10.9", [[15, 141_000], [7, 0], [3, 0], [1, 0], [0, 0]]],
  ...["electrs-esplora 0.4.1", "mempool-electrs 3.1.0"].map((v) => [v, [[Math.fround(10 * 141 / 140), 140_000]]] as const)
]

describe("of one mempool", () => {
  it.live.each(counted)("%s makes a histogram in sizes of its own", ([software, bins]) =>
    Effect.gen(function*() {
      const server = yield* startServer({ software, backend: node })
      expect(yield* Effect.promise(() => resultOf(server, "mempool.get_fee_histogram"))).toEqual(bins)
    }).pipe(Effect.scoped)
  )
})

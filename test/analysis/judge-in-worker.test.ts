import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { judgeApart } from "../../src/analysis/judge-in-worker.ts"
import { judgedOperatorsOf } from "../../src/analysis/operators.ts"
import { presentedAt, traitsAt, writtenText } from "../support/server-traits.ts"

const hostOf = (i: number): string => `host${i}.domain${i}.example`

/** Four servers of one operator among strangers. */
const servers = Array.from({ length: 40 }, (_, i) => {
  const host = hostOf(i)
  const isFleet = i < 4
  return traitsAt(i + 1, host, {
    certificates: [presentedAt(host, isFleet ? { sha256: "of the fleet", spkiSha256: "of the fleet", names: [0, 1, 2, 3].map(hostOf) } : {})],
    donation: writtenText(isFleet ? "gift of the fleet" : `gift ${i}`),
    claimedHosts: [{ host, tcpPort: null, tlsPort: 50_002 }],
    peers: new Map([[1, 1]])
  })
})

const work = { crawlId: 1, servers, options: { randomSeed: 1, publicSuffixes: [], simulated: false } }

describe("judging operators", () => {
  it.effect("finds in a thread of its own what it finds in this one", () =>
    Effect.gen(function*() {
      const { findings: here, tables } = judgedOperatorsOf(work)
      assert.deepStrictEqual(here.clusters.map(({ serverIds }) => serverIds), [[1, 2, 3, 4]])
      const there = yield* judgeApart(work, true)
      assert.deepStrictEqual([there.findings, yield* Effect.all(there.tables)], [here, [...tables]])
    }))

  it.live("ends its thread when it is no longer wanted", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(Effect.scoped(judgeApart(work, true)))
      yield* Effect.sleep(20)
      yield* Fiber.interrupt(fiber)
      // The thread is gone, so a second one is judged as ever.
      assert.lengthOf((yield* judgeApart(work, true)).findings.clusters, 1)
    }))
})

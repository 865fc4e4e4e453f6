import { assert, describe, it } from "@effect/vitest"
import type { ClusterMembership } from "../../../src/analysis/exposure/candidate.ts"
import { seenInWorlds, ownershipOf } from "../../../src/analysis/exposure/owners.ts"
import { Sightings } from "../../../src/analysis/exposure/sightings.ts"
import { drawWorlds } from "../../../src/analysis/exposure/worlds.ts"
import { range, walletNetwork } from "../../support/wallet-network.ts"

const draws = { worlds: 4000, randomSeed: 3 }

const shareOf = (cluster: ClusterMembership, holds: (together: ReadonlyArray<number>) => boolean): number =>
  drawWorlds([cluster], draws).filter(([together]) => holds([...together!])).length / draws.worlds

const size = (together: ReadonlyArray<number>): number => together.reduce((sum, one) => sum + one, 0)

describe("worlds", () => {
  it("take a cluster whole or not at all where only that is known", () => {
    const cluster: ClusterMembership = { clusterId: 1, serverIds: [1, 2, 3], posterior: 0.7 }
    assert.closeTo(shareOf(cluster, (together) => size(together) === 3), 0.7, 0.03)
    assert.closeTo(shareOf(cluster, (together) => size(together) === 0), 0.3, 0.03)
  })

  it("leave single members out by their own links, of which a pair has one and not two", () => {
    const pair: ClusterMembership = { clusterId: 1, serverIds: [1, 2], posterior: 0.9, memberPosteriors: [0.9, 0.9] }
    assert.closeTo(shareOf(pair, (together) => size(together) === 2), 0.9, 0.02)
    const three: ClusterMembership = { clusterId: 1, serverIds: [1, 2, 3], posterior: 0.6, memberPosteriors: [0.99, 0.99, 0.6] }
    assert.closeTo(shareOf(three, ([, , third]) => third === 1), 0.6, 0.03)
    // The other two mostly stay together.
    assert.closeTo(shareOf(three, (together) => together[0] === 1 && together[1] === 1), 0.99, 0.01)
  })

  it("of large clusters do not fall apart for one weak link", () => {
    const serverIds = range(1, 41)
    const large: ClusterMembership = { clusterId: 1, serverIds, posterior: 0.98 ** 39, memberPosteriors: serverIds.map(() => 0.98) }
    assert.isAbove(shareOf(large, (together) => size(together) >= 35), 0.95)
  })
})

describe("equal worlds", () => {
  it("are one, as equal draws of a cluster are", () => {
    const clusters = [0.5, 0.5].map((posterior, i): ClusterMembership => ({ clusterId: i, serverIds: [2 * i, 2 * i + 1], posterior }))
    const worlds = drawWorlds(clusters, draws)
    assert.strictEqual(new Set(worlds).size, 4)
    assert.strictEqual(new Set(worlds.map(([first]) => first)).size, 2)
  })
})

describe("what an owner sees in a world", () => {
  it("is what those of its servers see together that are one operator's, or one of the others where that is more", () => {
    const { candidates } = walletNetwork(4)
    const cluster: ClusterMembership = { clusterId: 1, serverIds: [1, 2, 3], posterior: 1 }
    const ownership = ownershipOf(candidates, [cluster])
    // Four lives: server 1 is main in the first, 2 in the second, 3 in all four, 4 never.
    const sightings = new Sightings(1)
    for (const mains of [[0, 2], [1, 2], [2], [2]]) {
      for (const candidate of mains) sightings.add(candidate, 0, 1)
      sightings.endTrial()
    }
    const worlds = [[1, 1, 1], [1, 1, 0], [0, 0, 0]].map((together) => [Uint8Array.from(together)])
    const seen = seenInWorlds(sightings, ownership, worlds, 1)
    assert.deepStrictEqual(seen[0]!.map(({ any }) => any), [1, 1, 1])
    const without = seenInWorlds(sightings.of([0, 1, 3]), ownership, worlds, 1)
    assert.deepStrictEqual(without[0]!.map(({ any }) => any), [0.5, 0.5, 0.25])
    assert.deepStrictEqual(seen[1]!.map(({ any }) => any), [0])
  })
})

import { assert, describe, it } from "vitest"
import { isInRange } from "../../../src/domain/implementation.ts"
import type { SeenReply } from "../../../src/probe/identification/behaviour.ts"
import { identify } from "../../../src/probe/identification/identify.ts"
import { behaviourOf, seenInRecording } from "../../support/behaviours.ts"
import { recordedServers, type RecordedServer, recordingsOf } from "../../support/recordings.ts"

const truthOf = (server: RecordedServer): readonly [string, string] =>
  server.startsWith("fulcrum") ? ["Fulcrum", "2.1.1"] : ["ElectrumX", server.slice("electrumx-".length)]

/** Every recorded exchange that a client of ours could have, in one mode. */
const exchanges = (server: RecordedServer, mode: "none" | "1.4" | "1.4-1.6"): ReadonlyArray<ReadonlyArray<SeenReply>> =>
  recordingsOf(server)
    .filter((recording) => recording.mode === mode)
    .map(seenInRecording)
    .filter((seen) => seen !== undefined)

/** Numbers that look random and are the same in every run. */
const drawn = (seed: number) => (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
  return Math.floor((seed / 0x80000000) * below)
}

describe("identification of recorded servers", () => {
  for (const server of recordedServers) {
    const [implementation, release] = truthOf(server)

    it(`${server} is never taken for another, whichever single exchange was seen`, () => {
      let named = 0
      const all = (["none", "1.4", "1.4-1.6"] as const).flatMap((mode) => exchanges(server, mode))
      assert.isAbove(all.length, 250)
      for (const replies of all) {
        const found = identify(behaviourOf(replies))
        if (found === null) continue
        const what = JSON.stringify([replies[0], replies.at(-1), found.readings])
        assert.include([implementation, null], found.implementation, what)
        assert.deepStrictEqual(found.implementation === null ? [] : found.contradictions, [], what)
        if (found.implementation === null) continue
        named++
        assert.isTrue(isInRange(release, found.range!), what)
      }
      // The rest are exchanges without a reply.
      assert.isAbove(named / all.length, 0.85)
    })

    it(`${server} is named, with a range that holds its release, by any few exchanges`, () => {
      const all = exchanges(server, "1.4-1.6")
      const draw = drawn(7)
      for (let round = 0; round < 300; round++) {
        const chosen = Array.from({ length: 1 + draw(8) }, () => all[draw(all.length)]!)
        // One connection has one handshake.
        const replies = [chosen[0]![0]!, ...chosen.flatMap((exchange) => exchange.slice(1))]
        const found = identify(behaviourOf(replies))!
        const what = JSON.stringify([replies.map(({ method, params }) => [method, params]), found])
        assert.strictEqual(found.implementation, implementation, what)
        assert.isTrue(isInRange(release, found.range!), what)
        assert.isAtLeast(found.confidence, 0.9, what)
        assert.deepStrictEqual(found.contradictions, [], what)
      }
    })
  }

  it("all exchanges together leave the fewest releases", () => {
    const ranges = recordedServers.map((server) => {
      const found = identify(behaviourOf(exchanges(server, "1.4-1.6").flat()))!
      return [server, found.range, found.confidence]
    })
    assert.deepStrictEqual(ranges, [
      ["electrumx-1.16.0", { since: "1.11", before: "1.17" }, 0.999],
      ["electrumx-1.20.0", { since: "1.19", before: null }, 0.999],
      ["electrumx-2.0b1", { since: "2.0", before: null }, 0.999],
      ["fulcrum-2.1.1", { since: "2.1", before: null }, 0.999]
    ])
  })
})

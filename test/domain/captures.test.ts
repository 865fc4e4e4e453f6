import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Capture, CaptureCounts, type CapturedMember } from "../../src/domain/captures.ts"
import type { Captured } from "../../src/domain/coverage.ts"

const networkClass = fc.constantFrom("ipv4" as const, "ipv6" as const, "onion" as const, "name" as const)

/** Few of each, so that they meet. */
const world = fc.record({
  members: fc.uniqueArray(
    fc.record({ serverId: fc.integer({ min: 1, max: 4 }), endpointId: fc.integer({ min: 1, max: 12 }), networkClass, reachable: fc.boolean() }),
    { selector: ({ endpointId }) => endpointId, maxLength: 10 }
  ),
  named: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 14 })), { maxLength: 20 }),
  said: fc.array(
    fc.record({
      capture: fc.record({ byPeer: fc.boolean(), serverId: fc.option(fc.integer({ min: 1, max: 6 })) }),
      lists: fc.array(fc.array(fc.integer({ min: 1, max: 11 }), { maxLength: 6 }), { minLength: 1, maxLength: 3 })
    }),
    { maxLength: 8 }
  )
})

type World = typeof world extends fc.Arbitrary<infer A> ? A : never

/** The same, from all pairs. */
const fromPairs = ({ members, named, said }: World): { readonly rows: ReadonlyArray<Captured>; readonly captures: number } => {
  const isNamed = ({ lists }: World["said"][number], { endpointId }: Pick<CapturedMember, "endpointId">): boolean =>
    named.some(([advertisement, endpoint]) => endpoint === endpointId && lists.some((list) => list.includes(advertisement)))
  const isOwn = ({ byPeer, serverId: own }: Capture, serverId: number): boolean => byPeer && own === serverId
  const rowOf = (serverId: number, networkClass: Captured["networkClass"]): Captured => {
    const its = members.filter((it) => it.serverId === serverId && (networkClass === null || it.networkClass === networkClass))
    const having = said.filter((one) => !isOwn(one.capture, serverId) && its.some((it) => isNamed(one, it)))
    const [peers, sources] = [having.filter(({ capture }) => capture.byPeer), having.filter(({ capture }) => !capture.byPeer)]
    return { networkClass, peerLists: peers.length, sources: sources.length }
  }
  const answered = members.filter(({ reachable }) => reachable)
  return {
    rows: [...new Set(answered.map(({ serverId }) => serverId))].flatMap((serverId) =>
      [null, ...new Set(answered.filter((it) => it.serverId === serverId).map((it) => it.networkClass))].map((it) => rowOf(serverId, it))),
    captures: said.filter((one) => named.some(([, endpointId]) => isNamed(one, { endpointId }))).length
  }
}

const textOf = ({ captures, rows }: { readonly rows: ReadonlyArray<Captured>; readonly captures: number }): string =>
  JSON.stringify({ captures, rows: rows.map(({ networkClass, peerLists, sources }) => [networkClass, peerLists, sources].join(" ")).toSorted() })

describe("captures", () => {
  it("are counted as all pairs of who names whom would be: once a capture, and none by what a server says of itself", () => {
    fc.assert(fc.property(world, (it) => {
      const counts = new CaptureCounts(it.members, { advertisementIds: it.named.map(([id]) => id), endpointIds: it.named.map(([, id]) => id) })
      for (const { capture, lists } of it.said) counts.add(capture, lists)
      expect(textOf({ rows: counts.rows(), captures: counts.captures })).toBe(textOf(fromPairs(it)))
    }))
  })
})

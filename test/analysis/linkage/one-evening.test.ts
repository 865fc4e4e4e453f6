import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { operatorClusters } from "../../../src/analysis/clusters/operator-clusters.ts"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import { model } from "../../../src/analysis/linkage/model.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { tipResidualsOf } from "../../../src/analysis/traits/tip-residuals.ts"
import { addressOf, presentedAt, snapshotTraits, traitsAt, writtenText } from "../../support/server-traits.ts"
import { plantedArrivals } from "../../support/tip-arrivals.ts"

const minute = 60_000
const hour = 60 * minute
/** The watch: a day. */
const [from, to] = [1_700_000_000_000, 1_700_000_000_000 + 24 * hour]
/** The evening begins twelve hours into it. */
const evening = from + 12 * hour

/** Estimates of a node at two times; equal for whatever software. */
const nodeOf = (name: string) => {
  const number = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 9973
  return [1, 2].map((snapshot) => snapshotTraits(snapshot, [1, 2, 3, 4, 5, 6].map((i) => 1e-5 + number * i * snapshot * 1e-8)))
}

const releases = { ElectrumX: ["ElectrumX 1.16.0", "ElectrumX 1.20.0"], Fulcrum: ["Fulcrum 1.12.0", "Fulcrum 2.1.0"] } as const
type Software = keyof typeof releases

interface Shows {
  readonly node: string
  readonly software: Software
  /** Milliseconds after the evening's beginning at which it was changed to the newest; null: never. */
  readonly changed: number | null
  readonly asn: number
  /** It was at the newest before. */
  readonly isNewest?: boolean
  readonly after?: string
  readonly gift?: string
  /** Nobody watched it. */
  readonly isUnwatched?: boolean
  /** A host of another that it gives for its own. */
  readonly claims?: string
}

const hostOf = (id: number): string => `e.s${id}x.example`

const serverOf = (id: number, { after, asn, changed, claims, gift, isNewest, isUnwatched, node, software }: Shows): ServerTraits => {
  const [old, newest] = [releases[software][0], after ?? releases[software][1]]
  const before = isNewest === true ? newest : old
  const at = changed === null ? null : evening + changed
  return traitsAt(id, hostOf(id), {
    certificates: [presentedAt(hostOf(id))],
    claimedHosts: claims === undefined ? [] : [{ host: claims, tcpPort: null, tlsPort: 50_002 }],
    addresses: [addressOf(`34.${asn % 200}.${id % 200}.7`, { asn })],
    donation: gift === undefined ? null : writtenText(gift),
    implementation: software,
    snapshots: nodeOf(node),
    watch: isUnwatched === true ? null : {
      from,
      to,
      software: at === null
        ? [{ text: before, first: from, last: to }]
        : [{ text: before, first: from, last: at }, { text: newest, first: at + 2 * minute, last: to }],
      changes: at === null ? [] : [{ at, before, after: newest }],
      rareTips: new Set(), tipResiduals: new Map(),
      events: at === null ? [] : [{ at, kind: `new software ${newest}`, baseRate: 1e-3 }]
    }
  })
}

/** People of their own: a fifth changes some time of that day, a third is at the newest already. */
const strangers = (changedAt: (i: number) => number | null = (i) => i % 5 === 0 ? (i * 37 % 24 - 12) * hour + 7 * i * 1000 : null) =>
  Array.from({ length: 48 }, (_, i) => serverOf(1000 + i, {
    node: `stranger ${i}`, software: i % 2 === 0 ? "ElectrumX" : "Fulcrum", asn: 100 + i % 11, changed: i % 3 === 1 ? null : changedAt(i), isNewest: i % 3 === 1
  }))

/** A fleet without anything in common but its node, changed within twenty minutes. */
const fleet = [0, 1, 2, 3, 4, 5, 6].map((i): Shows =>
  ({ node: "plover", software: i % 2 === 0 ? "ElectrumX" : "Fulcrum", asn: 1 + i % 4, changed: i * 170_000 }))

const pairsOf = (shown: ReadonlyArray<Shows>, others = strangers()) => {
  const servers = [...shown.map((one, i) => serverOf(10 + i, one)), ...others]
  return link(servers, comparisons({ servers })).pairs
}

const groupsOf = (shown: ReadonlyArray<Shows>, others = strangers()): ReadonlyArray<ReadonlyArray<number>> =>
  operatorClusters(pairsOf(shown, others)).map(({ serverIds }) => serverIds)

/** Why a pair is no verdict. */
const limitOf = (shown: ReadonlyArray<Shows>, a: number, b: number, others = strangers()) =>
  pairsOf(shown, others).find((pair) => pair.a === a && pair.b === b)?.limit

describe("servers at one node that were changed in one evening", () => {
  it("are a group, but for the first of them, whom strangers could have followed", () => {
    expect(groupsOf(fleet)).toEqual([[11, 12, 13, 14, 15, 16]])
    expect(limitOf(fleet, 10, 14)).toBe("one of them changed first, and strangers could have followed it")
  })

  it("of which a verdict is just one, with the evening among its rows", () => {
    const [pair] = pairsOf(fleet).filter(({ a, b }) => a === 11 && b === 12)
    expect([pair!.sameOperator, pair!.legs]).toEqual([model.certainOnNode, "administered, node"])
    const place = pair!.evidence.findIndex(({ comparison }) => comparison === "changed together")
    expect(pair!.evidence[place]!.counted).toBe(true)
    expect(pair!.details()[place]).toMatchObject({ seconds_apart: 170, at_their_node: { changed: 7, not_changed: 0, releases_before: 2, systems: 4 } })
  })

  it("are one whatever their order", () => {
    fc.assert(fc.property(fc.shuffledSubarray(fleet, { minLength: fleet.length }), (shuffled) => {
      const first = 10 + shuffled.findIndex(({ changed }) => changed === 0)
      expect(groupsOf(shuffled)).toEqual([[10, 11, 12, 13, 14, 15, 16].filter((id) => id !== first)])
    }), { numRuns: 5 })
  })

  it("may have some among them that were at the newest release before, of which nothing is said", () => {
    const two = [0, 1].map((i): Shows => ({ ...fleet[i]!, changed: null, isNewest: true }))
    expect(groupsOf([...fleet, ...two])).toEqual([[11, 12, 13, 14, 15, 16]])
  })

  it("may write what they like: who hides asks for gifts at another address everywhere", () => {
    expect(groupsOf(fleet.map((shown, i): Shows => i % 2 === 0 ? { ...shown, gift: `of ${i}` } : shown))).toEqual([[11, 12, 13, 14, 15, 16]])
  })

  it("may have one decoy among them that was left as it was", () => {
    expect(groupsOf([...fleet, { ...fleet[1]!, changed: null }])).toEqual([[11, 12, 13, 14, 15, 16]])
  })

  it("are none without any one of what it takes", () => {
    const without: Readonly<Record<string, (shown: Shows, i: number) => Shows>> = {
      "one node": (shown, i) => ({ ...shown, node: `own ${i}` }),
      "one evening": (shown, i) => ({ ...shown, changed: i * 40 * minute }),
      "several systems": (shown) => ({ ...shown, asn: 1 }),
      "no hoster of most": (shown, i) => ({ ...shown, asn: i < 5 ? 1 : i }),
      "two releases before, or implementations": (shown) => ({ ...shown, software: "Fulcrum" }),
      "more than one of another": (shown, i) => ({ ...shown, software: i === 1 ? "ElectrumX" : "Fulcrum" }),
      "a watch": (shown) => ({ ...shown, isUnwatched: true })
    }
    for (const [what, change] of Object.entries(without)) expect(groupsOf(fleet.map(change)), what).toEqual([])
  })

  it("are none where they are few: two, or one that two or three follow", () => {
    for (const size of [2, 3]) expect(groupsOf(fleet.slice(0, size))).toEqual([])
  })
})

describe("servers at a node that gives no estimates", () => {
  /** The fleet and others, of which tips came as their nodes heard of blocks. */
  const watched = (nodeOfFleet: (i: number) => number): ReadonlyArray<ServerTraits> => {
    const servers = [...fleet.map((shown, i) => ({ ...serverOf(10 + i, shown), snapshots: [] })), ...strangers()]
    const planted = servers.map(({ implementation }, i) => ({ node: i < fleet.length ? nodeOfFleet(i) : 100 + i, implementation: implementation as Software }))
    const residuals = tipResidualsOf(plantedArrivals(planted, { mean: (node) => node < 100 ? 3_000 : 300 + node * 10 }), new Map(planted.map(({ implementation }, i) => [i + 1, implementation])))
    return servers.map((server, i) => ({ ...server, watch: { ...server.watch!, tipResiduals: residuals.get(i + 1) ?? new Map<string, number>() } }))
  }
  const groups = (servers: ReadonlyArray<ServerTraits>) => operatorClusters(link(servers, comparisons({ servers })).pairs).map(({ serverIds }) => serverIds)

  it("are a group by an evening where new tips come late to all of them together, but for the first", () => {
    expect(groups(watched(() => 1))).toEqual([[11, 12, 13, 14, 15, 16]])
  })

  it("are none where each has tips of its own, nor where they estimate otherwise", () => {
    expect(groups(watched((i) => i))).toEqual([])
    expect(groups(watched(() => 1).map((server, i) => i < fleet.length ? { ...server, snapshots: nodeOf(`own ${i}`) } : server))).toEqual([])
  })
})

describe("nobody is joined by an evening", () => {
  it("who is followed by all others at its node, however soon", () => {
    fc.assert(fc.property(fc.integer({ min: 15_000, max: 5 * minute }), fc.integer({ min: 11_000, max: 3 * minute }), (delay, apart) => {
      const followers = [1, 2, 3, 4, 5].map((i): Shows => ({ ...fleet[i]!, changed: delay + i * apart }))
      const joined = groupsOf([fleet[0]!, ...followers]).flat()
      expect(joined).not.toContain(10)
    }), { numRuns: 8 })
  })

  it("who is relayed by several, that show its new release at its moment", () => {
    const relays = [1, 2, 3, 4].map((i): Shows => ({ ...fleet[0]!, asn: i, changed: i * 700 }))
    expect(groupsOf([fleet[0]!, ...relays])).toEqual([])
    expect(groupsOf([{ ...fleet[0]!, changed: 10 * minute }, ...relays.map((shown) => ({ ...shown, changed: shown.changed! + 10 * minute })), ...fleet.slice(1, 3)])).toEqual([])
  })

  it("who passes one server of a fleet on, nor is that one in it then", () => {
    const relay: Shows = { ...fleet[3]!, asn: 9, changed: fleet[3]!.changed! + 800 }
    expect(groupsOf([...fleet, relay])).toEqual([[11, 12, 14, 15, 16]])
    expect(limitOf([...fleet, relay], 13, 14)).toBe("changed at one moment with another at that node, as a relay does with whom it passes on")
  })

  it("who claims hosts of the fleet, though it changes with it", () => {
    expect(groupsOf([...fleet, { ...fleet[3]!, changed: 4 * minute, claims: hostOf(11) }])).toEqual([[11, 12, 13, 14, 15, 16]])
  })

  it("of a rented node whose customers follow a release in the night it is out", () => {
    const all = fleet.map((shown): Shows => ({ ...shown, after: shown.software === "Fulcrum" ? "Fulcrum 2.2.0" : "ElectrumX 1.21.0" }))
    expect(groupsOf(all)).toEqual([])
    expect(limitOf(all, 11, 12)).toBe("changed in one evening, to a release that was new")
    // Even where it was out for long, packages bring it to a third of all in one night.
    const night = strangers((i) => i % 2 === 0 ? (i * 53 % 60) * minute : null)
    expect(groupsOf(fleet, night)).toEqual([])
    expect(limitOf(fleet, 11, 12, night)).toBe("changed in one evening, but so did others elsewhere")
  })

  it("of a rented node at which two or three others were left as they were", () => {
    const tenants = [1, 2].map((i): Shows => ({ ...fleet[i]!, changed: null }))
    expect(groupsOf([...fleet, ...tenants])).toEqual([])
    expect(limitOf([...fleet, ...tenants], 11, 12)).toBe("changed in one evening, but others at that node did not")
    // Nor where they are decoys that change all day.
    const decoys = [1, 2, 3].map((i): Shows => ({ ...fleet[i]!, changed: -i * 3 * hour }))
    expect(groupsOf([...fleet, ...decoys])).toEqual([])
  })

  it("of whom nobody knows how usual it is, as hardly anybody else is watched", () => {
    expect(groupsOf(fleet, strangers().slice(0, 6))).toEqual([])
  })

  it("by restarts alone, as of a node, a hoster or our own line", () => {
    const servers = [...fleet.map((shown, i) => {
      const one = serverOf(10 + i, { ...shown, changed: null })
      return { ...one, watch: { ...one.watch!, events: [1, 5, 9].map((at) => ({ at: from + at * hour + i * 1000, kind: "restarted", baseRate: 1e-4 })) } }
    }), ...strangers()]
    expect(operatorClusters(link(servers, comparisons({ servers })).pairs)).toEqual([])
  })

  it("by chance: strangers at one node who change on one day, each at a time of their own", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -11 * 60, max: 11 * 60 }), { minLength: 7, maxLength: 7 }), (minutes) => {
      const sorted = minutes.toSorted((a, b) => a - b)
      fc.pre(sorted.every((at, i) => i < 3 || at - sorted[i - 3]! > 30))
      expect(groupsOf(fleet.map((shown, i) => ({ ...shown, changed: minutes[i]! * minute })))).toEqual([])
    }), { numRuns: 8 })
  })
})

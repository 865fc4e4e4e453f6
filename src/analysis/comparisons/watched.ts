import type { ServerTraits, WatchedEvent } from "../traits/server-traits.ts"
import { ofBoth, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/** Both followed branches that few did. */
export const forksSeenAlike: Comparison = {
  name: "forks seen alike",
  definition: "Both showed a tip that at most a quarter of those watched did, while most showed another block of that height.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  levels: [
    { name: "two or more such tips", m: 0.3, u: 2e-3, measured: true },
    { name: "one such tip", m: 0.3, u: 0.02, measured: true }
  ],
  innocent: ["nodes that are near the same miner", "a node that is rented out", "one server that relays the other"],
  keys: ({ watch }) => [...watch?.rareTips ?? []],
  known: ({ watch }) => watch !== null,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    const tips = shared([...a.watch.rareTips], [...b.watch.rareTips])
    return tips.length === 0 ? undefined : { level: tips.length > 1 ? 0 : 1, value: tips[0]!, detail: () => ({ tips: tips.length, first: tips[0]! }) }
  }
}

const together = 60_000

/** In one system, or at one address, a rack or a line fails for both: only what somebody does to them counts then. */
const sharesNetwork = (a: ServerTraits, b: ServerTraits): boolean =>
  a.addresses.some((one) => b.addresses.some((other) => one.address === other.address || (one.asn !== null && one.asn === other.asn)))

const isDone = (kind: string): boolean => kind.startsWith("new ")

/** Events of one kind of both within a minute, each counted once. */
const coincidences = (a: ReadonlyArray<WatchedEvent>, b: ReadonlyArray<WatchedEvent>): number => {
  let [i, j, count] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const apart = a[i]!.at - b[j]!.at
    if (Math.abs(apart) <= together) {
      count++
      i++
      j++
    } else if (apart < 0) i++
    else j++
  }
  return count
}

/** Probability of so many or more where so many are expected (Poisson). */
const tail = (count: number, expected: number): number => {
  let [term, below] = [Math.exp(-expected), 0]
  for (let k = 0; k < count; k++) {
    below += term
    term *= expected / (k + 1)
  }
  return Math.max(0, 1 - below)
}

/** The same happens to both at the same time, more often than to others. */
export const jointEvents: Comparison = {
  name: "joint events",
  definition: "The same happened to both within a minute, more often than the base rate of such events gives; outages of vantages and networks are left out, and between servers of one system all but what is done to them.",
  question: "same operator",
  forgeability: "hosting",
  bundle: "events",
  levels: [
    { name: "three or more, by chance once in 10,000 pairs", m: 0.3, u: 2e-4, measured: true },
    { name: "two or more, by chance once in 1,000 pairs", m: 0.2, u: 2e-3, measured: true }
  ],
  innocent: ["one hoster's maintenance", "one power line, one rack, one proxy", "updates by one image's schedule"],
  keys: () => [],
  known: ({ watch }) => watch !== null,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    const [ofA, ofB] = [a.watch.events, b.watch.events]
    const oneNetwork = sharesNetwork(a, b)
    const kinds = [...new Set(ofA.map(({ kind }) => kind))].filter((kind) => !oneNetwork || isDone(kind)).toSorted()
    const count = kinds.reduce((sum, kind) =>
      sum + coincidences(ofA.filter((event) => event.kind === kind), ofB.filter((event) => event.kind === kind)), 0)
    const rates = [ofA, ofB].map((events) => events.reduce((sum, { baseRate }) => sum + baseRate, 0)).toSorted((x, y) => x - y)
    const expected = (rates[0]! + rates[1]!) / 2
    const chance = tail(count, expected)
    const level = count >= 3 && chance < 1e-4 ? 0 : count >= 2 && chance < 1e-3 ? 1 : undefined
    return level === undefined ? undefined : { level, detail: () => ({ together: count, expected }) }
  }
}

/** Who goes from one server to the next and exchanges its software is through with all of them after so long. */
export const eveningMs = 30 * 60_000

/** Software of both was exchanged within half an hour. */
export const changedTogether: Comparison = {
  name: "changed together",
  definition: "The software of both was changed within half an hour. Servers at one node with which nearly all there were, when hardly anybody else was, are probably administered by one.",
  question: "same operator",
  forgeability: "hosting",
  bundle: "events",
  levels: [{ name: "within half an hour", m: 0.3, u: 1e-3, measured: true }],
  innocent: [
    "a release that many follow, or that packages bring to all by night",
    "one image's schedule",
    "who watches the other and does what it does, a little later",
    "one that passes the other on",
    "a service that keeps up servers of others"
  ],
  keys: () => [],
  known: ({ watch }) => watch !== null && watch.changes.length > 0,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    for (const one of a.watch.changes) {
      const other = b.watch.changes.find(({ at }) => Math.abs(at - one.at) <= eveningMs)
      if (other === undefined) continue
      return {
        level: 0,
        detail: () => ({
          changes: ofBoth(one, other).map(({ after, at, before }) => ({ at: new Date(at).toISOString(), before, after })),
          seconds_apart: Math.round(Math.abs(one.at - other.at) / 1000)
        })
      }
    }
    return undefined
  }
}

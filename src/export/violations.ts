import { bitsText, targetOfBits } from "../domain/block-header.ts"
import { chainWorkRule, expectedHash, mostEasing, retargetsBetween, shippedChains } from "../domain/chain.ts"
import type { FilledItem } from "./bundle/bundle-file.ts"
import type { BundleVisit, Check, Ref } from "./bundle/format.ts"
import { checksOfVisits, headersOfItems, type ShownHeader } from "./bundle/state-checks.ts"

/**
 * Violations of the protocol that hashes prove and that were seen twice: once
 * could be one broken answer. Everything else stays out of lists that others act
 * on, however suspicious it looks: what a lagging or damaged index does too
 * (status, balances, histories), what needs our clock or other servers' word
 * (heights out of reach), what depends on how one
 * asks (chance), and scores, texts, peers, certificates altogether.
 */
export const violationKinds = {
  "no work": "a header whose hash does not meet the target that it states itself",
  "target too easy": "a header with a target that the chain does not allow since the last known block",
  "one header for two heights": "the same header for two different heights",
  "headers apart": "headers sent as neighbours that do not follow each other",
  "proof without root": "a merkle proof that does not lead to the root in the server's own header of that block",
  "another transaction": "a transaction whose hash is not the id that it was asked by"
} as const
export type ViolationKind = keyof typeof violationKinds

/** What one server did at one of its hosts. */
export interface Violation {
  readonly kind: ViolationKind
  readonly serverId: number
  /** Where it was seen; nothing is said of the server's other hosts. */
  readonly host: string
  /** How often it was seen, in separate replies. */
  readonly times: number
  /** Facts that prove it. */
  readonly checks: ReadonlyArray<Check>
}

/** So often at least. */
const leastTimes = 2

/** Beyond so many changes anything below the limit is allowed, and the number stays exact. */
const mostChanges = 20

/** What a chain allows at a height, by a header of a server that is pinned. */
const allowedAt = (network: string, pinned: ReadonlyArray<ShownHeader>, height: number): { readonly limit: number; readonly times: number } | undefined => {
  const rule = chainWorkRule(network)
  const genesis = pinned.find((pin) => pin.height === 0)
  if (rule === undefined || genesis === undefined) return undefined
  const limit = genesis.header.bits
  const below = pinned.filter((pin) => pin.height <= height).toSorted((a, b) => b.height - a.height)[0]
  if (rule !== "retargets" || below === undefined) return { limit, times: 1 }
  const changes = retargetsBetween(below.height, height)
  const bits = below.header.bits
  const times = mostEasing ** Math.min(changes, mostChanges)
  return changes > mostChanges || targetOfBits(bits) * BigInt(times) >= targetOfBits(limit) ? { limit, times: 1 } : { limit: bits, times }
}

const easierChecks = (network: string, headers: ReadonlyArray<ShownHeader>): ReadonlyArray<Check> => {
  const chain = shippedChains.find(({ name }) => name === network)
  const pinned = chain === undefined ? [] : headers.filter(({ header, height }) => header.hash === expectedHash(chain, height))
  return headers.flatMap(({ header, height, ref }): ReadonlyArray<Check> => {
    const allowed = allowedAt(network, pinned, height)
    return allowed !== undefined && targetOfBits(header.bits) > targetOfBits(allowed.limit) * BigInt(allowed.times)
      ? [{ check: "easier", header: ref, limit: bitsText(allowed.limit), times: allowed.times, easier: true }]
      : []
  })
}

const repeatedChecks = (headers: ReadonlyArray<ShownHeader>): ReadonlyArray<Check> =>
  [...Map.groupBy(headers.filter(({ ref }) => ref.from === undefined), ({ hex }) => hex).values()].flatMap((same): ReadonlyArray<Check> => {
    const other = same.find(({ height }) => height !== same[0]!.height)
    return other === undefined ? [] : [{ check: "same value", values: [same[0]!.ref, other.ref] }]
  })

/** The item that a fact is about. */
const subjectOf = (check: Check): Ref | undefined => {
  switch (check.check) {
    case "header":
    case "easier":
      return check.header
    case "link":
      return check.later
    case "merkle":
      return check.proof
    case "transaction":
      return check.transaction
    case "same value":
      return check.values[1]
    default:
      return undefined
  }
}

const kindOf = (check: Check, items: ReadonlyMap<string, FilledItem>): ViolationKind | undefined => {
  switch (check.check) {
    case "header":
      return check.meets_target ? undefined : "no work"
    case "easier":
      return check.easier ? "target too easy" : undefined
    case "link":
      return check.follows ? undefined : "headers apart"
    case "merkle":
      return check.leads ? undefined : "proof without root"
    case "transaction": {
      const asked = items.get(check.transaction.item)?.asked?.params?.[0]
      return typeof asked === "string" && asked !== check.txid ? "another transaction" : undefined
    }
    case "same value":
      return "one header for two heights"
    default:
      return undefined
  }
}

/** Probes whose replies can hold such a violation. */
export const provingProbes = ["header", "tip", "tip before", "tip after", "header range", "later header", "merkle proof", "later merkle proof", "transaction"]

/**
 * What can be proven of servers by what they sent, worked out from the raw
 * replies alone: no verdict and no score that is stored takes part.
 */
export const violationsIn = (network: string, visits: ReadonlyArray<BundleVisit>, items: ReadonlyArray<FilledItem>): ReadonlyArray<Violation> => {
  const byName = new Map(items.map((item) => [item.name, item]))
  const visitOf = new Map(visits.map((visit) => [visit.visit, visit]))
  const placed = items.flatMap((item) => {
    const at = item.visit === null ? undefined : visitOf.get(item.visit)
    return at === undefined ? [] : [{ item, at }]
  })
  const found = [...Map.groupBy(placed, ({ at }) => `${at.server}\n${at.host}`).values()].flatMap((some) => {
    const { at } = some[0]!
    const here = some.map(({ item }) => item)
    const checks = [
      ...checksOfVisits(network, here),
      ...easierChecks(network, headersOfItems(here)),
      ...[...Map.groupBy(here, ({ visit }) => visit).values()].flatMap((ofVisit) => repeatedChecks(headersOfItems(ofVisit)))
    ]
    return checks.flatMap((check) => {
      const kind = kindOf(check, byName)
      return kind === undefined ? [] : [{ kind, serverId: at.server, host: at.host, check, item: subjectOf(check)!.item }]
    })
  })
  return [...Map.groupBy(found, ({ host, kind, serverId }) => `${serverId}\n${kind}\n${host}`).values()].flatMap((same) => {
    const { host, kind, serverId } = same[0]!
    const times = new Set(same.map(({ item }) => item)).size
    return times < leastTimes ? [] : [{ kind, serverId, host, times, checks: same.map(({ check }) => check) }]
  })
}

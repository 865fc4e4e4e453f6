import type { Comparison } from "../comparisons/comparison.ts"
import { areTwoProcesses } from "../comparisons/two-processes.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import type { KeyIndex } from "./key-index.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"

/**
 * Who of a pair copies or relays whom, if what they say goes one way only.
 * `pipe`: everything that the one shows may be the other's very answers, its
 * certificate too, so that not even a key is its own.
 */
export interface Direction {
  readonly copier: "first" | "second"
  readonly pipe: boolean
}

/** The copier shows nothing of its own: no certificate, no claim of its own host, no different answer. */
const isPipe = (copier: ServerTraits, original: ServerTraits): boolean => {
  const certificates = new Set(original.certificates.map(({ sha256 }) => sha256))
  const hosts = new Set(copier.hosts)
  return copier.certificates.length > 0 &&
    copier.certificates.every(({ sha256 }) => certificates.has(sha256)) &&
    !copier.claimedHosts.some(({ host }) => hosts.has(host)) &&
    !areTwoProcesses(copier, original)
}

/** By position: the others whose hosts a server claims, and who claim none of its own. */
export const originalsOf = (servers: ReadonlyArray<ServerTraits>): ReadonlyArray<ReadonlySet<number>> => {
  const byHost = new Map<string, Array<number>>()
  servers.forEach(({ hosts }, position) => {
    for (const host of hosts) {
      const at = byHost.get(host)
      if (at === undefined) byHost.set(host, [position])
      else at.push(position)
    }
  })
  const claims = servers.map(({ claimedHosts, hosts }) => {
    const own = new Set(hosts)
    return new Set(claimedHosts.flatMap(({ host }) => own.has(host) ? [] : byHost.get(host) ?? []))
  })
  return claims.map((others, position) => new Set([...others].filter((other) => !claims[other]!.has(position))))
}

/** Answers for any two positions who claims whose hosts, one way only. */
export const claimDirections = (
  servers: ReadonlyArray<ServerTraits>,
  originals: ReadonlyArray<ReadonlySet<number>>
) =>
(first: number, second: number): Direction | undefined => {
  const isFirst = originals[first]!.has(second)
  if (!isFirst && !originals[second]!.has(first)) return undefined
  const [copier, original] = isFirst ? [servers[first]!, servers[second]!] : [servers[second]!, servers[first]!]
  return { copier: isFirst ? "first" : "second", pipe: isPipe(copier, original) }
}

/**
 * Whether of pair `i` one copies what a group has in common that shares a
 * private key: two or more copyable agreements, each in a value that several of
 * the one's group have and none but it of the other's, and nothing in common
 * that a copier cannot have.
 *
 * @param owners of each position, by its smallest member
 */
export const groupDirections = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  outcomes: Outcomes,
  owners: Int32Array
): (i: number) => Direction | undefined => {
  const isCopyable = comparisons.map((c) => c.forgeability === "copyable" && c.question === "same operator")
  const isOwn = comparisons.map((c) =>
    c.forgeability === "possession" || c.forgeability === "image" || c.forgeability === "two-sided")
  /** By key: members of an owner that have it. */
  const holders = new Map<number, Map<number, number>>()
  const holding = (key: number, owner: number): number => {
    let counts = holders.get(key)
    if (counts === undefined) {
      counts = new Map()
      for (const server of index.servers[key]!) counts.set(owners[server]!, (counts.get(owners[server]!) ?? 0) + 1)
      holders.set(key, counts)
    }
    return counts.get(owner) ?? 0
  }
  return (i) => {
    const a = owners[outcomes.first[i]!]!
    const b = owners[outcomes.second[i]!]!
    if (a === b) return undefined
    let [ofFirst, ofSecond] = [0, 0]
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const c = outcomes.comparison[k]!
      if (!isAgreement(comparisons[c]!, outcomes.level[k]!)) continue
      if (isOwn[c]) return undefined
      const key = outcomes.key[k]!
      if (!isCopyable[c] || key < 0) continue
      const [mine, yours] = [holding(key, a), holding(key, b)]
      if (mine > 1 && yours === 1) ofFirst++
      else if (yours > 1 && mine === 1) ofSecond++
      else return undefined
    }
    if (ofFirst > 1 && ofSecond === 0) return { copier: "second", pipe: false }
    if (ofSecond > 1 && ofFirst === 0) return { copier: "first", pipe: false }
    return undefined
  }
}

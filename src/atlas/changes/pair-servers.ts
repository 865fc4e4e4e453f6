import { ipVersion } from "../../domain/address.ts"
import type { ComparedServer } from "./crawl-change.ts"

/** The same server before and after. */
export interface ServerPair {
  readonly old: ComparedServer
  readonly now: ComparedServer
  /** What says that they are the same, the strongest first. An address alone may be another's by now. */
  readonly anchor: "name" | "key" | "address"
}

/** Who shows a key. */
export type KeyHolders = ReadonlyMap<string, ReadonlySet<ComparedServer>>

/** Whether a host is an address, which hosters and lines give to others. */
const isAddress = (host: string): boolean => ipVersion(host) !== undefined

export const keyHolders = (servers: ReadonlyArray<ComparedServer>): KeyHolders => {
  const holders = new Map<string, Set<ComparedServer>>()
  for (const server of servers) {
    for (const key of server.keys.values()) holders.set(key, (holders.get(key) ?? new Set()).add(server))
  }
  return holders
}

const holdersOf = (index: ReadonlyMap<string, ReadonlySet<ComparedServer>>, one: string): ReadonlySet<ComparedServer> => index.get(one) ?? new Set()

/** More than any number of addresses in common. */
const weights = { name: 1_000_000, key: 10_000, address: 10, endpoint: 1 } as const

/**
 * Pairs of the same server before and after, each once: those with the most in
 * common first. Names and onions count most, then keys that one server alone
 * showed each time, then addresses, which change hands.
 */
export const pairServers = (
  before: ReadonlyArray<ComparedServer>,
  after: ReadonlyArray<ComparedServer>,
  keysBefore: KeyHolders,
  keysAfter: KeyHolders
): ReadonlyArray<ServerPair> => {
  const byHost = new Map(before.flatMap((server) => server.row.hosts.map((host) => [host, server] as const)))
  const exclusive = (key: string): ComparedServer | undefined =>
    holdersOf(keysBefore, key).size === 1 && holdersOf(keysAfter, key).size === 1 ? [...holdersOf(keysBefore, key)][0] : undefined
  const candidates = after.flatMap((now) => {
    const scores = new Map<ComparedServer, number>()
    const add = (old: ComparedServer | undefined, weight: number): void => {
      if (old !== undefined) scores.set(old, (scores.get(old) ?? 0) + weight)
    }
    for (const host of now.row.hosts) add(byHost.get(host), isAddress(host) ? weights.address : weights.name)
    for (const key of new Set(now.keys.values())) add(exclusive(key), weights.key)
    return [...scores].map(([old, score]) => ({
      old,
      now,
      score: score + weights.endpoint * Math.min(9, now.endpoints.filter((endpoint) => old.endpoints.includes(endpoint)).length)
    }))
  }).toSorted((a, b) => b.score - a.score || (a.now.row.host < b.now.row.host ? -1 : 1) || (a.old.row.host < b.old.row.host ? -1 : 1))
  const [usedNow, usedOld] = [new Set<ComparedServer>(), new Set<ComparedServer>()]
  return candidates.flatMap(({ now, old, score }) => {
    if (usedNow.has(now) || usedOld.has(old)) return []
    usedNow.add(now)
    usedOld.add(old)
    return [{ old, now, anchor: score >= weights.name ? "name" : score >= weights.key ? "key" : "address" } satisfies ServerPair]
  })
}

import { Clock, Effect } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import { type AddressFact, type HostAddresses, optedOut } from "../domain/address-fact.ts"
import { Enricher, type LookUpReport } from "../enrich/enricher.ts"
import type { CrawlId } from "../store/facts.ts"
import { Store } from "../store/store.ts"

export interface EnrichRun {
  readonly crawlId: CrawlId
  readonly network: string
  /** What is known of a simulated network is of the one that ran then: nothing of it stays fresh. */
  readonly simulated: boolean
  /** Hosts and addresses on opt-out lists are not looked up. */
  readonly exclusions: Exclusions
  /** Milliseconds for which addresses of hosts and answers of a registry or of reverse DNS are not asked for again. */
  readonly freshMs: number
  /** Called with the number of addresses before they are looked up. */
  readonly onStart: (addresses: number) => Effect.Effect<void>
}

export interface EnrichSummary extends LookUpReport {
  /** Names that a proxy had resolved and whose addresses nobody would or could tell us. */
  readonly hostsWithoutAddress: number
  /** Why the most of them have none; null when all have. */
  readonly lack: string | null
}

/** Hosts resolved at a time; how often is the lookups' own pace. */
const atATime = 8

const lackOf = (hosts: ReadonlyArray<HostAddresses>): string | null => {
  const counts = new Map<string, number>()
  for (const { detail, reason } of hosts) {
    if (reason === null) continue
    const why = reason === "policy" || reason === "us" ? detail ?? reason : reason
    counts.set(why, (counts.get(why) ?? 0) + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

/** Reverse names may name who opted out, at an address that others share: then they are not kept. */
export const withoutExcludedNames = (fact: AddressFact, exclusions: Exclusions): AddressFact => {
  if (fact.fact !== "ptr") return fact
  const answers = fact.answers.filter((name) => exclusions.excludes(name.toLowerCase().replace(/\.$/, ""), []) === undefined)
  if (answers.length === fact.answers.length) return fact
  return answers.length > 0 ? { ...fact, answers } : { ...fact, answers, reason: "policy", detail: optedOut }
}

/**
 * Looks up all addresses that a crawl dialled, literals that a proxy dialled,
 * and what names have that a proxy resolved; stores what is found. Where nobody
 * may be asked, or nobody answers, what was known stays. Onions have no
 * address, and are not looked up.
 */
export const enrichCrawl = Effect.fn("enrichCrawl")(function*(run: EnrichRun) {
  const { enrichment } = yield* Store
  const enricher = yield* Enricher
  const { exclusions, network } = run
  const visited = (yield* enrichment.visited(run.crawlId)).filter(({ address, host, networkClass }) =>
    networkClass !== "onion" && exclusions.excludes(host, address === null ? [] : [address]) === undefined
  )
  const dialledBySomeone = new Set(visited.flatMap(({ byProxy, host }) => byProxy ? [host] : []))
  const since = (yield* Clock.currentTimeMillis) - run.freshMs
  const allowed = ({ addresses, host }: HostAddresses) => exclusions.excludes(host, addresses) === undefined
  const fresh = new Set((run.simulated ? [] : yield* enrichment.hosts(network))
    .filter(({ reason, resolvedAt }) => resolvedAt >= since && (reason === null || reason === "no data"))
    .map(({ host }) => host))
  const stale = [...dialledBySomeone].filter((host) => !fresh.has(host))
  const asked = yield* Effect.forEach(stale, (host) => enricher.addressesOf(host), { concurrency: atATime })
  yield* enrichment.saveHosts(network, asked.filter(allowed))
  const hosts = (yield* enrichment.hosts(network)).filter((known) => dialledBySomeone.has(known.host) && allowed(known))
  const addresses = new Set([
    ...visited.flatMap(({ address }) => address ?? []),
    ...hosts.flatMap((host) => host.addresses)
  ])
  const known = Map.groupBy(run.simulated ? [] : yield* enrichment.known(network, since), (fact) => fact.address)
  yield* run.onStart(addresses.size)
  const report = yield* enricher.lookUp(
    [...addresses].toSorted().map((address) => ({ address, known: known.get(address) ?? [] })),
    (facts) => enrichment.saveFacts(network, facts.map((fact) => withoutExcludedNames(fact, exclusions)))
  )
  const without = hosts.filter(({ reason }) => reason !== null)
  return { ...report, hostsWithoutAddress: without.length, lack: lackOf(without) } satisfies EnrichSummary
})

import { Effect } from "effect"
import { isServerAddress } from "../domain/address.ts"
import { addressText, type AddressRange, rangeBetween, rangeOfBlock } from "../domain/address-range.ts"
import type { Exclusions } from "../domain/exclusions.ts"
import { Enricher } from "../enrich/enricher.ts"
import type { CrawlId } from "../store/facts.ts"
import type { DrawnHost, ServerBlock } from "../store/random-host-records.ts"
import { Store } from "../store/store.ts"
import { withoutExcludedNames } from "./enrich-crawl.ts"

/** The most hosts of a sample: more would burden name servers and tell little more. */
export const mostRandomHosts = 5_000

/** What a sample is drawn from. */
export interface SampleFrame {
  readonly blocks: ReadonlyArray<ServerBlock>
  /** Reserved addresses count as somebody's on simulated networks only. */
  readonly simulated: boolean
  /** Hosts and addresses on opt-out lists are not drawn. */
  readonly exclusions: Exclusions
}

/** A block as sources state it: CIDR, or the first and the last address. */
const rangeOf = (block: string): AddressRange | undefined => {
  const [first, last] = block.split("-")
  return rangeOfBlock(block) ?? (last === undefined ? undefined : rangeBetween(first!, last))
}

/** An address of a block, without the two that IPv4 keeps for itself. */
const addressIn = ({ first, last }: AddressRange, random: () => number): string => {
  const size = Number(last - first) + 1
  const [from, choices] = size > 2 ? [1, size - 2] : [0, size]
  return addressText(4, first + BigInt(from + Math.floor(random() * choices)))
}

/**
 * Hosts drawn by lot where servers stand: first a server, then one of its
 * prefixes, then an address in it, so that prefixes weigh as they do among the
 * servers. IPv4 only: IPv6 prefixes are so wide that a lot never falls on a host.
 * Fewer than asked for where there are not so many.
 *
 * @param random uniform numbers in [0, 1)
 */
export const drawHosts = ({ blocks, exclusions, simulated }: SampleFrame, hosts: number, random: () => number): ReadonlyArray<DrawnHost> => {
  const taken = new Set(blocks.map(({ address }) => address))
  const ranged = blocks.flatMap((one) => {
    const range = rangeOf(one.block)
    return range?.version === 4 ? [{ ...one, range }] : []
  })
  const servers = [...Map.groupBy(ranged, ({ serverId }) => serverId).values()]
  const drawn: Array<DrawnHost> = []
  for (let tries = 0; servers.length > 0 && drawn.length < hosts && tries < 20 * hosts; tries++) {
    const of = servers[Math.floor(random() * servers.length)]!
    const { asn, block, org, range } = of[Math.floor(random() * of.length)]!
    const address = addressIn(range, random)
    if (taken.has(address) || !isServerAddress(address, simulated) || exclusions.excludes(address, []) !== undefined) continue
    taken.add(address)
    drawn.push({ address, block, asn, org })
  }
  return drawn
}

export interface BaseRateRun extends Omit<SampleFrame, "blocks"> {
  readonly crawlId: CrawlId
  readonly hosts: number
  readonly randomSeed: number
  /** Uniform numbers in [0, 1) that depend on the seed only. */
  readonly random: () => number
}

export interface BaseRateSummary {
  readonly hosts: number
  readonly named: number
  readonly servers: number
}

/**
 * Draws hosts where the servers of a crawl stand and asks name servers for their
 * names; nobody else is asked anything. The sample takes the place of the one before.
 */
export const sampleBaseRate = Effect.fn("sampleBaseRate")(function*(run: BaseRateRun) {
  const { randomHosts } = yield* Store
  const enricher = yield* Enricher
  const blocks = yield* randomHosts.blocks(run.crawlId)
  const hosts = new Map(drawHosts({ ...run, blocks }, run.hosts, run.random).map((host) => [host.address, host]))
  let named = 0
  yield* randomHosts.clear(run.crawlId)
  yield* enricher.lookUp([...hosts.keys()].map((address) => ({ address, known: [] })), (facts) => {
    const names = facts.filter(({ fact }) => fact === "ptr").map((fact) => withoutExcludedNames(fact, run.exclusions))
    named += names.filter(({ answers }) => answers.length > 0).length
    return randomHosts.save(run.crawlId, run.randomSeed, hosts, names)
  })
  return { hosts: hosts.size, named, servers: new Set(blocks.map(({ serverId }) => serverId)).size } satisfies BaseRateSummary
})

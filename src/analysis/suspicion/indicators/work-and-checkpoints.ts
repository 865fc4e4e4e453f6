import { bitsText } from "../../../domain/block-header.ts"
import { chainWorkRule, expectedHash, shippedChains } from "../../../domain/chain.ts"
import type { CrawlEvidence, ShownHeader } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { workFaults, type WorkFault } from "../required-work.ts"

/** A header whose height decides the chain and whose hash is the right one: what every other one is held against. */
const isPinned = ({ genesisHash, network }: CrawlEvidence) => ({ header, height }: ShownHeader): boolean => {
  const chain = shippedChains.find(({ name }) => name === network)
  return header.hash === (chain === undefined ? (height === 0 ? genesisHash : undefined) : expectedHash(chain, height))
}

const headerText = ({ header, height, probe, visitId }: ShownHeader) => ({
  visit_id: visitId,
  probe,
  height,
  hash: header.hash,
  bits: bitsText(header.bits)
})

/**
 * Do the headers that a server shows carry the work that its chain requires?
 * By proof of work and checkpoints alone: what other servers show counts nothing,
 * not even harder targets, since a header of another height is easily shown again.
 */
export const workAndCheckpoints: Indicator = (server, crawl) => {
  const rule = chainWorkRule(crawl.network)
  const pinned = server.headers.filter(isPinned(crawl))
  const judged = server.headers.filter((shown) => !pinned.includes(shown))
  if (server.headers.length === 0) return { untested: "it showed no header of the chain" }
  if (judged.length === 0) return { untested: "it showed no readable tip" }
  const faulty = judged.flatMap((shown) => {
    const faults: Array<Omit<WorkFault, "rule"> & { readonly rule: string }> = [...workFaults(rule, pinned, shown)]
    const elsewhere = server.headers.find(({ header, height }) => header.hash === shown.header.hash && height !== shown.height)
    if (elsewhere !== undefined) faults.push({ rule: "two heights", because: `it is shown for the heights ${elsewhere.height} and ${shown.height}` })
    return faults.length === 0 ? [] : [{ ...headerText(shown), faults }]
  })
  const tips = judged.filter(({ probe }) => probe.startsWith("tip"))
  return {
    value: faulty.length,
    share: faulty.length > 0 ? 1 : 0,
    detail: faulty.length > 0
      ? { headers: named(faulty), pinned: named(pinned.map(headerText)) }
      : {
        headers: named((tips.length > 0 ? tips : judged).map(headerText)),
        because: "the work is what the chain requires; a tip that is old or behind others is no lie"
      }
  }
}

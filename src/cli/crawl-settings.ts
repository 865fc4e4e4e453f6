import { type CrawlSettings, defaultCrawlSettings } from "../crawl/settings.ts"
import type { Chain } from "../domain/chain.ts"
import type { VisitScope } from "../domain/visit.ts"
import { clientNameOf } from "./client-name.ts"
import { type ConnectionInput, storedConnection } from "./connection.ts"

/** The flags of what a crawl does, whoever begins it, and of who we are. */
export interface CrawlInput
  extends ConnectionInput, Pick<CrawlSettings, "maxEndpoints" | "concurrency" | "rate" | "peerRounds" | "allEndpoints" | "exclude" | "vantage">
{
  readonly fingerprint: CrawlSettings["fingerprint"] | null
  /** Regular without. */
  readonly visit?: VisitScope
  readonly contact: string | null
}

/** Real servers are given half an hour to forget the regular visit; simulated ones need none. */
export const usualFingerprint = (chain: Chain): CrawlSettings["fingerprint"] => chain.simulated ? "now" : "due"

/** The settings that the flags say, of a crawl that ends when it is complete. */
export const crawlSettingsOf = (chain: Chain, input: CrawlInput): CrawlSettings => ({
  ...defaultCrawlSettings,
  network: chain.name,
  maxEndpoints: input.maxEndpoints,
  concurrency: input.concurrency,
  rate: input.rate,
  peerRounds: input.peerRounds,
  allEndpoints: input.allEndpoints,
  visit: input.visit ?? "regular",
  // Who only maps the network leaves it at that.
  fingerprint: input.fingerprint ?? (input.visit === "topology" ? "off" : usualFingerprint(chain)),
  allowPrivate: input.allowPrivate,
  exclude: input.exclude,
  connection: storedConnection(input),
  vantage: input.vantage,
  clientName: clientNameOf(input.contact)
})

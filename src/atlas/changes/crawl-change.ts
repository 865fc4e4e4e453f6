import type { ServerRow } from "../shapes/server-row.ts"

/** What is compared of a server in one crawl. */
export interface ComparedServer {
  readonly row: ServerRow
  /** Its endpoints by key, `host:port:t`: the same in every database. */
  readonly endpoints: ReadonlyArray<string>
  /** SHA-256 of the public key that each endpoint showed, by endpoint; without those that software brings along. */
  readonly keys: ReadonlyMap<string, string>
  /** Every address dialled or resolved at that time, if servers can be there. Empty where a proxy keeps them to itself. */
  readonly addresses: ReadonlyArray<string>
}

/** One server and what changed about it. */
export interface ServerChange {
  readonly host: string
  readonly before: string | null
  readonly after: string | null
}

/** A crawl as one side of a comparison. */
export interface ComparedCrawl {
  readonly crawlId: number
  readonly startedAt: string
  readonly vantage: string
  /** Anything but `finished` did not look everywhere. */
  readonly state: string
  /** Ways the vantage had: ipv4, ipv6, tor, proxy. */
  readonly ways: ReadonlyArray<string>
  /** Servers that answered and are of the crawl's chain. */
  readonly answered: number
}

/** Servers that went from one software to another within the same day. Level: server. */
export interface UpgradedTogether {
  readonly before: string
  readonly after: string
  readonly hosts: ReadonlyArray<string>
  /** The first of them was last seen with the old one then, and the last of them first seen with the new one; ISO 8601, UTC. */
  readonly notBefore: string
  readonly notAfter: string
}

/** The kinds of change, in the order in which they are shown, with what each means. Level: server. */
export const changeKinds = [
  { key: "appeared", title: "Appeared", shows: "Answered now; none of their hosts was known before." },
  { key: "vanished", title: "Vanished", shows: "Answered before; nobody announces any of their hosts any more. That is not to say that they are off." },
  { key: "silent", title: "No longer answer us", shows: "Answered before, are still announced, and did not answer us now." },
  { key: "notSeen", title: "Not seen now", shows: "Answered before; whether they still do is not known: not tried, or failed on our side." },
  { key: "answersAgain", title: "Answer again", shows: "Known before without an answer, and answered now." },
  { key: "moved", title: "Moved", shows: "The same by name, onion or key, with no address in common." },
  { key: "renamed", title: "Renamed", shows: "The same by a key that nobody else showed, with no host in common." },
  { key: "keyChanged", title: "Changed their key", shows: "The same by name or onion at the same address, with another public key that nobody showed before: a renewal with a new key." },
  { key: "unclear", title: "Another key, for which there are innocent causes", shows: "A renewal, or another server at an address that changed hands; cannot be told." },
  { key: "regrouped", title: "Counted differently", shows: "Hosts that were one server's are now part of another, or the other way round." },
  { key: "softwareChanged", title: "Changed their software", shows: "Call themselves another software or version than before." },
  { key: "groupChanged", title: "Changed their group", shows: "Are in another operator group than before, in one where they were in none, or the other way round. Groups keep their numbers from crawl to crawl." }
] as const

export type ChangeKind = (typeof changeKinds)[number]["key"]

/** What changed between two crawls of one network. Level: server. */
export interface CrawlChange extends Readonly<Record<ChangeKind, ReadonlyArray<ServerChange>>> {
  readonly before: ComparedCrawl
  readonly after: ComparedCrawl
  /** What makes the two crawls differ beside what servers did, each a sentence. */
  readonly cautions: ReadonlyArray<string>
  /** Groups of two or more of `softwareChanged`. */
  readonly upgradedTogether: ReadonlyArray<UpgradedTogether>
}

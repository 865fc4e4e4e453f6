/** How often and from where one server was asked what it could have lied about. */
export interface ServerLooks {
  readonly serverId: number
  /** Connections on which it answered for a tip. */
  readonly tips: number
  /** Connections on which it answered for histories whose entries are known. */
  readonly histories: number
  /** Known histories asked for, at the most on one connection. */
  readonly scripts: number
  /** Further known histories, asked for once, in a deep visit. */
  readonly further: number
  /** Places it was looked at from. */
  readonly vantages: number
  readonly isSeenOnClearnet: boolean
  readonly isSeenOnOnion: boolean
  /** Series in which it was asked in the crawler's way and in the wallet's. */
  readonly series: number
  /** Requests of the longest connection. */
  readonly requests: number
}

/** A kind of lie, and the subtlest of it that this crawl could have seen. */
export interface LieReach {
  readonly lie: string
  /** Servers that were asked so that such a lie could show. */
  readonly servers: number
  /** The least share (of sessions, of clients) told which it would have shown with 95 % at the median of those servers; null where the lie has no share. */
  readonly leastShare: number | null
  /** What that means, in a sentence. */
  readonly statement: string
}

const median = (values: ReadonlyArray<number>): number =>
  values.length === 0 ? 0 : values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!

/**
 * A lie told on a share of connections shows on at least one of `looks` with
 * 95 % from this share on; 1 - 0.05^(1/looks). Null without any.
 */
export const leastShareSeen = (looks: number): number | null => looks < 1 ? null : 1 - 0.05 ** (1 / looks)

const percent = (share: number): string => `${Math.round(100 * share)} %`

/** What lies a crawl could have seen, by how its servers were asked; an honest "no lie found" says this with it. */
export const lieCoverage = (looks: ReadonlyArray<ServerLooks>): ReadonlyArray<LieReach> => {
  const some = (has: (one: ServerLooks) => boolean): ReadonlyArray<ServerLooks> => looks.filter(has)
  const [tips, histories] = [some((one) => one.tips > 0), some((one) => one.histories > 0)]
  const scripts = Math.max(0, ...looks.map((one) => one.scripts))
  const further = Math.max(0, ...looks.map((one) => one.further))
  const requests = median(histories.map((one) => one.requests))
  const shareOf = (asked: ReadonlyArray<ServerLooks>, count: (one: ServerLooks) => number): number | null => leastShareSeen(median(asked.map(count)))
  const oftenOf = (share: number | null): string => share === null ? "nobody was asked" : `told on ${percent(share)} of connections or more`
  const [tipShare, historyShare] = [shareOf(tips, (one) => one.tips), shareOf(histories, (one) => one.histories)]
  const elsewhere = some((one) => one.vantages > 1)
  const clientShare = shareOf(histories, (one) => one.vantages)
  const both = some((one) => one.isSeenOnClearnet && one.isSeenOnOnion)
  const twice = some((one) => one.series > 0)
  return [
    { lie: "another chain or tip", servers: tips.length, leastShare: tipShare, statement: `A tip that breaks the rules of work or checkpoints: ${oftenOf(tipShare)}.` },
    {
      lie: "a history left out or altered",
      servers: histories.length,
      leastShare: historyShare,
      statement: `Of ${scripts} scripts whose histories are known: ${oftenOf(historyShare)}. ${further === 0 ? "" : `Of ${further} more: told to a deep visit. `}Lies about any other script cannot be seen.`
    },
    {
      lie: "told to some clients only",
      servers: histories.length,
      leastShare: clientShare,
      statement: clientShare === null
        ? "Nobody was asked."
        : `Told to ${percent(clientShare)} of client addresses or more${elsewhere.length === 0 ? ": all was seen from one place" : ` (${elsewhere.length} servers were seen from several places)`}.`
    },
    {
      lie: "told after many requests",
      servers: histories.length,
      leastShare: null,
      statement: requests === 0 ? "Nobody was asked." : `Told within the first ${requests} requests of a connection, at the median server.`
    },
    { lie: "told on one network only", servers: both.length, leastShare: null, statement: `${both.length} servers were asked on clearnet and through Tor.` },
    {
      lie: "told where nobody looks who harms nobody",
      servers: 0,
      leastShare: null,
      statement: "By name, to wallets that say who they are; in answer to a payment that is broadcast; about scripts whose history is not known; after more requests than a visit makes. None of it can be seen, whoever tells it."
    },
    { lie: "told to who asks as wallets do", servers: twice.length, leastShare: null, statement: `${twice.length} servers were asked in the crawler's way and in the wallet's.` }
  ]
}

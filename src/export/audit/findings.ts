import type { AuditedEntry } from "./audit-list.ts"

/** What is to be said of an entry, in the order of a report. */
export const findingKinds = {
  "other chain": "serves another chain",
  "refused": "refused by the wallet's TLS rule",
  "did not answer us": "did not answer us",
  "same server": "another name of a server that is in the list already",
  "same operator": "probably one operator with another entry",
  "no TLS": "has no TLS port: the wallet does not use it by default",
  "not looked at": "could not be looked at from our vantage",
  "not known": "not known to any crawl of this network"
} as const
export type FindingKind = keyof typeof findingKinds

export interface Finding {
  readonly kind: FindingKind
  readonly host: string
  readonly detail: string
  /** The patch takes the entry out. */
  readonly out: boolean
}

export interface AuditRules {
  /** Crawls that have to have looked in vain before the patch takes an entry out. */
  readonly deadAfter: number
  /** The patch leaves one entry for each probable operator, the least suspicious, else the first, and so for each server. */
  readonly onePerOperator: boolean
}

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

const unanswered = (entry: AuditedEntry, { deadAfter }: AuditRules): Finding => {
  const enough = entry.crawlsLooked >= deadAfter
  return {
    kind: "did not answer us",
    host: entry.host,
    detail: `in ${times(entry.crawlsLooked, "crawl")} of ${entry.crawlsLooked} that looked${entry.reason === null ? "" : ` (${entry.reason})`}` +
      (enough ? "" : `; ${deadAfter} are needed before the patch takes it out`),
    out: enough
  }
}

/** Which of a group stays: a group may be wrong, and then the entry that broke no rule is the one to keep. */
const kept = (group: ReadonlyArray<AuditedEntry>): AuditedEntry =>
  group.reduce((best, entry) => (entry.score ?? 0) < (best.score ?? 0) ? entry : best)

/** What crawls have to say of the entries of a list; nothing of those that are well. */
export const findingsOf = (entries: ReadonlyArray<AuditedEntry>, rules: AuditRules): ReadonlyArray<Finding> => {
  const groups = Map.groupBy(entries.filter(({ clusterId }) => clusterId !== null), ({ clusterId }) => clusterId!)
  const servers = Map.groupBy(entries.filter(({ serverId }) => serverId !== null), ({ serverId }) => serverId!)
  return entries.flatMap((entry): ReadonlyArray<Finding> => {
    const { clusterId, crawlsAnswered, crawlsKnown, crawlsLooked, groupPosterior, host, otherChain, refused, serverId, tlsPort } = entry
    if (crawlsKnown === 0) return [{ kind: "not known", host, detail: "add it to the seeds of a crawl", out: false }]
    const names = (serverId === null ? [] : servers.get(serverId)!)
    const aliases = names.filter((other) => other.host !== host)
    // Names of one server are said to be that; only other servers can probably be of one operator.
    const others = (clusterId === null ? [] : groups.get(clusterId)!).filter((other) => other.serverId !== serverId)
    const stays = clusterId === null || kept(groups.get(clusterId)!).host === host
    return [
      ...(otherChain === null ? [] : [{ kind: "other chain" as const, host, detail: otherChain, out: true }]),
      ...(refused === null ? [] : [{ kind: "refused" as const, host, detail: refused, out: true }]),
      ...(crawlsLooked === 0
        ? [{ kind: "not looked at" as const, host, detail: entry.reason ?? "not visited", out: false }]
        : crawlsAnswered === 0 && otherChain === null
        ? [unanswered(entry, rules)]
        : []),
      ...(aliases.length === 0 ? [] : [{
        kind: "same server" as const,
        host,
        detail: `as ${aliases.map((other) => other.host).join(", ")}: one server, by hosts that claim each other or by the same service in the same minute`,
        out: rules.onePerOperator && kept(names).host !== host
      }]),
      ...(others.length === 0 ? [] : [{
        kind: "same operator" as const,
        host,
        detail: `with ${others.map((other) => other.host).join(", ")}: group ${clusterId}${groupPosterior === null ? "" : ` (p = ${groupPosterior.toFixed(3)} for the whole group)`}`,
        out: rules.onePerOperator && !stays
      }]),
      ...(tlsPort === null ? [{ kind: "no TLS" as const, host, detail: "clear text only", out: false }] : [])
    ]
  })
}

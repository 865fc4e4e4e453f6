import { type Endpoint, endpointKey } from "../domain/endpoint.ts"
import type { DueCandidate } from "../domain/probe-due.ts"
import type { Server } from "../domain/server.ts"
import type { CrawlId, ProbeDueFact } from "../store/facts.ts"

/** A deep visit comes this long after the regular one, at the earliest: ElectrumX has then forgotten it (2 units a second). */
export const deepDelayMs = 30 * 60_000

/** A server has at most one deep visit in this time. */
export const deepIntervalMs = 24 * 3_600_000

export interface DeepSchedule {
  readonly crawlId: CrawlId
  readonly network: string
  readonly at: number
  /** Milliseconds from the regular visit to the deep one; `deepDelayMs` on real networks. */
  readonly delayMs: number
}

/** Endpoints in the order in which they are chosen: those that take long last. */
const byEffort = (a: DueCandidate, b: DueCandidate): number => {
  const onion = Number(a.endpoint.networkClass === "onion") - Number(b.endpoint.networkClass === "onion")
  if (onion !== 0) return onion
  return endpointKey(a.endpoint) < endpointKey(b.endpoint) ? -1 : 1
}

/**
 * What becomes due at the end of a crawl: for every server of its chain that
 * answered, one endpoint. A server for which something is due already keeps
 * that, one endpoint of it if several were due, because it was not known that
 * they are one server; one that had its deep visit gets the next a day later.
 */
export const deepVisitsDue = (
  servers: ReadonlyArray<Server>,
  candidates: ReadonlyArray<DueCandidate>,
  { at, crawlId, delayMs, network }: DeepSchedule
): ReadonlyArray<ProbeDueFact> => {
  const byKey = new Map(candidates.map((candidate) => [endpointKey(candidate.endpoint), candidate]))
  const change = (
    endpoint: Endpoint,
    state: ProbeDueFact["state"],
    dueAt: number,
    detail: string | null
  ): ProbeDueFact => ({ _tag: "probe due", kind: "deep", endpoint, follows: crawlId, state, dueAt, detail, at })

  return servers.flatMap((server): ReadonlyArray<ProbeDueFact> => {
    if (!server.confirmed || server.chain !== network) return []
    const members = server.endpoints.flatMap(({ endpoint }) => byKey.get(endpointKey(endpoint)) ?? []).toSorted(byEffort)
    const [kept, ...others] = members.filter(({ dueAt }) => dueAt !== null).toSorted((a, b) => a.dueAt! - b.dueAt!)
    if (kept !== undefined) {
      return others.map(({ dueAt, endpoint }) => change(endpoint, "dropped", dueAt!, "another endpoint of its server is due"))
    }
    const chosen = members.find(({ answeredAt }) => answeredAt !== null)
    if (chosen === undefined) return []
    const done = Math.max(...members.map(({ doneAt }) => doneAt ?? Number.NEGATIVE_INFINITY))
    return [change(chosen.endpoint, "due", Math.max(chosen.answeredAt! + delayMs, done + deepIntervalMs), null)]
  })
}

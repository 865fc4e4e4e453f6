import type { Visit } from "../domain/visit.ts"
import type { KnownEndpoint } from "../store/store.ts"

/** Counts of one run, level: visits (one visit is one endpoint). */
export class Tally {
  visits = 0
  answered = 0
  failed = 0
  excluded = 0
  /** What this vantage lacked, with the number of endpoints not dialled for it. */
  readonly lacks = new Map<string, number>()
  readonly reasons = new Map<string, number>()
  #conclusive = 0
  #proxySilences = 0

  add(visit: Visit): void {
    this.visits++
    this.#count(visit.outcome, visit.reason)
    // Only these can come from a machine without any network, or with a proxy that is not there.
    const inconclusive = ["dns", "us", "proxy"].includes(visit.reason ?? "") ||
      (visit.reason === "unreachable" && visit.dial.via === "direct")
    if (!inconclusive) this.#conclusive++
    // Codes that a proxy gives are about the target; everything else of this reason is about the proxy.
    const proxyIsSilent = visit.reason === "proxy" && !(visit.detail ?? "").startsWith("SOCKS")
    this.#proxySilences = proxyIsSilent ? this.#proxySilences + 1 : 0
    if (proxyIsSilent) this.addLack(visit.detail ?? "proxy")
  }

  /** Takes in the visits of an unfinished crawl, which belong to its counts. */
  restore(known: ReadonlyArray<KnownEndpoint>): void {
    for (const { outcome, visitReason } of known) {
      if (outcome === null) continue
      this.#conclusive++
      this.#count(outcome, visitReason)
    }
  }

  #count(outcome: Visit["outcome"], reason: Visit["reason"]): void {
    if (outcome === "answered") this.answered++
    else this.failed++
    if (reason !== null) increment(this.reasons, reason)
  }

  /** So many visits in a row found the proxy itself silent that it must be gone. */
  get proxyIsLost(): boolean {
    return this.#proxySilences >= 10
  }

  get looksOffline(): boolean {
    return this.#conclusive === 0 && this.visits + this.lacks.size > 0
  }

  /** The most frequent lack, null when there was none. */
  get lack(): string | null {
    return byFrequency(this.lacks)[0]?.[0] ?? null
  }

  addLack(detail: string): void {
    increment(this.lacks, detail)
  }

  byReason(): Array<readonly [string, number]> {
    return byFrequency(this.reasons)
  }
}

const increment = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** Counts by name, most frequent first. */
export const byFrequency = (counts: ReadonlyMap<string, number>): Array<readonly [string, number]> =>
  [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))

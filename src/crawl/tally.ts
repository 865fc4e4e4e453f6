import type { Visit } from "../domain/visit.ts"

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

  add(visit: Visit): void {
    this.visits++
    if (visit.outcome === "answered") this.answered++
    else this.failed++
    if (visit.reason !== null) this.reasons.set(visit.reason, (this.reasons.get(visit.reason) ?? 0) + 1)
    // Only these can come from a machine without any network.
    if (!["dns", "us", "unreachable"].includes(visit.reason ?? "")) this.#conclusive++
  }

  get looksOffline(): boolean {
    return this.#conclusive === 0 && this.visits + this.lacks.size > 0
  }

  /** The most frequent lack, null when there was none. */
  get lack(): string | null {
    return byFrequency(this.lacks)[0]?.[0] ?? null
  }

  addLack(detail: string): void {
    this.lacks.set(detail, (this.lacks.get(detail) ?? 0) + 1)
  }

  byReason(): Array<readonly [string, number]> {
    return byFrequency(this.reasons)
  }
}

/** Counts by name, most frequent first. */
export const byFrequency = (counts: ReadonlyMap<string, number>): Array<readonly [string, number]> =>
  [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))

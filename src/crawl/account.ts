import type { VisitReason } from "../domain/reason.ts"

/** ElectrumX forgets so many units a second, of all that a client owes it together (protocol-facts section 7.1). */
export const recoveryPerSecond = 2

/** What is left after some time of what was owed. */
export const recovered = (balance: number, fromMs: number, toMs: number): number =>
  Math.max(0, balance - (Math.max(0, toMs - fromMs) / 1000) * recoveryPerSecond)

/** What one visit cost, in ElectrumX's units, and when it was over. */
interface Booking {
  readonly at: number
  readonly units: number
}

/**
 * What a server may have on its books for us, over all its hosts. Kept as
 * bookings, because it is often found late that two hosts are one server: books
 * kept apart until then each forgot what their server forgets once.
 */
export class Account {
  readonly #bookings: Array<Booking> = []
  #sorted = true
  #balance = 0
  #at = Number.NEGATIVE_INFINITY
  /** What visits under way may cost. */
  underWay = 0
  backOffUntil: number | null = null
  backOffReason: VisitReason | null = null

  add(units: number, at: number): void {
    this.#bookings.push({ at, units })
    if (!this.#sorted || at < this.#at) this.#sorted = false
    else this.#book(units, at)
  }

  /** From now on this account is the other's too. */
  absorb(other: Account): void {
    for (const booking of other.#bookings) this.#bookings.push(booking)
    this.#sorted = false
    this.underWay += other.underWay
    this.keepAway(other.backOffUntil, other.backOffReason)
  }

  /** The later of two back-offs counts. */
  keepAway(until: number | null, reason: VisitReason | null): void {
    if (until === null || until <= (this.backOffUntil ?? 0)) return
    this.backOffUntil = until
    this.backOffReason = reason
  }

  /** Units probably still owed, those of visits under way with them. */
  balance(now: number): number {
    if (!this.#sorted) {
      this.#balance = 0
      for (const { at, units } of this.#bookings.sort((a, b) => a.at - b.at)) this.#book(units, at)
      this.#sorted = true
    }
    return recovered(this.#balance, this.#at, now) + this.underWay
  }

  #book(units: number, at: number): void {
    this.#balance = recovered(this.#balance, this.#at, at) + units
    this.#at = at
  }
}

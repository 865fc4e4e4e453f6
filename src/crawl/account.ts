import type { VisitReason } from "../domain/reason.ts"

/** ElectrumX forgets so many units a second, of all that a client owes it together (protocol-facts section 7.1). */
export const recoveryPerSecond = 2

/** What is left after some time of what was owed. */
export const recovered = (balance: number, fromMs: number, toMs: number): number =>
  Math.max(0, balance - (Math.max(0, toMs - fromMs) / 1000) * recoveryPerSecond)

/** Older bookings than this are forgotten: an hour is enough for 7,200 units. Servers are also known anew from no more, see `hostCosts`. */
const keptMs = 3_600_000

/** Bookings are gone through so seldom. */
const manyBookings = 64

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
  #bookings: Array<Booking> = []
  /** When so many are there, old ones are left out. */
  #room = manyBookings
  #sorted = true
  #balance = 0
  #at = Number.NEGATIVE_INFINITY
  /** What visits under way may cost. */
  underWay = 0
  backOffUntil: number | null = null
  backOffReason: VisitReason | null = null

  add(units: number, at: number): void {
    // A server has one in most crawls, and an array that grew has room for 17.
    if (this.#bookings.length === 0) this.#bookings = [{ at, units }]
    else this.#bookings.push({ at, units })
    if (this.#bookings.length > this.#room) {
      this.#bookings = this.#bookings.filter((booking) => booking.at > at - keptMs)
      this.#room = Math.max(manyBookings, 2 * this.#bookings.length)
    }
    if (!this.#sorted || at < this.#at) this.#sorted = false
    else this.#book(units, at)
  }

  /** How many visits it remembers. */
  get size(): number {
    return this.#bookings.length
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

  /** A back-off that begins now: none that was right ends later. */
  beginBackOff(until: number, reason: VisitReason | null): void {
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

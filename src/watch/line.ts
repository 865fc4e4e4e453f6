import type { Answering } from "../domain/watch.ts"

/** Fewer servers say nothing about what they have in common. */
const leastFallen = 4

/** Of those that answered, this share has to fall silent before anybody answers again. */
const fallenShare = 0.5

/**
 * Our own line, as far as it shows while a watch runs: it was down where most of
 * those that answered fell silent and nobody answered meanwhile. What it was in truth
 * is worked out later, from all looks (`wideOutages`); this is only for asking anew,
 * soon after it is back, those whom we could not have reached.
 */
export class Line {
  readonly #states = new Map<string, Answering>()
  /** Servers that answered before and did not since anybody answered, in the order in which they fell. */
  readonly #fallen = new Set<string>()
  /** When the first of them fell. */
  #fallenSince = 0

  /**
   * Takes a look at a server. If by it our line turns out to be back: since when it
   * was down, by the first look that failed.
   *
   * @param at milliseconds since 1970
   */
  saw(server: string, state: Answering, at: number): number | null {
    const before = this.#states.get(server)
    this.#states.set(server, state)
    if (state !== "up") {
      if (before !== "up") return null
      if (this.#fallen.size === 0) this.#fallenSince = at
      this.#fallen.add(server)
      return null
    }
    const fallen = this.#fallen.size
    const standing = this.#states.entries().reduce((count, [key, it]) => count + (it === "up" && key !== server ? 1 : 0), 0)
    this.#fallen.clear()
    return fallen >= leastFallen && fallen >= fallenShare * (fallen + standing) ? this.#fallenSince : null
  }

  /** A server that is not watched any more. */
  forget(server: string): void {
    this.#states.delete(server)
    this.#fallen.delete(server)
  }
}

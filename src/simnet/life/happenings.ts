/** Something that changed in the simulated world, for tests and for people who look at it. */
export interface Happening {
  /** Milliseconds since 1970 in the simulated world. */
  readonly at: number
  readonly what: "down" | "up" | "restart" | "upgrade" | "move" | "renewal" | "our line down" | "our line up"
  /** Null: it is about our own line. */
  readonly server: string | null
  /** The failure, the new software, or the new addresses. */
  readonly detail: string | null
}

/** The last happenings, oldest first. */
export class Happenings {
  readonly #most: number
  #all: Array<Happening> = []

  constructor(most = 100_000) {
    this.#most = most
  }

  add(happening: Happening): void {
    this.#all.push(happening)
    if (this.#all.length > 2 * this.#most) this.#all = this.#all.slice(-this.#most)
  }

  all(): ReadonlyArray<Happening> {
    return this.#all.slice(-this.#most)
  }
}

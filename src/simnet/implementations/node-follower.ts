import type { Backend } from "../world/backend.ts"
import type { WorldClock } from "../world/world-clock.ts"

/** What a server learned from its node. */
export interface News {
  /** The node's best block is another one. */
  readonly tip: boolean
  /** Scripthashes whose history changed. */
  readonly scripthashes: ReadonlySet<string>
}

/** Simulated milliseconds from a change at the node until the server knows, given the world's time. */
export interface Waits {
  readonly tip: (now: number) => number
  readonly mempool: (now: number) => number
}

/** Milliseconds until the next tick of a clock with that period, which ticked at `phase`. */
export const untilTick = (now: number, period: number, phase: number): number =>
  period - ((((now - phase) % period) + period) % period)

/**
 * A server's view of its node: it polls, or is told late, so its tip lags by
 * seconds and several changes in between are one. No timer runs while nobody
 * listens.
 */
export class NodeFollower {
  readonly #backend: Backend
  readonly #clock: WorldClock
  readonly #waits: Waits
  readonly #listeners = new Set<(news: News) => void>()
  readonly #detach: ReadonlyArray<() => void>
  #tipHeight: number
  #tipDue: number | null = null
  #mempoolDue: number | null = null
  #touched = new Set<string>()
  #cancel: (() => void) | undefined

  constructor(backend: Backend, clock: WorldClock, waits: Waits) {
    this.#backend = backend
    this.#clock = clock
    this.#waits = waits
    this.#tipHeight = backend.tipHeight
    this.#detach = [backend.onTip(() => this.#tipChanged()), backend.onMempool((hashes) => this.#mempoolChanged(hashes))]
  }

  /** The height of the best block that the server knows. */
  get tipHeight(): number {
    this.#settle()
    return Math.min(this.#tipHeight, this.#backend.tipHeight)
  }

  /** Be told from now on. The result stops it. */
  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener)
    this.#arm()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#disarm()
    }
  }

  /** Leave the node. */
  stop(): void {
    for (const detach of this.#detach) detach()
    this.#listeners.clear()
    this.#disarm()
  }

  #tipChanged(): void {
    this.#settle()
    const now = this.#clock.now()
    this.#tipDue ??= now + this.#waits.tip(now)
    this.#arm()
  }

  #mempoolChanged(hashes: ReadonlySet<string>): void {
    this.#settle()
    if (this.#listeners.size === 0) return
    for (const hash of hashes) this.#touched.add(hash)
    const now = this.#clock.now()
    this.#mempoolDue ??= now + this.#waits.mempool(now)
    this.#arm()
  }

  /** A change of the tip takes what it brought for scripts with it. */
  get #due(): number | null {
    return this.#tipDue ?? this.#mempoolDue
  }

  #arm(): void {
    this.#disarm()
    if (this.#listeners.size > 0 && this.#due !== null) this.#cancel = this.#clock.at(this.#due, () => this.#settle())
  }

  #disarm(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #settle(): void {
    if (this.#due === null || this.#clock.now() < this.#due) return
    const news: News = { tip: this.#tipDue !== null, scripthashes: this.#touched }
    this.#tipDue = null
    this.#mempoolDue = null
    this.#touched = new Set()
    this.#tipHeight = this.#backend.tipHeight
    this.#disarm()
    for (const listener of this.#listeners) listener(news)
  }
}

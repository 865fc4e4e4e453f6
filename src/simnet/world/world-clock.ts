import { type Due, DueQueue } from "./due-queue.ts"

/** How a world's time passes. */
export interface WorldClockOptions {
  /** Where the world's time begins: milliseconds since 1970. */
  readonly epoch: number
  /** Simulated milliseconds per real one; 0 = time moves by `advance` only. */
  readonly scale: number
  /** Milliseconds of a real, steady clock. */
  readonly realNow?: () => number
}

/** `setTimeout` takes no more. */
const longestTimer = 2 ** 31 - 1

/**
 * The time of the simulated world. It stands at its epoch until `start`, so
 * that whatever is planned before does not depend on the machine. Only what is
 * slow runs on it (blocks, restarts, upgrades, outages); delays on the wire are
 * real. Its timer never keeps the process alive.
 */
export class WorldClock {
  readonly epoch: number
  readonly scale: number
  readonly #realNow: () => number
  /** Time that passed in earlier runs and by `advance`. */
  #passed = 0
  #started: number | null = null
  readonly #due = new DueQueue()
  #order = 0
  #timer: NodeJS.Timeout | undefined
  /** While acts run: the time of the one that runs. */
  #acting: number | null = null

  constructor(options: WorldClockOptions) {
    this.epoch = options.epoch
    this.scale = options.scale
    this.#realNow = options.realNow ?? (() => performance.now())
  }

  /** Milliseconds since 1970 in the simulated world; inside an act the time it was due at. */
  now(): number {
    return this.#acting ?? this.#free()
  }

  /** Let time pass. */
  start(): void {
    this.#started ??= this.#realNow()
    this.#arm()
  }

  /** Let time stand still; nothing becomes due until the next `start` or `advance`. */
  stop(): void {
    this.#passed = this.#free() - this.epoch
    this.#started = null
    clearTimeout(this.#timer)
  }

  /** Move time forward by simulated milliseconds, doing what falls due on the way in order. */
  advance(milliseconds: number): void {
    const until = this.#free() + milliseconds
    this.#run(until)
    this.#passed += milliseconds
    this.#arm()
  }

  /** Do something at a time of the world, at once if that has passed. The result cancels it. */
  at(time: number, act: () => void): () => void {
    const entry: Due = { time: Math.max(time, this.now()), order: this.#order++, act }
    this.#due.add(entry)
    if (this.#due.first() === entry) this.#arm()
    return () => {
      entry.act = null
    }
  }

  /** Do something after simulated milliseconds. The result cancels it. */
  later(milliseconds: number, act: () => void): () => void {
    return this.at(this.now() + milliseconds, act)
  }

  #free(): number {
    const running = this.#started === null ? 0 : (this.#realNow() - this.#started) * this.scale
    return this.epoch + this.#passed + running
  }

  #run(until: number): void {
    if (this.#acting !== null) return
    try {
      for (let next = this.#due.first(); next !== undefined && next.time <= until; next = this.#due.first()) {
        this.#due.shift()
        this.#acting = next.time
        next.act!()
      }
    } finally {
      this.#acting = null
    }
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const next = this.#due.first()
    if (this.#started === null || this.scale <= 0 || next === undefined || this.#acting !== null) return
    const wait = Math.ceil((next.time - this.#free()) / this.scale)
    this.#timer = setTimeout(
      () => {
        this.#run(this.#free())
        this.#arm()
      },
      Math.min(longestTimer, Math.max(0, wait))
    ).unref()
  }
}

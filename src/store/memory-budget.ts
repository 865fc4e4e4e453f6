import { mebibyte } from "../domain/bytes.ts"
import { collectAll } from "./collect-garbage.ts"

/** What a crawl should take at its most, in memory of the process: below 300 MB are promised for 10,000 endpoints. */
const budget = 290 * mebibyte

/** What some steps of a crawl take beyond that for a moment, as crawls of 10,000 endpoints do. */
export const momentary = { checkpoint: 32 * mebibyte, copy: 45 * mebibyte, joining: 55 * mebibyte } as const

/** By so much V8's heap must have grown before it is collected again: where that does not help, it is not tried each time. */
const worthCollecting = 16 * mebibyte

/** What a process has, and how it gets rid of garbage; for tests. */
export interface ProcessMemory {
  /** Bytes of the process that are in memory. */
  readonly resident: () => number
  /** Bytes that V8's heap has from the system. */
  readonly heap: () => number
  /** Collects garbage, and gives the system back what is free. */
  readonly collect: () => void
}

/**
 * The one place that says how roomy a crawl may be. What makes it quicker takes what is left of
 * a budget, so a small crawl has plenty and a large one little. What is looked at is the size of the
 * process, whoever takes it: V8, DuckDB, OpenSSL.
 */
export interface MemoryBudget {
  /** Bytes that may be taken for long, so that a copy still fits beside them; 0 where memory is short. */
  readonly left: () => number
  /** Before something that takes so many bytes for a moment: collects garbage where they would not fit. That takes a tenth of a second. */
  readonly makeRoom: (bytes: number) => void
}

const thisProcess: ProcessMemory = {
  resident: () => process.memoryUsage.rss(),
  heap: () => process.memoryUsage().heapTotal,
  collect: collectAll
}

export const makeMemoryBudget = ({ collect, heap, resident }: ProcessMemory): MemoryBudget => {
  let heapThen = 0
  return {
    left: () => Math.max(0, budget - momentary.copy - resident()),
    makeRoom: (bytes) => {
      if (resident() + bytes <= budget || heap() - heapThen < worthCollecting) return
      collect()
      heapThen = heap()
    }
  }
}

/** Of this process. */
export const memoryBudget = makeMemoryBudget(thisProcess)

import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Effect } from "effect"

/** Bytes of V8's heap below which it is left alone: a smaller crawl is done before it matters. */
const enough = 300_000_000

/** V8's own function, which it hides unless it is told not to. */
const collector = (): (() => void) => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  setFlagsFromString("--no-expose-gc")
  return collect
}

/**
 * Collects what a part of an analysis left behind before the next one begins. V8
 * would let a gigabyte of it stand while threads beside it need theirs; this
 * takes some tenths of a second. Of this thread's own heap.
 */
export const spareHeapNow = (): void => {
  if (process.memoryUsage().heapUsed > enough) collector()()
}

/** The same as an effect. */
export const spareHeap: Effect.Effect<void> = Effect.sync(spareHeapNow)

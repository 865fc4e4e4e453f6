import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

interface Collection {
  readonly type: "major"
  readonly execution: "sync"
  readonly flavor: "regular" | "last-resort"
}

/** V8's own function, which it hides unless it is told not to. */
const collector = (): ((collection: Collection) => void) => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as (collection: Collection) => void
  setFlagsFromString("--no-expose-gc")
  return collect
}

/**
 * Collects what a part of the work left behind in this thread's heap, where V8 would let it
 * stand, before something begins that needs memory outside of it. Takes some tenths of a second for a large heap.
 *
 * @param enough bytes of V8's heap below which it is left alone
 */
export const collectFrom = (enough: number): void => {
  if (process.memoryUsage().heapUsed > enough) collector()({ type: "major", execution: "sync", flavor: "regular" })
}

/** Collects garbage of this thread's heap as V8 does before it would give up: what is free goes back to the system at once, the young generation's too. */
export const collectAll = (): void => collector()({ type: "major", execution: "sync", flavor: "last-resort" })

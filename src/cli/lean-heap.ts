import { PerformanceObserver } from "node:perf_hooks"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { Effect, type Scope } from "effect"

/** Bytes of V8's young generation, both halves, from which on it grows no more: it is doubled, so it ends at 16 MB. */
const enoughYoung = 12_000_000

/** How much the old generation may grow beyond what lives, in per cent, before it is collected. */
const growingPercent = 50

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.physical_space_size ?? 0

/**
 * Collects garbage sooner until the scope closes: for what runs for hours and
 * keeps little. V8 would let a crawl that needs 60 MB take 350, a third of it for
 * a young generation of 130 MB whose objects nobody needs any more; this costs
 * some 5 % more processor time. The flags are the process's: analysis, which is
 * better off with a large young generation, comes after.
 */
export const leanHeap: Effect.Effect<void, never, Scope.Scope> = Effect.asVoid(Effect.acquireRelease(
  Effect.sync(() => {
    setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
    const observer = new PerformanceObserver(() => {
      if (youngBytes() < enoughYoung) return
      setFlagsFromString("--semi-space-growth-factor=1")
      observer.disconnect()
    })
    observer.observe({ entryTypes: ["gc"] })
    return observer
  }),
  (observer) => Effect.sync(() => {
    observer.disconnect()
    // What V8 begins with.
    setFlagsFromString("--semi-space-growth-factor=2")
    setFlagsFromString("--heap-growing-percent=0")
  })
))

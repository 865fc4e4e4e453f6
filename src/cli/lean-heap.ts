import { PerformanceObserver } from "node:perf_hooks"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { Effect, type Scope } from "effect"
import { memoryBudget } from "../store/memory-budget.ts"

/** Bytes of V8's young generation, both halves, from which on it grows no more: it is doubled, so it ends at 16 MB. */
const enoughYoung = 12_000_000

/** How much the old generation may grow beyond what lives, in per cent, before it is collected: by what is left of the memory budget, within these. */
const growingPercent = { least: 50, most: 100 }

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.physical_space_size ?? 0

/** In steps of ten, so that V8 need not be told each time. */
const percentNow = (): number => {
  const left = 10 * Math.floor(10 * memoryBudget.left() / process.memoryUsage().heapUsed)
  return Math.min(growingPercent.most, Math.max(growingPercent.least, left))
}

/** A flag of V8 that is told to it when it changes. `usual`: what V8 begins with. */
const flag = (name: string, usual: number) => {
  let told = usual
  return (value: number): void => {
    if (value === told) return
    setFlagsFromString(`--${name}=${value}`)
    told = value
  }
}

/**
 * Collects garbage sooner until the scope closes: for what runs for hours and
 * keeps little. V8 would let a crawl that needs 60 MB take 350, a third of it for
 * a young generation of 130 MB whose objects nobody needs any more; this costs
 * some 5 % more processor time, less while the process is small. The flags are the process's: analysis, which is
 * better off with a large young generation, comes after.
 */
export const leanHeap: Effect.Effect<void, never, Scope.Scope> = Effect.asVoid(Effect.acquireRelease(
  Effect.sync(() => {
    const growOldBy = flag("heap-growing-percent", 0)
    const growYoungBy = flag("semi-space-growth-factor", 2)
    // Not once and for all: where all is collected, the young generation begins small again.
    const decide = (): void => {
      growOldBy(percentNow())
      growYoungBy(youngBytes() < enoughYoung ? 2 : 1)
    }
    decide()
    const observer = new PerformanceObserver(decide)
    observer.observe({ entryTypes: ["gc"] })
    return () => {
      observer.disconnect()
      growOldBy(0)
      growYoungBy(2)
    }
  }),
  (asUsual) => Effect.sync(asUsual)
))

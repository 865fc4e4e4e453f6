import type { Effect, Semaphore } from "effect"
import type { SharedPoliteness } from "../crawl/politeness.ts"
import type { Exclusions } from "../domain/exclusions.ts"
import type { Chain } from "../domain/chain.ts"
import type { Fact } from "../store/facts.ts"
import type { StoreError } from "../store/store-error.ts"
import type { WatchSettings } from "./settings.ts"
import type { TimeScale } from "./time-scale.ts"

/** What all parts of a running watch have in common. */
export interface WatchContext {
  readonly chain: Chain
  readonly clientName: string
  readonly exclusions: Exclusions
  readonly settings: WatchSettings
  readonly runId: number
  readonly time: TimeScale
  /** The steady clock when the run began, in nanoseconds. */
  readonly steadyStart: bigint
  readonly shared: SharedPoliteness
  /** Connections made at a time. */
  readonly connections: Semaphore.Semaphore
  /** Stores facts with the daily crawl of now, all of them or none. */
  readonly record: (facts: ReadonlyArray<Fact>) => Effect.Effect<void, StoreError>
}

import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { scaledClock, sleepUntil, type TimeScale } from "../../src/watch/time-scale.ts"

const time: TimeScale = { anchor: 1_000_000, scale: 100 }

const scaled = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.Clock, (beneath) => Effect.provideService(effect, Clock.Clock, scaledClock(beneath, time)))

describe("a time scale", () => {
  it.effect("makes stamps pass faster from its anchor on, and leaves what is measured and waited on the wire as it is", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_500)
      const both = scaled(Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos]))
      const [at, steady] = yield* both
      assert.strictEqual(at, 1_050_000)
      const timeout = yield* Effect.forkChild(scaled(Effect.sleep(10_000)))
      yield* TestClock.adjust(9_999)
      assert.isUndefined(timeout.pollUnsafe())
      yield* TestClock.adjust(1)
      yield* Fiber.join(timeout)
      const [later, steadyLater] = yield* both
      assert.strictEqual(later - at, 1_000_000)
      assert.strictEqual(Number(steadyLater - steady) / 1e6, 10_000)
    }))

  it.effect("makes intervals of the stamps short: a quarter of an hour is over after nine seconds", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const waiting = yield* Effect.forkChild(scaled(sleepUntil(time, 1_000_000 + 15 * 60_000)))
      yield* TestClock.adjust(8_999)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust(1)
      yield* Fiber.join(waiting)
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { realTime, scaledClock, sleepUntil, type TimeScale } from "../../src/watch/time-scale.ts"

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

  it.effect("never ends an interval before its time, though a timer may fire a millisecond early", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const early = (beneath: Clock.Clock): Clock.Clock => Object.create(beneath, {
        sleep: { value: (duration: Duration.Duration) => beneath.sleep(Duration.millis(Math.max(1, Duration.toMillis(duration) - 1))) }
      }) as Clock.Clock
      const due = 1_000_000 + 15 * 60_000
      const beneath = yield* Clock.Clock
      const waiting = yield* Effect.forkChild(Effect.andThen(sleepUntil(time, due), Clock.currentTimeMillis).pipe(
        Effect.provideService(Clock.Clock, scaledClock(early(beneath), time))
      ))
      yield* TestClock.adjust(9_100)
      assert.isAtLeast(yield* Fiber.join(waiting), due)
    }))

  it.effect("wakes at most as late as it meant to where somebody sets the date back, and soon where the machine slept", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const beneath = yield* Clock.Clock
      let setBy = 0
      const set: Clock.Clock = Object.create(beneath, {
        currentTimeMillisUnsafe: { value: () => beneath.currentTimeMillisUnsafe() + setBy }
      }) as Clock.Clock
      const sleeping = () => Effect.forkChild(sleepUntil(realTime, set.currentTimeMillisUnsafe() + 15 * 60_000).pipe(Effect.provideService(Clock.Clock, set)))
      const back = yield* sleeping()
      yield* TestClock.adjust(60_000)
      setBy = -24 * 3_600_000
      yield* TestClock.adjust(14 * 60_000)
      assert.isUndefined(back.pollUnsafe())
      yield* TestClock.adjust(1_000)
      yield* Fiber.join(back)
      const asleep = yield* sleeping()
      yield* TestClock.adjust(30_000)
      setBy += 3_600_000
      yield* TestClock.adjust(30_000)
      yield* Fiber.join(asleep)
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scheduler, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Deadline, Deadlines } from "../../src/transport/deadline.ts"

/** A deadline and the names of those that have passed, in order. */
const watched = Effect.gen(function*() {
  const deadline = yield* Deadline.make
  const passed: Array<string> = []
  return { deadline, passed, set: (ms: number, name: string) => deadline.set(ms, () => passed.push(name)) }
})

describe("a deadline", () => {
  it.effect("passes once, not before its time", () =>
    Effect.gen(function*() {
      const { passed, set } = yield* watched
      yield* set(100, "first")
      yield* TestClock.adjust(99)
      assert.deepStrictEqual(passed, [])
      yield* TestClock.adjust(1)
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(passed, ["first"])
    }))

  it.effect("does not pass when it was cleared, or when another was set", () =>
    Effect.gen(function*() {
      const { deadline, passed, set } = yield* watched
      yield* set(100, "cleared")
      deadline.clear()
      yield* TestClock.adjust(500)
      yield* set(100, "replaced")
      yield* TestClock.adjust(50)
      yield* set(100, "kept")
      yield* TestClock.adjust(99)
      assert.deepStrictEqual(passed, [])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(passed, ["kept"])
    }))

  it.effect("passes in time when an earlier one is set while a later one is slept for", () =>
    Effect.gen(function*() {
      const { passed, set } = yield* watched
      yield* set(10_000, "late")
      yield* TestClock.adjust(10)
      yield* set(20, "early")
      yield* TestClock.adjust(20)
      assert.deepStrictEqual(passed, ["early"])
      yield* set(5, "next")
      yield* TestClock.adjust(5)
      yield* TestClock.adjust(20_000)
      assert.deepStrictEqual(passed, ["early", "next"])
    }))

  it.effect("of nothing passes at once", () =>
    Effect.gen(function*() {
      const { passed, set } = yield* watched
      yield* set(0, "now")
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(passed, ["now"])
    }))

  it.effect("is forgotten when its scope closes", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { passed, set } = yield* Scope.provide(watched, scope)
      yield* set(100, "never")
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(passed, [])
    }))

  it.effect("passes by itself among others that one sleeper watches", () =>
    Effect.gen(function*() {
      const deadlines = yield* Deadlines.make
      const passed: Array<string> = []
      const set = (ms: number, name: string) => Effect.flatMap(Effect.succeed(deadlines.open()), (deadline) =>
        Effect.as(deadline.set(ms, () => passed.push(name)), deadline))
      yield* set(300, "third")
      yield* set(100, "first")
      const cleared = yield* set(150, "cleared")
      yield* TestClock.adjust(99)
      assert.deepStrictEqual(passed, [])
      yield* set(101, "second")
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(passed, ["first"])
      cleared.clear()
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(passed, ["first", "second"])
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(passed, ["first", "second", "third"])
    }))

  it.effect("passes although who set an earlier one was interrupted at any step of it", () =>
    Effect.forEach([2, 3, 4, 5], (operations) =>
      Effect.gen(function*() {
        const deadlines = yield* Deadlines.make
        // Yields after so many operations, and is interrupted there.
        yield* deadlines.open().set(100, () => {}).pipe(
          Effect.provideService(Scheduler.MaxOpsBeforeYield, operations),
          Effect.forkChild,
          Effect.tap(Effect.yieldNow),
          Effect.flatMap(Fiber.interrupt)
        )
        let passed = false
        yield* deadlines.open().set(200, () => {
          passed = true
        })
        yield* Effect.repeat(TestClock.adjust(10), { times: 30 })
        assert.isTrue(passed, `interrupted after ${operations} operations`)
      })))

  it.effect("of a callback says what is late, undoes what was begun, and takes nothing that comes after", () =>
    Effect.gen(function*() {
      const deadline = yield* Deadline.make
      const undone: Array<string> = []
      let resume: (given: Effect.Effect<string>) => void = () => {}
      const begin = deadline.callback<string, never>(100, (given) => {
        resume = given
        return Effect.sync(() => undone.push("undone"))
      }, () => Effect.succeed("late"))
      const waiting = yield* Effect.forkChild(begin)
      yield* TestClock.adjust(100)
      resume(Effect.succeed("after all"))
      assert.deepStrictEqual([yield* Fiber.join(waiting), undone], ["late", ["undone"]])

      const inTime = yield* Effect.forkChild(begin)
      yield* TestClock.adjust(99)
      resume(Effect.succeed("in time"))
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual([yield* Fiber.join(inTime), undone], ["in time", ["undone"]])

      const interrupted = yield* Effect.forkChild(begin)
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(interrupted)
      assert.deepStrictEqual([undone, deadline.at], [["undone", "undone"], null])
    }))
})

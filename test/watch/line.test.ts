import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { endpointOf } from "../support/store-facts.ts"
import { Line } from "../../src/watch/line.ts"
import { untilDue } from "../../src/watch/revisits.ts"
import { defaultHoldRules, defaultRevisitRules } from "../../src/watch/schedule.ts"
import { realTime } from "../../src/watch/time-scale.ts"
import { askAnew, newWatched, type Watched } from "../../src/watch/watch-state.ts"

const minute = 60_000

/** Servers of which a line has seen that they are up. */
const upLine = (servers: number): Line => {
  const line = new Line()
  for (let i = 0; i < servers; i++) line.saw(`s${i}`, "up", i)
  return line
}

describe("our own line", () => {
  it("is back when somebody answers again after most of those that answered had fallen silent, and was down since the first of them fell", () => {
    const line = upLine(10)
    const told = [0, 1, 2, 3, 4, 5].map((i) => line.saw(`s${i}`, "down", 100 + i))
    assert.deepStrictEqual(told, [null, null, null, null, null, null])
    assert.strictEqual(line.saw("s3", "up", 200), 100)
    assert.isNull(line.saw("s4", "up", 201))
  })

  it("was not down where fewer fell silent, or others answered meanwhile", () => {
    const few = upLine(10)
    for (let i = 0; i < 4; i++) few.saw(`s${i}`, "down", 100)
    assert.isNull(few.saw("s0", "up", 200))
    const meanwhile = upLine(10)
    for (let i = 0; i < 9; i++) {
      meanwhile.saw(`s${i}`, "down", 100)
      if (i % 3 === 2) assert.isNull(meanwhile.saw("s9", "up", 100))
    }
    assert.isNull(meanwhile.saw("s0", "up", 200))
  })

  it("does not seem to be back whenever one of few answers that are mostly gone", () => {
    const line = upLine(5)
    for (let day = 0; day < 3; day++) {
      for (let i = 1; i < 5; i++) line.saw(`s${i}`, "down", day)
      const back = line.saw("s0", "up", day)
      assert.isTrue(day === 0 || back === null)
    }
  })
})

describe("a server that was looked at while our line was down", () => {
  const rules = { hold: defaultHoldRules, revisit: defaultRevisitRules }
  const watched = (standing: Watched["standing"], dueAt: number, held = false): Watched =>
    ({ ...newWatched(endpointOf("alpha.example.org:50002:s"), 0, defaultRevisitRules, 0), standing, dueAt, held })
  const down = (at: number) => ({ at, state: "down" as const, downSince: 0, throttles: 0 })

  it("is looked at again as if it had answered, but no sooner, and not where it asked for less", () => {
    const due = (standing: Watched["standing"], dueAt: number, since: number): number => {
      const server = watched(standing, dueAt * minute)
      askAnew(server, { since: since * minute, now: 104 * minute }, rules, 0)
      return server.dueAt / minute
    }
    assert.strictEqual(due(down(100 * minute), 400, 90), 115)
    assert.strictEqual(due(down(100 * minute), 110, 90), 110)
    assert.strictEqual(due(down(100 * minute), 400, 101), 400)
    assert.strictEqual(due({ ...down(100 * minute), throttles: 1 }, 400, 90), 400)
    assert.strictEqual(due({ ...down(100 * minute), state: "up", downSince: null }, 400, 90), 400)
  })

  it("is connected to within minutes where a connection was held, unless it asked for less", () => {
    const due = (standing: Watched["standing"], luck: number): number => {
      const server = watched(standing, 400 * minute, true)
      askAnew(server, { since: 90 * minute, now: 104 * minute }, rules, luck)
      return server.dueAt / minute
    }
    assert.deepStrictEqual([due(down(100 * minute), 0), due(down(100 * minute), 0.5)], [104, 106])
    assert.strictEqual(due({ ...down(100 * minute), throttles: 1 }, 0), 400)
  })

  it.effect("is not waited for any longer", () =>
    Effect.gen(function*() {
      const server = watched(down(0), 400 * minute)
      const waiting = yield* Effect.forkChild(untilDue({ time: realTime }, server))
      yield* TestClock.adjust(10 * minute)
      askAnew(server, { since: 0, now: 10 * minute }, rules, 0)
      yield* TestClock.adjust(5 * minute - 1)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust(1)
      yield* Fiber.join(waiting)
    }))
})

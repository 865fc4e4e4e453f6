import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { WorldClock } from "../../../src/simnet/world/world-clock.ts"

describe("the clock of the simulated world", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }))
  afterEach(() => void vi.useRealTimers())

  it("stands at its epoch until it is started, then runs at its scale", () => {
    const clock = new WorldClock({ epoch: 1000, scale: 60 })
    vi.advanceTimersByTime(500)
    expect(clock.now()).toBe(1000)
    clock.start()
    vi.advanceTimersByTime(500)
    expect(clock.now()).toBe(31_000)
    clock.stop()
    vi.advanceTimersByTime(500)
    expect(clock.now()).toBe(31_000)
  })

  it("does things when they are due in its own time, in order", () => {
    const clock = new WorldClock({ epoch: 0, scale: 10 })
    const done: Array<string> = []
    clock.at(2000, () => done.push(`late ${clock.now()}`))
    clock.later(1000, () => {
      done.push(`early ${clock.now()}`)
      clock.later(500, () => done.push(`from inside ${clock.now()}`))
    })
    clock.start()
    vi.advanceTimersByTime(99)
    expect(done).toEqual([])
    vi.advanceTimersByTime(101)
    expect(done).toEqual(["early 1000", "from inside 1500", "late 2000"])
  })

  it("does nothing that was cancelled", () => {
    const clock = new WorldClock({ epoch: 0, scale: 1 })
    let done = 0
    const cancel = clock.later(10, () => done++)
    clock.later(20, () => done++)
    clock.start()
    cancel()
    vi.advanceTimersByTime(30)
    expect(done).toBe(1)
  })

  it("can be moved forward by hand, doing everything on the way", () => {
    const clock = new WorldClock({ epoch: 0, scale: 0 })
    const done: Array<number> = []
    const again = (): void => {
      done.push(clock.now())
      clock.later(600, again)
    }
    clock.later(600, again)
    clock.advance(2000)
    expect(done).toEqual([600, 1200, 1800])
    expect(clock.now()).toBe(2000)
  })

  it("waits for what is further away than a timer can be", () => {
    const clock = new WorldClock({ epoch: 0, scale: 1 })
    let done = 0
    clock.later(2 ** 31 + 1000, () => done++)
    clock.start()
    vi.advanceTimersByTime(2 ** 31)
    expect(done).toBe(0)
    vi.advanceTimersByTime(1001)
    expect(done).toBe(1)
  })

  it("keeps the order of thousands of things, also when many are cancelled and new ones come meanwhile", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ time: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean(), again: fc.integer({ min: 0, max: 9 }) }), { maxLength: 300 }),
        (plans) => {
          const clock = new WorldClock({ epoch: 0, scale: 0 })
          const done: Array<readonly [due: number, now: number, order: number]> = []
          let order = 0
          const plan = (time: number, again: number): (() => void) => {
            const own = order++
            return clock.at(time, () => {
              done.push([time, clock.now(), own])
              if (again > 6) plan(time + again, 0)
            })
          }
          for (const { time, cancelled, again } of plans) {
            const cancel = plan(time, again)
            if (cancelled) cancel()
          }
          clock.advance(100)
          const kept = plans.filter(({ cancelled }) => !cancelled)
          expect(done).toHaveLength(kept.length + kept.filter(({ again }) => again > 6).length)
          for (const [due, now] of done) expect(now).toBe(due)
          expect(done).toEqual(done.toSorted((a, b) => a[0] - b[0] || a[2] - b[2]))
        }
      )
    )
  })
})

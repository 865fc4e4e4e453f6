import { execFileSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { makeMemoryBudget, momentary } from "../../src/store/memory-budget.ts"

const megabyte = 2 ** 20

/** A process of so many megabytes; collecting leaves so many of its heap. */
const processOf = (resident: number, heap: number, alive: number) => {
  const of = { resident, heap, collections: 0 }
  const budget = makeMemoryBudget({
    resident: () => of.resident * megabyte,
    heap: () => of.heap * megabyte,
    collect: () => {
      of.collections++
      of.resident -= of.heap - alive
      of.heap = alive
    }
  })
  return { of, budget }
}

describe("the memory budget", () => {
  it("leaves a small process plenty, a larger one less, and one near its bound nothing", () => {
    const left = [100, 200, 300, 900].map((size) => processOf(size, 50, 50).budget.left() / megabyte)
    expect(left).toEqual([145, 45, 0, 0])
  })

  it("collects garbage before what would not fit, and not before what does", () => {
    const { budget, of } = processOf(255, 100, 60)
    budget.makeRoom(momentary.checkpoint)
    expect(of.collections).toBe(0)
    budget.makeRoom(momentary.copy)
    expect(of).toMatchObject({ collections: 1, resident: 215 })
  })

  it("does not collect again and again where others take the memory", () => {
    const { budget, of } = processOf(500, 100, 60)
    for (let i = 0; i < 10; i++) budget.makeRoom(momentary.copy)
    expect(of.collections).toBe(1)
    of.heap = 80
    budget.makeRoom(momentary.copy)
    expect(of.collections).toBe(2)
  })

  it("gives the system back what a process no longer needs", { timeout: 60_000 }, () => {
    const program = `
      const { memoryBudget } = await import(${JSON.stringify(new URL("../../src/store/memory-budget.ts", import.meta.url).href)})
      let kept = Array.from({ length: 3_000_000 }, (_, i) => ({ i }))
      kept = kept.filter(({ i }) => i % 1000 === 0)
      await new Promise((resolve) => setTimeout(resolve, 10))
      const before = process.memoryUsage.rss()
      memoryBudget.makeRoom(400 * 2 ** 20)
      console.log((before - process.memoryUsage.rss()) / 2 ** 20)`
    const freed = Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }))
    expect(freed).toBeGreaterThan(60)
  })
})

import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"

const modules = {
  effect: import.meta.resolve("effect"),
  leanHeap: new URL("../../src/cli/lean-heap.ts", import.meta.url).href
}

/** A process of its own, because flags are the process's. It makes objects that live for a while, as visits do, with pauses. */
const program = `
  import { getHeapSpaceStatistics } from "node:v8"
  const { Effect } = await import(${JSON.stringify(modules.effect)})
  const { leanHeap } = await import(${JSON.stringify(modules.leanHeap)})
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").physical_space_size / 1e6
  const work = async (rounds, enough) => {
    const alive = []
    let most = 0
    for (let round = 0; round < rounds && most < enough; round++) {
      for (let i = 0; i < 10000; i++) alive[(round * 10000 + i) % 60000] = { round, text: "x" + i, list: [i, i + 1] }
      await new Promise((resolve) => setImmediate(resolve))
      most = Math.max(most, young())
    }
    return most
  }
  const lean = await Effect.runPromise(Effect.scoped(Effect.andThen(leanHeap, Effect.promise(() => work(150, Infinity)))))
  // How soon V8 lets it grow depends on what else the machine does.
  console.log(JSON.stringify({ lean, usual: await work(3000, 45) }))
`

describe("the lean heap", () => {
  it("keeps the young generation small, and lets it grow as usual afterwards", () => {
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" })
    const { lean, usual } = JSON.parse(output) as { readonly lean: number; readonly usual: number }
    assert.isAtMost(lean, 34)
    assert.isAtLeast(usual, 45)
  })
})

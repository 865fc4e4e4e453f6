import { expect, it } from "vitest"
import { changedTogetherOf } from "../../../src/analysis/evaluation/changed-together.ts"
import type { ServerTruth } from "../../../src/analysis/evaluation/server-truth.ts"
import { traitsOf } from "../../support/server-traits.ts"

const minute = 60_000
const watch = { from: 0, to: 600 * minute, software: [], changes: [], rareTips: new Set<string>(), tipResiduals: new Map(), events: [] }

const truthOf = (operator: string, ...upgrades: ReadonlyArray<number>): ServerTruth => ({
  server: "", operator, same_backend: "", machine: "", hostility: null, traits: [],
  changes: [{ at: 200 * minute, what: "restart" }, ...upgrades.map((at) => ({ at: at * minute, what: "upgrade" }))]
})

/** The first of each group of numbers is what it is called. */
const partition = (...groups: ReadonlyArray<ReadonlyArray<number>>) => new Map(groups.flatMap((group) => group.map((id) => [id, group[0]!] as const)))

it("what could be found in time is pairs of one operator that in truth were changed within half an hour while both were watched", () => {
  const known = new Map([
    [1, truthOf("fleet", 100)], [2, truthOf("fleet", 110)], [3, truthOf("fleet", 125)], [4, truthOf("fleet", 300)],
    [5, truthOf("fleet", 112)], [6, truthOf("ann", 111)], [7, truthOf("fleet")], [8, truthOf("fleet", 700)]
  ])
  const traits = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => traitsOf(id, { watch: id === 5 ? null : watch }))
  // 1, 2 and 3 were changed together; 5 was not watched, 8 later than anybody looked, 4 at another time, 6 is another's.
  expect(changedTogetherOf(known, traits, partition([1, 2, 6], [3], [4], [5], [7], [8]), partition([1, 2, 3], [4], [5], [6], [7], [8])))
    .toEqual({ all: { pairs: 3, found: 1 }, following: { pairs: 1, found: 0 }, atOneNode: { pairs: 3, found: 1 } })
  expect(changedTogetherOf(known, traits, partition([1], [2, 3], [4, 5, 6, 7, 8]), partition([1, 2], [3], [4, 5, 6, 7, 8])))
    .toEqual({ all: { pairs: 3, found: 1 }, following: { pairs: 1, found: 1 }, atOneNode: { pairs: 1, found: 0 } })
})

it("is nothing where the truth does not say what was changed, or nobody was", () => {
  const { changes: _, ...silent } = truthOf("fleet")
  const all = partition([1, 2])
  for (const truth of [silent, truthOf("fleet")]) {
    expect(changedTogetherOf(new Map([[1, truth], [2, truth]]), [1, 2].map((id) => traitsOf(id, { watch })), all, all)).toBe(null)
  }
})

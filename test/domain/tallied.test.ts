import * as fc from "fast-check"
import { expect, it } from "vitest"
import { isOfMany, KnownByNumber, membersOf, tallied, talliedOnly } from "../../src/domain/tallied.ts"

it("gives back the members of a list in their order, and those that are kept as often as they were counted", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.integer({ min: 1, max: 9 }))), fc.func(fc.boolean()), (counted, keep) => {
    const list = { ...tallied(counted.map(([text]) => text)), times: counted.map(([, times]) => times) }
    expect(membersOf(list)).toEqual(counted.map(([text]) => text))
    const kept = talliedOnly(list, keep)
    expect(kept.numbers.map((number, i) => [kept.catalogue[number], kept.times[i]])).toEqual(counted.filter(([text]) => keep(text)))
  }))
})

it("holds nothing of what was not kept of a catalogue of many, and keeps the catalogue where all is kept", () => {
  const list = { catalogue: ["a", "b", "c"], numbers: [2, 0], times: [1, 2] }
  expect(isOfMany(list)).toBe(true)
  expect(talliedOnly(list, () => true)).toBe(list)
  expect(talliedOnly(list, (text) => text !== "c")).toEqual({ catalogue: ["a"], numbers: [0], times: [2] })
})

it("keeps what is known of a catalogue's members at their numbers while it grows, and nothing of a list of its own", () => {
  const known = new KnownByNumber<string, number>()
  const catalogue = ["a", "b", "c"]
  known.of({ catalogue, numbers: [2], times: [1] })![2] = 7
  catalogue.push("d")
  expect(known.of({ catalogue, numbers: [0], times: [1] })).toEqual([undefined, undefined, 7, undefined])
  expect(known.of({ catalogue: [...catalogue], numbers: [0], times: [1] })).toEqual([undefined, undefined, undefined, undefined])
  expect(known.of(tallied(catalogue))).toBe(undefined)
})

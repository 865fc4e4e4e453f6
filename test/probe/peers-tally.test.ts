import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { peerEntries } from "../../src/domain/visit.ts"
import { EntryTable } from "../../src/electrum/entry-table.ts"
import { decodeLine } from "../../src/electrum/json-rpc.ts"
import { readCutList } from "../../src/electrum/cut-list.ts"
import { maxEntries, PeersTally } from "../../src/probe/peers-tally.ts"

/** What was counted, entry by entry. */
const shown = (tally: PeersTally) => {
  const facts = tally.facts()
  if (facts === null) return null
  const { octets: _, ...others } = facts
  return { ...others, entries: peerEntries(facts) }
}

const tallyOf = (...lists: ReadonlyArray<ReadonlyArray<unknown>>): PeersTally => {
  const tally = new PeersTally()
  for (const list of lists) tally.add(list)
  return tally
}

describe("PeersTally", () => {
  it("says nothing before a list came", () => {
    expect(new PeersTally().facts()).toBeNull()
  })

  it("counts rounds, not repetitions within one list", () => {
    expect(shown(tallyOf(["a", "a", "b"], ["a"]))).toEqual({
      asked: 2,
      entries: [{ value: "a", times: 2 }, { value: "b", times: 1 }],
      dropped: 0,
      unseenMass: 1 / 3
    })
  })

  it("knows entries by their JSON, whatever they are", () => {
    expect(tallyOf(
      [["a", ["b"]], { x: 1 }, null],
      [["a", ["b"]], { x: 1 }, null]
    ).facts()?.entries.times)
      .toEqual([2, 2, 2])
  })

  it("counts equal entries together when the table of all visits begins anew between two lists, or a list came without it", () => {
    const table = new EntryTable()
    const entries = [["203.0.113.1", "a", ["s1"]], ["203.0.113.2", "b", ["s2"]]]
    const read = () => entries.map((entry) => table.value(Buffer.from(JSON.stringify(entry))))
    const tally = new PeersTally(table)
    tally.add(read())
    tally.add(read())
    const { numbering } = table
    for (let i = 0; table.numbering === numbering; i++) table.value(Buffer.from(`["filler",${i}]`))
    expect(read()[0]).not.toBe(shown(tally)!.entries[0]!.value)
    tally.add(read())
    tally.add(structuredClone(entries))
    expect(shown(tally)!.entries).toEqual(entries.map((value) => ({ value, times: 4 })))
    const other = new PeersTally(table)
    other.add(read())
    other.add(structuredClone(entries), { cut: true })
    expect(shown(other)!.entries).toEqual(entries.map((value) => ({ value, times: 2 })))
  })

  it("counts the same whether entries have numbers of the table, have none, or have them in some lists only", () => {
    const entry = fc.tuple(fc.constantFrom("203.0.113.1", "203.0.113.2", "203.0.113.3"), fc.constantFrom("a", "b"), fc.constant(["s1"]))
    const lists = fc.array(fc.tuple(fc.array(entry, { maxLength: 12 }), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 4 })
    const table = new EntryTable()
    const shared = (list: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
      const line = decodeLine(Buffer.from(`{"result":${JSON.stringify(list)},"id":1}`), table)
      const result = line._tag === "result" ? line.result as ReadonlyArray<unknown> : []
      if (list.length > 1) expect(table.numbersOf(result)?.length).toBe(list.length)
      return result
    }
    fc.assert(fc.property(lists, (read) => {
      const plain = new PeersTally()
      const numbered = new PeersTally(table)
      const some = new PeersTally(table)
      for (const [list, cut, isShared] of read) {
        plain.add(list, { cut })
        numbered.add(shared(list), { cut })
        some.add(isShared ? shared(list) : list, { cut })
        for (const other of [numbered, some]) {
          expect(shown(other)).toEqual(shown(plain))
          expect([other.repeated, other.characters]).toEqual([plain.repeated, plain.characters])
        }
      }
    }), { numRuns: 40 })
  })

  it("tells entries apart by their bytes where these are no UTF-8", () => {
    const tally = new PeersTally()
    const octets = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
    for (let round = 0; round < 2; round++) tally.add(["caf\ufffd", "caf\ufffd", "caf\ufffd"], { octets: [octets("caf\xe9"), octets("caf\xe8"), undefined] })
    expect(tally.repeated).toBe(true)
    expect(shown(tally)!.entries).toEqual([
      { value: "caf\ufffd", times: 2, octets: octets("caf\xe9") },
      { value: "caf\ufffd", times: 2, octets: octets("caf\xe8") },
      { value: "caf\ufffd", times: 2 }
    ])
  })

  it("estimates what was not seen: all of it after disjoint lists, nothing after equal ones", () => {
    expect(tallyOf(["a"]).unseenMass()).toBeNull()
    expect(tallyOf(["a"], ["b"]).unseenMass()).toBe(1)
    expect(tallyOf(["a", "b"], ["b", "a"]).unseenMass()).toBe(0)
    expect(tallyOf([], []).unseenMass()).toBe(0)
  })

  it("recognises a list that repeated itself, even after another one", () => {
    expect(tallyOf(["a", "b"], ["a", "b"])).toMatchObject({ repeated: true })
    expect(tallyOf(["a", "b"], ["b", "a"])).toMatchObject({ repeated: false })
    const grown = tallyOf(["a"], ["b", "c", "d"], ["b", "c", "d"])
    expect(grown.repeated).toBe(true)
    expect(grown.unseenMass()).toBe(0)
  })

  it("keeps 10,000 entries, counts the rest of the longest list, and then estimates nothing", () => {
    const list = Array.from({ length: maxEntries + 500 }, (_, i) => i)
    const facts = tallyOf(list, list.slice(0, maxEntries + 100)).facts()!
    expect(facts.entries.numbers.length).toBe(maxEntries)
    expect(facts.dropped).toBe(500)
    expect(facts.unseenMass).toBeNull()
  })

  it("keeps no more characters than one list may have", () => {
    const tally = tallyOf(["x".repeat(1_500_000)], ["y".repeat(1_500_000)])
    expect(tally.facts()).toMatchObject({ asked: 2, dropped: 1 })
    expect(tally.characters).toBeLessThanOrEqual(2_000_000)
  })
})

describe("readCutList", () => {
  const reply = (entries: ReadonlyArray<unknown>) => `{"id":1,"jsonrpc":"2.0","result":${JSON.stringify(entries)}}`

  it("gives exactly the entries that were complete before the cut, up to the limit", () => {
    fc.assert(fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 12 }),
      fc.integer({ min: reply([]).length - 2, max: 400 }),
      fc.integer({ min: 1, max: 6 }),
      (values, cut, limit) => {
        const entries = JSON.parse(JSON.stringify(values)) as ReadonlyArray<unknown>
        const bytes = Buffer.from(reply(entries))
        const list = readCutList(bytes.subarray(0, cut), limit)
        expect(list).toBeDefined()
        expect(list!.elements).toEqual(entries.slice(0, list!.elements.length))
        expect(list!.elements.length).toBeLessThanOrEqual(limit)
        // An entry counts as complete when its comma came.
        let known = 0
        let text = reply([]).slice(0, -2)
        for (const entry of entries) {
          text += `${known === 0 ? "" : ","}${JSON.stringify(entry)}`
          if (known === entries.length - 1 || Buffer.byteLength(text) + 1 > cut) break
          known++
        }
        expect(list!.elements.length + list!.more).toBe(known)
      }
    ))
  })

  it("gives nothing for other results, for garbage, and for deep nesting", () => {
    expect(readCutList(Buffer.from(`{"id":1,"result":"[1,2,3,`), 10)).toBeUndefined()
    expect(readCutList(Buffer.from(" ".repeat(1000)), 10)).toBeUndefined()
    expect(readCutList(Buffer.from(`{"id":1,"result":[1,}{,`), 10)).toBeDefined()
    expect(readCutList(Buffer.from(`{"id":1,"result":[x,y,z,`), 10)).toBeUndefined()
    expect(readCutList(Buffer.from(`{"id":1,"result":[${"[".repeat(100_000)}`), 10)).toBeUndefined()
  })
})

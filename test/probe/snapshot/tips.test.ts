import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Tip } from "../../../src/domain/snapshot.ts"
import { judgeTips, lonelyNews, type TipSighting } from "../../../src/probe/snapshot/tips.ts"

const tip = (height: number, branch = ""): Tip => ({ height, hash: `${height}${branch}` })
const seen = (key: string, before: Tip | null, after: Tip | null = before): TipSighting => ({ key, before, after })
const nobody = new Set<string>()

describe("the tips of a snapshot", () => {
  it("bring no news while they stand, though some are behind or on another branch", () => {
    const verdict = judgeTips(
      [seen("a", tip(9)), seen("b", tip(9)), seen("c", tip(8)), seen("d", tip(9, "x")), seen("e", null), seen("f", tip(9), null)],
      nobody
    )
    expect(verdict.tip).toEqual(tip(9))
    expect([...verdict.news]).toEqual([])
  })

  it("bring no news where one that was behind catches up", () => {
    expect([...judgeTips([seen("a", tip(9)), seen("b", tip(9)), seen("c", tip(8), tip(9))], nobody).news]).toEqual([])
  })

  it("bring news where somebody goes on to a block, also to one that another had already", () => {
    const moved = judgeTips([seen("a", tip(9)), seen("b", tip(9), tip(10)), seen("c", tip(9))], nobody)
    expect([...moved.news]).toEqual([["b", tip(10)]])
    const followed = judgeTips([seen("a", tip(9)), seen("b", tip(9), tip(10)), seen("c", tip(10)), seen("d", tip(9))], nobody)
    expect([...followed.news]).toEqual([["b", tip(10)]])
    const late = judgeTips([seen("a", tip(9)), seen("b", null, tip(10)), seen("c", tip(9))], nobody)
    expect([...late.news]).toEqual([["b", tip(10)]])
  })

  it.each([1, 2, 3, 12])("bring no news from %i servers that stand ahead of the others, whose real block is news nonetheless", (count) => {
    const liars = Array.from({ length: count }, (_, i) => seen(`liar${i}`, tip(11, "low work")))
    const honest = Array.from({ length: 7 }, (_, i) => seen(`k${i}`, tip(9)))
    expect([...judgeTips([...liars, ...honest], nobody).news]).toEqual([])
    const grown = [...honest.slice(1), seen("k0", tip(9), tip(10))]
    expect([...judgeTips([...liars, ...grown], nobody).news]).toEqual([["k0", tip(10)]])
  })

  it("bring news where somebody goes over to another branch of the same height", () => {
    const verdict = judgeTips([seen("a", tip(9)), seen("b", tip(9), tip(9, "x")), seen("c", tip(9))], nobody)
    expect([...verdict.news.keys()]).toEqual(["b"])
  })

  it("bring no news where somebody tells an absurd height, also of the block that all have", () => {
    const absurd = { height: 999_999_999, hash: "9" }
    expect(judgeTips([seen("liar", absurd), seen("b", tip(9)), seen("c", tip(9))], nobody)).toEqual({ tip: tip(9), news: new Map() })
    const jump = judgeTips([seen("liar", tip(9), absurd), seen("b", tip(9)), seen("c", tip(9))], nobody)
    expect([...jump.news]).toEqual([])
  })

  it("bring no news from endpoints that are ignored", () => {
    const verdict = judgeTips([seen("a", tip(9)), seen("b", tip(99), tip(100)), seen("c", tip(9))], new Set(["b"]))
    expect(verdict).toEqual({ tip: tip(9), news: new Map() })
  })

  it("are judged alike in whatever order they come", () => {
    const sighting = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 1 }), fc.constantFrom("", "x"), fc.boolean())
    fc.assert(fc.property(
      fc.array(sighting, { minLength: 1, maxLength: 12 }).chain((list) => {
        const sightings = list.map(([height, more, branch, none], i) =>
          seen(`k${i}`, none ? null : tip(height, branch), tip(height + more, branch)))
        return fc.tuple(fc.constant(sightings), fc.shuffledSubarray(sightings, { minLength: sightings.length }))
      }),
      ([a, b]) => {
        const [one, other] = [judgeTips(a, nobody), judgeTips(b, nobody)]
        expect(one.tip).toEqual(other.tip)
        expect([...one.news].toSorted()).toEqual([...other.news].toSorted())
      }
    ))
  })

  it("bring news exactly where a server goes on above the common height, or to one not shown, where branches do not matter", () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 12 }),
      (list) => {
        const sightings = list.map(([height, more], i) => seen(`k${i}`, tip(height), tip(height + more)))
        const { news, tip: common } = judgeTips(sightings, nobody)
        const shown = new Set(list.map(([height]) => height))
        const expected = list.filter(([height, more]) =>
          more > 0 && (height + more > common!.height || !shown.has(height + more)))
        expect(news.size).toBe(expected.length)
      }
    ))
  })
})

describe("news of a discarded snapshot", () => {
  it("are lonely when nobody else shows the block later", () => {
    const news = new Map([["liar", tip(99)], ["quick", tip(10)]])
    const next = [seen("liar", tip(100)), seen("quick", tip(10)), seen("a", tip(10)), seen("b", tip(9), tip(10))]
    expect([...lonelyNews(news, next)]).toEqual(["liar"])
    // Nor does an absurd height of another server.
    expect([...lonelyNews(new Map([["liar", tip(11)]]), [seen("a", tip(10)), seen("b", tip(999_999))])]).toEqual(["liar"])
    // The right hash at another height confirms nothing.
    expect([...lonelyNews(new Map([["liar", { height: 11, hash: "10" }]]), [seen("a", tip(10))])]).toEqual(["liar"])
  })

  it("are not lonely when others went past that height meanwhile", () => {
    expect([...lonelyNews(new Map([["a", tip(10)]]), [seen("a", tip(11)), seen("b", tip(11))])]).toEqual([])
  })
})

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answered, bits, clock, count, counted, day, interval, probability, share, shareInterval, time, yesNo } from "../../web/src/text/format.ts"
import { jsonLines, shortened, shown, valueText } from "../../web/src/text/display.ts"

const thin = "\u202f"

describe("figures in words", () => {
  it("never say zero, no or dead for what is not known", () => {
    for (const write of [count, share, probability, bits, time, clock, day, yesNo]) expect(write(null)).toBe("unknown")
    expect(shareInterval(null, 0.5)).toBe("unknown")
    expect(interval(null, null)).toBe("unknown")
    expect(answered(null)).toBe("not asked by us")
    expect(answered(false)).toBe("did not answer us")
    expect(valueText(null)).toBe("unknown")
  })

  it("never say certain, impossible, all or nothing for what is only near it", () => {
    expect(probability(0.99999)).toBe("0.999")
    expect(probability(0.001)).toBe("below 0.01")
    expect(share(0.9999)).toBe(`above 99${thin}%`)
    expect(share(0.0004)).toBe(`below 0.1${thin}%`)
    expect(share(1)).toBe(`100${thin}%`)
    expect(share(0)).toBe(`0${thin}%`)
  })

  it("part thousands, and keep the plural", () => {
    expect(count(1234567)).toBe(`1${thin}234${thin}567`)
    expect(counted(1, "server")).toBe("1 server")
    expect(counted(0, "server")).toBe("0 servers")
    expect(counted(2, "query", "queries")).toBe("2 queries")
  })

  it("give an interval as one figure where both ends read the same", () => {
    expect(shareInterval(0.401, 0.499)).toBe(`40 to 50${thin}%`)
    expect(shareInterval(0.401, 0.402)).toBe(`40${thin}%`)
    expect(interval(54.6, 70.2)).toBe("55 to 70")
  })

  it("give bits their sign and times their zone", () => {
    expect(bits(-1.66)).toBe("\u22121.7")
    expect(bits(11.26)).toBe("+11.3")
    expect(time("2025-12-03T14:05:09.123Z")).toBe("2025-12-03 14:05 UTC")
    expect(clock("2025-12-03T14:05:09.123Z")).toBe("14:05:09")
    expect(day("2025-12-03T14:05:09.123Z")).toBe("2025-12-03")
  })
})

describe("text of strangers", () => {
  it("is shown without anything invisible and without an end that never comes", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 800 }), (text) => {
      for (const written of [shown(text), shortened(text), jsonLines({ text }).replaceAll("\n", ""), valueText(text)]) {
        expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }
      expect(shown(text).length).toBeLessThanOrEqual(500)
      expect(shortened(text, 20).length).toBeLessThanOrEqual(20)
    }))
    expect(jsonLines("x".repeat(1_000_000)).length).toBeLessThan(21_000)
  })

  it("shows both ends of what is shortened", () => {
    expect(shortened("abcdefghijklmnopqrstuvwxyz.onion", 13)).toBe("abcdef….onion")
  })
})

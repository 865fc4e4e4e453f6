import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { forDisplay, middleTruncate } from "../../src/domain/display.ts"

describe("text for display", () => {
  it("never carries control, escape, direction or invisible characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(forDisplay(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }), { numRuns: 500 })
    expect(forDisplay("\u001b[31mred\u0007\u202egnp.exe\u0000")).toBe("\\u001b[31mred\\u0007\\u202egnp.exe\\u0000")
    // Letters and marks by category, but shown as nothing: a filler, a joiner, a variation selector.
    expect(forDisplay("a\u3164b\u034fc\ufe0f")).toBe("a\\u3164b\\u034fc\\ufe0f")
    expect(forDisplay("a\nb\tc\r")).toBe("a\\nb\\tc\\r")
  })

  it("leaves what people write alone", () => {
    for (const text of ["You are connected to an ElectrumX 1.16.0 server.", "Grüße, 世界 ₿ é"]) expect(forDisplay(text)).toBe(text)
  })

  it("is cut where it is too long", () => {
    expect(forDisplay("x".repeat(1000), 10)).toBe(`${"x".repeat(9)}…`)
    expect(middleTruncate(`${"a".repeat(56)}.onion`, 21)).toBe("aaaaaaaaaa…aaaa.onion")
    expect(middleTruncate("short", 21)).toBe("short")
    for (const limit of [8, 9, 10, 11]) {
      for (const cut of [forDisplay("😀".repeat(20), limit), middleTruncate("😀".repeat(20), limit)]) {
        expect(cut).toMatch(/^(?:😀)+…(?:😀)*$/u)
        expect(cut.length).toBeLessThanOrEqual(limit)
      }
    }
  })
})

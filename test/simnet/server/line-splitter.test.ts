import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LineSplitter } from "../../../src/simnet/server/line-splitter.ts"

describe("the line splitter", () => {
  it("gives the same lines however the bytes arrive", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ maxLength: 30 }).map((s) => s.replaceAll("\n", " ")),
          { maxLength: 20 }
        ),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""))
          const got: Array<string> = []
          const splitter = new LineSplitter(1000)
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const end = at + cuts[i % cuts.length]!
            splitter.push(
              bytes.subarray(at, end),
              (line) => got.push(line.toString("utf8")),
              () => got.push("too long")
            )
            at = end
          }
          expect(got).toEqual(lines)
        }
      )
    )
  })

  it("drops a line beyond the limit, reports it once, and goes on with the next", () => {
    const got: Array<string> = []
    const splitter = new LineSplitter(5)
    for (const chunk of ["abc", "defg", "hij\nok\n"]) {
      splitter.push(
        Buffer.from(chunk),
        (line) => got.push(line.toString()),
        () => got.push("too long")
      )
    }
    expect(got).toEqual(["too long", "ok"])
  })
})

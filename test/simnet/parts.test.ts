import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../src/simnet/draw/random.ts"
import { compactPython, Float, percentG, print, pythonFloat, qtSorted, spacedPython } from "../../src/simnet/model/dialect.ts"
import { lineOfPath } from "../../src/simnet/scenario/json-position.ts"
import { LineSplitter } from "../../src/simnet/server/line-splitter.ts"
import { PaddingWriter } from "../../src/simnet/server/padding-writer.ts"

describe("seeded randomness", () => {
  it("repeats for the same seed and name, and differs for others", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), (seed, one, other) => {
        const draw = (name: string): ReadonlyArray<number> =>
          Array.from(
            { length: 8 },
            (() => {
              const random = seededRandom(seed).fork(name)
              return () => random.bits()
            })()
          )
        expect(draw(one)).toEqual(draw(one))
        if (one !== other) expect(draw(one)).not.toEqual(draw(other))
      }),
      { numRuns: 50 }
    )
  })

  it("is uniform enough and stays in bounds", () => {
    const random = seededRandom(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) counts[random.integer(0, 9)]!++
    // 10,000 draws over 10 values: sd 30.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
    expect(random.shuffled([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5])
  })
})

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

describe("the padding writer", () => {
  it("writes every byte, in blocks of powers of two from 1,024, with spaces before the last bracket only", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const blocks: Array<Buffer> = []
        const writer = new PaddingWriter({ warmUp: Number.POSITIVE_INFINITY, flushesAtEnd: false }, (block) => blocks.push(block))
        for (const size of sizes) writer.push(Buffer.from(`{"x":"${"a".repeat(size)}"}\n`))
        writer.drop()
        for (const block of blocks) {
          expect(block.length).toBeGreaterThanOrEqual(1024)
          expect(Math.log2(block.length) % 1).toBe(0)
          expect(block.toString().endsWith("}\n")).toBe(true)
        }
        const values = Buffer.concat(blocks)
          .toString()
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { x: string }).x.length)
        expect(values).toEqual(sizes)
      }),
      { numRuns: 50 }
    )
  })
})

describe("numbers and texts as the servers print them", () => {
  it.each([
    [0.00001, "1e-05", "1e-05"],
    [0.0001, "0.0001", "0.0001"],
    [0.000001, "1e-06", "1e-06"],
    [12, "12.0", "12"],
    [1.3, "1.3", "1.3"],
    [0.00001096, "1.096e-05", "1.096e-05"],
    [-1, "-1.0", "-1"]
  ])("%d", (value, python, fulcrum) => {
    expect(pythonFloat(value)).toBe(python)
    expect(percentG(value)).toBe(fulcrum)
  })

  it("keeps the value, Fulcrum numbers of more than 16 digits apart", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const noNegativeZero = JSON.parse(JSON.stringify(value)) as never
        for (const dialect of [spacedPython, compactPython]) {
          expect(JSON.parse(print(noNegativeZero, dialect))).toEqual(noNegativeZero)
        }
      }),
      { numRuns: 200 }
    )
    expect(print({ b: new Float(1), a: "é" }, qtSorted)).toBe('{"a":"é","b":1}')
    expect(print({ b: new Float(1), a: "é" }, spacedPython)).toBe('{"b": 1.0, "a": "\\u00e9"}')
  })
})

describe("positions in JSON text", () => {
  it("finds the line of a value, and of the parent of a missing one", () => {
    const text = '{\n "a": [1,\n  {"b\\"]": "x}",\n   "c": [\n 7]}\n ]\n}'
    expect(lineOfPath(text, ["a"])).toBe(2)
    expect(lineOfPath(text, ["a", 1])).toBe(3)
    expect(lineOfPath(text, ["a", 1, "c", 0])).toBe(5)
    expect(lineOfPath(text, ["a", 1, "missing"])).toBe(3)
    expect(lineOfPath(text, [])).toBe(1)
  })
})

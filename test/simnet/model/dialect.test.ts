import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compactPython, Float, percentG, print, pythonFloat, qtSorted, rustFloat, spacedPython } from "../../../src/simnet/model/dialect.ts"

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

  it("are escaped by Python beyond ASCII and DEL, by Qt at DEL only", () => {
    const text = 'é"\u007f😀'
    expect(print(text, compactPython)).toBe('"\\u00e9\\"\\u007f\\ud83d\\ude00"')
    expect(print(text, qtSorted)).toBe('"é\\"\\u007f😀"')
  })

  it("have Rust's exponents below 1e-5 and from 1e16 on", () => {
    expect([1e-5, 1.23e-6, 0.5, 12, 1e15, 1e16].map(rustFloat)).toEqual([
      "0.00001",
      "1.23e-6",
      "0.5",
      "12.0",
      "1000000000000000.0",
      "1e16"
    ])
  })
})

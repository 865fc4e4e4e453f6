import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { csvLine, csvText, readCsvText } from "../../src/domain/csv.ts"
import { readCsv } from "../support/read-csv.ts"

/** Cells of one line by RFC 4180 alone. */
const cellsOf = (line: string): ReadonlyArray<string> => readCsv(line)[0]!.map((cell) => cell!)

// oxlint-disable-next-line no-control-regex -- these are what must not be there
const acts = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

const hostile = [
  "=HYPERLINK(\"http://evil\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "'=1", "''", "'", "", "\"", "\\", "\\\"",
  "\\u001b", "<script>alert(1)</script>", "\u001b[2J\u001b]0;x\u0007", "\u202eevil", "a,b", "a\r\nb", "\u0000", "\ud800\udc00", "\u{e0041}"
]

describe("a text as a cell of CSV", () => {
  it("is read back as it was, whatever it is", () => {
    for (const text of hostile) assert.strictEqual(readCsvText(cellsOf(csvLine([csvText(text)]))[0]!), text)
    fc.assert(fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 }), (texts) => {
      assert.deepStrictEqual(cellsOf(csvLine(texts.map(csvText))).map(readCsvText), texts)
    }), { numRuns: 500 })
  })

  it("begins with nothing that a spreadsheet runs, and acts on no terminal", () => {
    fc.assert(fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary" })), (text) => {
      const [cell] = cellsOf(csvLine([csvText(text)]))
      assert.notMatch(cell!, /^\s*[=+\-@＝＋－＠]/u)
      assert.notMatch(csvText(text), acts)
    }), { numRuns: 500 })
  })

  it("says of a plain text nothing but itself", () => {
    for (const text of ["electrum.example.org", "ElectrumX 1.16.0", "日本", "a b"]) assert.strictEqual(csvText(text), text)
  })

  it("takes ten megabytes in its stride", () => {
    const text = `=\u001b\u202e"${"x".repeat(10_000_000)}`
    assert.strictEqual(readCsvText(cellsOf(csvLine([csvText(text)]))[0]!) === text, true)
  })
})

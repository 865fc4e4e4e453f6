import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { csvFile } from "../../web/src/table/csv.ts"

/** What a spreadsheet reads of the file (RFC 4180). */
const parsed = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = [[]]
  let cell = ""
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (isQuoted) {
      if (character !== "\"") cell += character
      else if (text[i + 1] === "\"") {
        cell += "\""
        i++
      } else isQuoted = false
    } else if (character === "\"") isQuoted = true
    else if (character === ",") {
      rows.at(-1)!.push(cell)
      cell = ""
    } else if (character === "\r" && text[i + 1] === "\n") {
      rows.at(-1)!.push(cell)
      cell = ""
      rows.push([])
      i++
    } else cell += character
  }
  return rows.slice(0, -1)
}

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u200b=1", "a\r\n=1", "\",\"=1", "\u202egpj.exe")
)

describe("a table that is saved", () => {
  it("has a cell for each value, whatever strangers wrote", () => {
    fc.assert(fc.property(fc.array(fc.array(hostile, { minLength: 3, maxLength: 3 })), (rows) => {
      expect(parsed(csvFile(["a", "b", "c"], rows)).map((row) => row.length)).toEqual([3, ...rows.map(() => 3)])
    }))
  })

  it("begins no cell with what a spreadsheet would run, nor hides it behind blanks", () => {
    fc.assert(fc.property(fc.array(hostile, { minLength: 1 }), (texts) => {
      for (const [cell] of parsed(csvFile(["text"], texts.map((text) => [text]))).slice(1)) {
        expect(cell).not.toMatch(/^\s*[=+\-@]/)
        expect(cell).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }
    }))
  })

  it("leaves numbers alone, and what is not known empty", () => {
    expect(csvFile(["score", "host", "names", "answered"], [[-1.5, "a.test", ["a", "b"], null]])).toBe("score,host,names,answered\r\n-1.5,a.test,\"[\"\"a\"\",\"\"b\"\"]\",\r\n")
  })
})

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CsvRecords, fieldsOf } from "../../src/domain/csv-records.ts"

const recordsOf = (pieces: ReadonlyArray<string>): { readonly records: Array<string>; readonly overlong: number } => {
  const reader = new CsvRecords()
  const records = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
  return { records, overlong: reader.overlong }
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`

describe("CSV records", () => {
  it("are the same however the text is cut into pieces, with quotes, commas and line ends inside fields", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", " ", "\r\n") })
    fc.assert(fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.array(fc.nat(40)), (rows, cuts) => {
      const text = rows.map((row) => row.map(quoted).join(",")).join("\n")
      const pieces: Array<string> = []
      let at = 0
      for (const cut of cuts) {
        pieces.push(text.slice(at, at + cut))
        at += cut
      }
      pieces.push(text.slice(at))
      const { records } = recordsOf(pieces)
      // RFC 4180 has no escape for CRLF inside a field: it is read as LF.
      expect(records.map(fieldsOf)).toEqual(rows.map((row) => row.map((value) => value.replaceAll("\r\n", "\n"))))
    }))
  })

  it("have no byte order mark, empty lines, comments or carriage returns", () => {
    expect(recordsOf(["\ufeffa,b\r\n\r\n# note\n", " c , \"d\" ,\n"]).records.map(fieldsOf)).toEqual([["a", "b"], ["c", "d", ""]])
  })

  it("longer than any real one are counted and dropped, and a quote too many loses a bounded part of a file", () => {
    const long = recordsOf(["x".repeat(70_000), "\na,b\n"])
    expect(long.overlong).toBe(1)
    expect(long.records).toContain("a,b")
    const open = recordsOf([`"open,1\n`, ...Array.from({ length: 20_000 }, (_, i) => `a${i},b\n`)])
    expect(open.overlong).toBe(1)
    expect(open.records.at(-1)).toBe("a19999,b")
    expect(open.records.length).toBeGreaterThan(10_000)
  })

  it("that are no CSV are split at commas", () => {
    expect(fieldsOf('1.0.0.0/8,6" pipe')).toEqual(["1.0.0.0/8", '6" pipe'])
    expect(fieldsOf('a,"b"c')).toEqual(["a", '"b"c'])
    expect(fieldsOf('"a ""b"" c",,d')).toEqual(['a "b" c', "", "d"])
  })
})

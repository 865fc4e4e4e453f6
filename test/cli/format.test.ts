import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import stringWidth from "string-width"
import { formatRows, rowFormats } from "../../src/cli/format.ts"
import type { Value } from "../../src/store/database.ts"

const columns = [
  { name: "host", type: "VARCHAR" },
  { name: "servers", type: "BIGINT" },
  { name: "hosts", type: "VARCHAR[]" },
  { name: "reachable", type: "BOOLEAN" },
  { name: "simulated", type: "BOOLEAN" }
]

const rows = [
  { host: "a.example.org", servers: 12, hosts: ["a", "b"], reachable: true, simulated: false },
  { host: "日本.example", servers: 7, hosts: [], reachable: null, simulated: true }
]

const table = (value: Value, name = "banner", type = "VARCHAR") => ({ columns: [{ name, type }], rows: [{ [name]: value }] })

// oxlint-disable-next-line no-control-regex -- control characters are what must not get through
const terminalControls = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

describe("formatRows", () => {
  it("aligns tables by the width that terminals show, numbers to the right", () => {
    assert.deepStrictEqual(formatRows({ columns, rows }, "table").split("\n"), [
      "host           servers  hosts  reachable  simulated",
      "-------------  -------  -----  ---------  ---------",
      "a.example.org       12  a, b   yes        no",
      "日本.example         7         -          SIMULATED",
      ""
    ])
  })

  it("says in a table that there are no rows", () => {
    assert.include(formatRows({ columns, rows: [] }, "table"), "(no rows)")
  })

  it("writes json as one array and nothing else, with every column in every row", () => {
    assert.deepStrictEqual(JSON.parse(formatRows({ columns, rows }, "json")), rows)
    assert.deepStrictEqual(JSON.parse(formatRows({ columns, rows: [{ host: "x" }] }, "json")), [
      { host: "x", servers: null, hosts: null, reachable: null, simulated: null }
    ])
    assert.strictEqual(formatRows({ columns, rows: [] }, "json"), "[]\n")
  })

  it("writes jsonl as one object a line", () => {
    const lines = formatRows({ columns, rows }, "jsonl").trimEnd().split("\n")
    assert.deepStrictEqual(lines.map((line) => JSON.parse(line) as unknown), rows)
    assert.strictEqual(formatRows({ columns, rows: [] }, "jsonl"), "")
  })

  it("writes csv with quotes where they are needed and nothing for null", () => {
    assert.strictEqual(
      formatRows({ columns, rows: [{ ...rows[0]!, host: "a \"b\", c" }, rows[1]!] }, "csv"),
      "host,servers,hosts,reachable,simulated\r\n"
        + "\"a \"\"b\"\", c\",12,\"[\"\"a\"\",\"\"b\"\"]\",true,false\r\n"
        + "日本.example,7,[],,true\r\n"
    )
  })

  it("keeps spreadsheets from running text as a formula, but leaves numbers alone", () => {
    assert.include(formatRows(table("=HYPERLINK(1)"), "csv"), "'=HYPERLINK(1)")
    assert.include(formatRows(table("@SUM(1)"), "csv"), "'@SUM(1)")
    assert.include(formatRows(table(-5, "lag", "BIGINT"), "csv"), "\r\n-5\r\n")
  })

  it("keeps text inside its cell of a markdown table, and from becoming a link", () => {
    const text = formatRows(table("a|b ![x](https://evil) <img src=x>\n# head"), "md")
    assert.deepStrictEqual(text.split("\n").length, 4)
    assert.include(text, "a\\|b \\!\\[x\\]\\(https://evil\\) \\<img src=x\\>\\\\n\\# head")
  })

  it("cuts long cells in the middle in tables, never in data", () => {
    const long = `${"x".repeat(100)}.onion`
    assert.include(formatRows(table(long), "table", { cellLimit: 20 }), "…")
    assert.include(formatRows(table(long), "table", { cellLimit: 20 }), ".onion")
    assert.include(formatRows(table(long), "json"), long)
    assert.include(formatRows(table(long), "csv"), long)
  })

  it("lets no control, escape or direction character of any text through, in any format", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, name) => {
      for (const format of rowFormats) {
        const shown = formatRows({ columns: [{ name, type: "VARCHAR" }], rows: [{ [name]: text }] }, format)
        assert.isFalse(terminalControls.test(shown), format)
      }
    }), { numRuns: 500 })
    for (const format of rowFormats) {
      const shown = formatRows(table("\u001b[2J\u009b31m\u202e\u0000"), format)
      assert.isFalse(terminalControls.test(shown), format)
    }
  })

  it("loses nothing in json, whatever the text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepStrictEqual(JSON.parse(formatRows(table(text), "json")), [{ banner: text }])
    }), { numRuns: 300 })
  })

  it("gives all lines of a table body the same width in every column", () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }), (texts) => {
      const lines = formatRows({
        columns: [{ name: "a", type: "VARCHAR" }, { name: "b", type: "VARCHAR" }],
        rows: texts.map((a) => ({ a, b: "END" }))
      }, "table").trimEnd().split("\n").slice(2)
      assert.strictEqual(new Set(lines.map((line) => stringWidth(line))).size, 1)
    }), { numRuns: 200 })
  })
})

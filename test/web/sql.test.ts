import { expect, it } from "vitest"
import type { QueryAnswer } from "../../src/atlas/shapes/query.ts"
import { axesOf, isAlongLine, numberColumns, points, ticks, usualAxes } from "../../web/src/sql/chart-data.ts"
import { placeOf } from "../../web/src/sql/place.ts"

const answer: QueryAnswer = {
  columns: [{ name: "day", type: "DATE" }, { name: "host", type: "VARCHAR" }, { name: "servers", type: "BIGINT" }, { name: "share", type: "DECIMAL(5,2)" }, { name: "list", type: "INTEGER[]" }],
  rows: [["2026-01-02", "b", 3, "0.50", [1]], ["2026-01-01", null, "9007199254740993", null, [2]], [null, "c", null, 1, []]],
  truncated: false,
  maxRows: 10,
  ms: 1
}

it("a mistake's place counts lines and columns from one and marks the word", () => {
  const sql = "SELECT host,\n  contry\nFROM x"
  expect(placeOf(sql, sql.indexOf("contry"))).toEqual({ line: 2, column: 3, from: 15, to: 21 })
  expect(placeOf("SELECT", 0)).toEqual({ line: 1, column: 1, from: 0, to: 6 })
})

it("a mistake behind the end of the text is marked at its last sign", () => {
  expect(placeOf("SELECT (", 99)).toEqual({ line: 1, column: 8, from: 7, to: 8 })
  expect(placeOf("", 0)).toMatchObject({ line: 1, from: 0, to: 0 })
})

it("figures are axes, names and days are what they stand against", () => {
  expect(numberColumns(answer)).toEqual([2, 3])
  expect(usualAxes(answer)).toEqual({ x: 0, y: 2 })
  expect(usualAxes({ ...answer, columns: [{ name: "host", type: "VARCHAR" }] })).toBeNull()
  expect(isAlongLine(answer, 0)).toBe(true)
  expect(isAlongLine(answer, 1)).toBe(false)
})

it("rows without a figure are left out and not drawn as zero", () => {
  expect(points(answer, 1, 3)).toEqual([{ label: "b", x: null, y: 0.5 }, { label: "c", x: null, y: 1 }])
  expect(points(answer, 0, 2).map(({ label, x }) => [label, x])).toEqual([["2026-01-02", Date.parse("2026-01-02")], ["2026-01-01", Date.parse("2026-01-01")]])
})

it("ticks are round and within the range", () => {
  expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100])
  expect(ticks(0.1, 0.32)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3])
  expect(ticks(5, 5)).toEqual([5])
})

it("the address chooses the axes of a chart among the columns that can be one", () => {
  expect(axesOf(answer, "", "")).toEqual(usualAxes(answer))
  expect(axesOf(answer, "1", "3")).toEqual({ x: 1, y: 3 })
  for (const word of ["9", "-1", "1.5", "host", "1", "4"]) expect(axesOf(answer, "", word), word).toEqual(usualAxes(answer))
  expect(axesOf({ ...answer, columns: [{ name: "host", type: "VARCHAR" }] }, "0", "0")).toBeNull()
})

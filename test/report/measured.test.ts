import { expect, it } from "vitest"
import { measuredScenarios, measuredWhen } from "../../src/report/sections/measured.ts"
import { readme } from "../support/readme.ts"

it("how right the method is stands in the report as it stands in the README", () => {
  const tables = /<!-- npm run evaluate -- --readme writes from here -->([^]*)<!-- to here -->/.exec(readme())![1]!
  const number = (text: string): number | null => text === "–" ? null : Number(text)
  const rows = [...tables.matchAll(/^\| ([a-z\d-]+) \| \d+ \|(.*)\|$/gm)].map(([, scenario, rest]) => {
    const [servers, operatorPrecision, operatorRecall, backendPrecision, backendRecall, falseGroups] = rest!.split("|").map((cell) => number(cell.trim()))
    return { scenario, servers, operatorPrecision, operatorRecall, backendPrecision, backendRecall, falseGroups }
  })
  expect(measuredScenarios.map((row) => ({ ...row, about: undefined }))).toEqual(rows)
  const seeds = /^Seeds ([\d, ]+)\.$/m.exec(tables)![1]!.split(", ")
  expect(measuredWhen).toContain(`seeds ${seeds[0]} to ${seeds.at(-1)}`)
})

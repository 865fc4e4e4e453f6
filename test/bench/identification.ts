/**
 * How well software is identified: crawls scenario `disguised` with several
 * seeds and prints how the verdicts go with the truth.
 * `npm run measure:identification -- [SEEDS]`
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { crawlScenario } from "../support/crawled-scenario.ts"
import { calibrationOf, type IdentifiedCase, identifiedCases, isRangeRight, tallyOf } from "../support/identification-cases.ts"

const seeds = Number(process.argv[2] ?? 3)
const folder = mkdtempSync(join(tmpdir(), "observatory-identification-"))
const cases: Array<IdentifiedCase> = []
try {
  for (let seed = 1; seed <= seeds; seed++) cases.push(...await identifiedCases(await crawlScenario("disguised", seed, folder)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const families = [...new Set(cases.map(({ behind }) => behind[0]?.implementation ?? "unknown"))].toSorted()
const deep = cases.filter(({ kind }) => kind === "deep")
const regular = cases.filter(({ kind }) => kind === "regular")
const isTls = ({ transport }: IdentifiedCase): boolean => transport === "tls"
const groups: ReadonlyArray<readonly [label: string, cases: ReadonlyArray<IdentifiedCase>]> = [
  ["honest", regular.filter(({ isLying }) => !isLying)],
  ["under another name", regular.filter(({ isLying }) => isLying)],
  ["over TLS", regular.filter(isTls)],
  ["deep, honest", deep.filter(({ isLying }) => !isLying)],
  ["deep, under another name", deep.filter(({ isLying }) => isLying)],
  ...families.map((family) => [family, regular.filter(({ behind }) => behind[0]?.implementation === family)] as const)
]
console.table(Object.fromEntries(groups.map(([label, some]) => [label, tallyOf(some)])))
console.table(calibrationOf(regular))
console.table(calibrationOf(deep))
for (const it of cases.filter((one) => !isRangeRight(one))) {
  const line = it.behind[0]
  console.log(`${line?.implementation} ${line?.version} (${it.kind}, ${it.isLying ? "lying" : "honest"}): ${it.implementation ?? "not named"}, likeliest ${it.likeliest} ${it.confidence.toFixed(3)}, ${JSON.stringify(it.range)}`)
}

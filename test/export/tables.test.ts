import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readCsvText } from "../../src/domain/csv.ts"
import { tableSubjects } from "../../src/export/tables.ts"
import { runCli } from "../support/cli.ts"
import { queryMemory } from "../support/duck.ts"
import { hostileCrawl, hostileTexts } from "../support/exported-crawl.ts"
import { readCsv } from "../support/read-csv.ts"

let folder: string
let db: string
const exported = async (...args: ReadonlyArray<string>) => {
  const result = await runCli(["export", "--network", "mainnet-sim", "--db", db, ...args])
  expect(result.code, result.stderr).toBe(0)
  return result
}

beforeAll(async () => {
  ({ db, folder } = await hostileCrawl())
  for (const format of ["csv", "jsonl", "parquet"]) await exported("--what", "all", "--format", format, "--out", join(folder, format), "--local")
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (subject: string, format: string): string => join(folder, format, `${subject}.${format}`)

type Rows = ReadonlyArray<Record<string, unknown>>
const jsonRows = (subject: string): Rows =>
  readFileSync(fileOf(subject, "jsonl"), "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>)

interface Described {
  readonly warning: string
  readonly rows: number
  readonly licence: string
  readonly code_version: string
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly meaning: string }>
}
const described = (subject: string, format: string): Described => JSON.parse(readFileSync(`${fileOf(subject, format)}.meta.json`, "utf8")) as Described

/** A cell as the value that JSON lines have. */
const valueOf = (cell: string | null, type: string): unknown => {
  if (cell === null) return null
  if (/^(?:[A-Z]*INT|INTEGER|DOUBLE)$/.test(type)) return Number(cell)
  if (type === "BOOLEAN") return cell === "true"
  return type.endsWith("[]") || type === "JSON" || type.startsWith("MAP") ? JSON.parse(cell) as unknown : readCsvText(cell)
}

// oxlint-disable-next-line no-control-regex -- these are what must not be there
const acts = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

describe("exported tables", () => {
  it("say the same in CSV and in JSON lines, hostile texts as they were received", () => {
    for (const subject of tableSubjects) {
      const { columns, rows } = described(subject, "csv")
      const [head, ...records] = readCsv(readFileSync(fileOf(subject, "csv"), "utf8"))
      expect(head).toEqual(columns.map(({ name }) => name))
      expect(records.length, subject).toBe(rows)
      const read = records.map((cells) => Object.fromEntries(columns.map(({ name, type }, i) => [name, valueOf(cells[i] ?? null, type)])))
      expect(read, subject).toEqual(jsonRows(subject))
    }
    const software = jsonRows("fingerprints").map((row) => row["software"])
    expect(software).toContain(Object.values(hostileTexts).join("|"))
    expect(jsonRows("tls")[0]).toMatchObject({ subject: hostileTexts.formula, issuer: hostileTexts.terminal, san_dns: Object.values(hostileTexts) })
  })

  it("open as Parquet in another DuckDB, with as many rows and the crawl in the file's own metadata", async () => {
    for (const subject of tableSubjects) {
      const file = fileOf(subject, "parquet")
      const [counted] = await queryMemory(`SELECT count(*)::INTEGER AS rows FROM read_parquet('${file}')`)
      expect(counted!["rows"], subject).toBe(described(subject, "csv").rows)
      const metadata = await queryMemory(`SELECT key::VARCHAR AS key, value::VARCHAR AS value FROM parquet_kv_metadata('${file}')`)
      expect(Object.fromEntries(metadata.map(({ key, value }) => [key, value]))).toMatchObject({
        what: subject, crawl_id: "1", network: "mainnet-sim", simulated: "true", code_version: "0.1.0", licence: "CC-BY-4.0"
      })
    }
    const [tls] = await queryMemory(`SELECT subject, san_dns FROM read_parquet('${fileOf("tls", "parquet")}') LIMIT 1`)
    expect(tls).toEqual({ subject: hostileTexts.formula, san_dns: Object.values(hostileTexts) })
  })

  it("hold nothing that a spreadsheet runs or that acts on a terminal", () => {
    for (const subject of tableSubjects) {
      const text = readFileSync(fileOf(subject, "csv"), "utf8")
      expect(text).not.toMatch(acts)
      const cells = readCsv(text).flat()
      expect(cells.filter((cell) => cell !== null && /^\s*[=+\-@]/.test(cell) && !/^-?[0-9.e+-]+$/.test(cell))).toEqual([])
      expect(readFileSync(fileOf(subject, "jsonl"), "utf8")).not.toMatch(acts)
      expect(readFileSync(`${fileOf(subject, "csv")}.meta.json`, "utf8")).not.toMatch(acts)
    }
  })

  it("say in every row and beside every file which crawl, version and licence, and that it is simulated", () => {
    for (const subject of tableSubjects) {
      for (const row of jsonRows(subject)) {
        expect(row).toMatchObject({ crawl_id: 1, network: "mainnet-sim", simulated: true, code_version: "0.1.0", licence: "CC-BY-4.0" })
      }
      for (const format of ["csv", "jsonl", "parquet"]) {
        const { columns, ...about } = described(subject, format)
        expect(about).toMatchObject({ code_version: "0.1.0", licence: "CC-BY-4.0" })
        expect(about.warning).toMatch(/^SIMULATED/)
        expect(columns.filter(({ meaning }) => meaning === ""), subject).toEqual([])
      }
    }
  })

  it("are the same bytes whenever they are made", async () => {
    await exported("--what", "all", "--format", "csv", "--out", join(folder, "again"), "--local")
    for (const subject of tableSubjects) {
      expect(readFileSync(join(folder, "again", `${subject}.csv`)).equals(readFileSync(fileOf(subject, "csv"))), subject).toBe(true)
    }
  })

  it("are narrowed by the filters of the viewer", async () => {
    const narrowed = async (...args: ReadonlyArray<string>) => {
      const file = join(folder, "narrowed.jsonl")
      await exported("--what", "servers", "--format", "jsonl", "--out", file, "--local", ...args)
      return readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map((line) => (JSON.parse(line) as { readonly host: string }).host)
    }
    expect(await narrowed("--search", "BETA")).toEqual(["beta.example.org"])
    expect(await narrowed("--network-class", "onion")).toEqual([expect.stringMatching(/onion$/)])
    expect(await narrowed("--reachable", "yes")).not.toContain("gamma.example.org")
    expect(await narrowed("--search", "nobody at all")).toEqual([])
  })

  it("print nothing of what servers said", async () => {
    const { stderr, stdout } = await exported("--what", "all", "--format", "csv", "--out", join(folder, "printed"), "--local")
    expect(stdout + stderr).not.toMatch(acts)
    expect(stderr).toMatch(/^SIMULATED/)
  })

  it("come in no format that does not fit, and the right ones are named", async () => {
    const run = await runCli(["export", "--network", "mainnet-sim", "--db", db, "--what", "tls", "--format", "gexf", "--out", join(folder, "x")])
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining("--what tls is written as csv, jsonl, parquet, not as gexf; gexf is for --what graph.")])
  })

  it("fail with one sentence where they cannot be written, and leave nothing behind", async () => {
    const run = await runCli(["export", "--crawl", "1", "--db", db, "--what", "tls", "--out", `${db}/place.csv`])
    expect([run.code, run.stderr]).toEqual([1, expect.stringMatching(/observatory: .*place.csv cannot be written: .*\n$/)])
  })
})

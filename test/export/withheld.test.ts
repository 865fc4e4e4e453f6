import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { changeFile, queryFile, queryMemory } from "../support/duck.ts"
import { hostileCrawl } from "../support/exported-crawl.ts"
import { onion } from "../support/small-database.ts"

let folder: string
let db: string

/** Said by a server in its banner and in the reason behind a failure, and announced nowhere. */
const leaked = "10.11.12.13"
/** Of gamma nobody but the user knows. */
const unannounced = "gamma.example.org"

const exported = async (...args: ReadonlyArray<string>) => {
  const run = await runCli(["export", "--network", "mainnet-sim", "--db", db, ...args])
  expect(run.code, run.stderr).toBe(0)
}

beforeAll(async () => {
  ({ db, folder } = await hostileCrawl())
  const [ids] = await queryFile(db, `
    SELECT min(advertisement_id) FILTER (host = '${unannounced}') AS gamma, min(advertisement_id) FILTER (host = 'alpha.example.org') AS alpha FROM advertisement`)
  await changeFile(db, `
    UPDATE visit SET software = 'ElectrumX at ${leaked} for ${unannounced}' WHERE visit_id = (SELECT min(visit_id) FROM visit WHERE software IS NOT NULL);
    UPDATE observation SET reply_raw = '{"id":1,"result":"bound to ${leaked}, ${unannounced}"}' WHERE probe = 'banner';
    UPDATE reading SET advertisement_ids = list_transform(advertisement_ids, lambda id: CASE WHEN id = ${ids!["gamma"]} THEN ${ids!["alpha"]} ELSE id END)`)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** All that the files of a folder hold, one text; Parquet as another DuckDB reads it, items of bundles as they are. */
const textsIn = async (place: string): Promise<string> => {
  const texts = await Promise.all(readdirSync(place).map(async (name) => {
    const file = join(place, name)
    if (name.endsWith(".parquet")) return JSON.stringify(await queryMemory(`SELECT * FROM read_parquet('${file}')`))
    const text = readFileSync(file, "utf8")
    if (!name.endsWith(".evidence.jsonl")) return text
    return text.split("\n").filter((line) => line !== "").map((line) => {
      const { base64 } = JSON.parse(line) as { readonly base64?: string }
      return base64 === undefined ? line : Buffer.from(base64, "base64").toString("latin1")
    }).join("\n")
  }))
  return texts.join("\n")
}

/** What is exported: tables and graphs in these formats, and the evidence about a server. */
const everything = async (place: string, tables: ReadonlyArray<string>, graphs: ReadonlyArray<string>, ...args: ReadonlyArray<string>): Promise<string> => {
  const server = (await queryFile(db, "SELECT server_id FROM server_summary WHERE host = 'alpha.example.org'"))[0]!["server_id"]
  for (const format of tables) await exported("--what", "all", "--format", format, "--out", place, ...args)
  for (const format of graphs) await exported("--what", "graph", "--format", format, "--out", join(place, `graph.${format}`), ...args)
  await exported("--what", "evidence", "--claim", `server:${server}`, "--out", place, ...args)
  return textsIn(place)
}

describe("exports without --local", () => {
  it("hold nothing of what is withheld, in any format, and still everything else", async () => {
    const open = await everything(join(folder, "public"), ["csv", "jsonl", "parquet"], ["gexf", "graphml"])
    // That it would be there.
    const local = await everything(join(folder, "local"), ["jsonl"], [], "--local")
    for (const secret of [onion, leaked, unannounced]) {
      expect(local, secret).toContain(secret)
      expect(open, secret).not.toContain(secret)
    }
    for (const known of ["alpha.example.org", "beta.example.org", "\"audience\": \"public\""]) expect(open).toContain(known)
    expect(local).toContain("\"audience\": \"local\"")
  }, 180_000)

  it("say nothing of an operator who opted out", async () => {
    const list = join(folder, "opted-out.txt")
    writeFileSync(list, "beta.example.org\n")
    const rows = async (name: string, ...args: ReadonlyArray<string>) => {
      const file = join(folder, name)
      await exported("--what", "indicators", "--format", "jsonl", "--out", file, ...args)
      return readFileSync(file, "utf8").split("\n").filter((line) => line.includes("beta.example.org")).length
    }
    expect(await rows("with.jsonl")).toBeGreaterThan(5)
    expect(await rows("without.jsonl", "--exclude", list)).toBe(0)
  })

  it("give no evidence about what is withheld", async () => {
    const hidden = (await queryFile(db, `SELECT server_id FROM server_summary WHERE host = '${onion}'`))[0]!["server_id"]
    const run = await runCli(["export", "--network", "mainnet-sim", "--db", db, "--what", "evidence", "--claim", `server:${hidden}`, "--out", folder])
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining("that is shown publicly")])
  })
})

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-dictionary-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("observatory dictionary", () => {
  it("prints definitions without a database, whole, as Markdown or for programs", async () => {
    const markdown = await runCli(["dictionary", "server_metadata"], { cwd: folder })
    expect(markdown).toMatchObject({ code: 0, stderr: "" })
    expect(markdown.stdout).toMatch(/^\| name \| kind \| level \| column \| type \| meaning \| null\\_meaning \|$/m)
    const json = await runCli(["dictionary", "--format", "json"], { cwd: folder })
    const entries = JSON.parse(json.stdout) as ReadonlyArray<Record<string, unknown>>
    const banner = entries.find(({ column, name }) => name === "server_metadata" && column === "banner")
    expect(banner).toEqual({
      name: "server_metadata",
      kind: "view",
      level: expect.stringMatching(/^endpoint/),
      column: "banner",
      type: "VARCHAR",
      meaning: expect.stringContaining("not cleaned"),
      null_meaning: "Null when untested."
    })
    const csv = await runCli(["dictionary", "--format", "csv"], { cwd: folder })
    for (const { meaning } of entries) expect(csv.stdout).toContain(String(meaning).replaceAll("\"", "\"\""))
    // Nothing is cut in the middle.
    expect(markdown.stdout).not.toContain("…")
  })

  it("names what it does not find", async () => {
    expect(await runCli(["dictionary", "nothing"])).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing") })
    const db = join(folder, "missing.duckdb")
    expect(await runCli(["dictionary", "--db", db])).toMatchObject({ code: 1, stderr: expect.stringContaining(db) })
  })
})

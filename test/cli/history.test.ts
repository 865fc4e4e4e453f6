import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { testRepository } from "../support/git-repository.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-listed-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const list = (...hosts: ReadonlyArray<string>) => JSON.stringify(Object.fromEntries(hosts.map((host) => [host, { s: "50002" }])))

describe("history import", () => {
  it("keeps who has been on a list since when, and reading it again takes the place of what was known", async () => {
    const db = join(folder, "listed.duckdb")
    const repository = testRepository(join(folder, "wallet"))
    repository.commit("2018-05-01", { "servers.json": list("ash.list.example", "oak.list.example") })
    repository.commit("2020-05-01", { "servers.json": list("oak.list.example") })
    const first = await runCli(["history", "import", repository.folder, "--db", db])
    expect([first.code, first.stdout], first.stderr).toEqual([0, expect.stringMatching(/^wallet: 2 commits changed a list.*\n {2}mainnet: 2 hosts since 2018-05-01, 1 of them still listed\n$/)])

    const asked = async () => {
      const { code, stderr, stdout } = await runCli(["query", "--db", db, "--format", "json", "--sql", "SELECT * FROM host_listing ORDER BY network, listed_since, host"])
      expect(code, stderr).toBe(0)
      return (JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>).map((row) => [row["host"], String(row["listed_since"]).slice(0, 10), String(row["listed_until"]).slice(0, 10), row["still_listed"], row["lists"]])
    }
    expect(await asked()).toEqual([
      ["ash.list.example", "2018-05-01", "2018-05-01", false, 1],
      ["oak.list.example", "2018-05-01", "2020-05-01", true, 1]
    ])

    repository.commit("2021-05-01", { "servers.json": list("ash.list.example") })
    expect((await runCli(["history", "import", repository.folder, "--db", db])).code).toBe(0)
    const other = testRepository(join(folder, "other"))
    other.commit("2017-01-01", { "my.txt": "ash.list.example:50002:s\n" })
    expect((await runCli(["history", "import", other.folder, "--db", db, "--list-path", "my.txt", "--list-network", "mainnet", "--list-name", "mine"])).code).toBe(0)
    expect(await asked()).toEqual([
      ["ash.list.example", "2017-01-01", "2021-05-01", true, 2],
      ["oak.list.example", "2018-05-01", "2020-05-01", false, 1]
    ])
  })

  it("says what is wrong", async () => {
    const db = join(folder, "wrong.duckdb")
    expect(await runCli(["history", "import", folder, "--db", db])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^observatory: git log failed in /) })
    expect(await runCli(["history", "import", folder, "--db", db, "--list-path", "a"])).toMatchObject({ code: 2, stderr: expect.stringContaining("go together") })
  })
})

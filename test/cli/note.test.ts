import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openForWriting } from "../../src/store/duckdb.ts"
import { runCli } from "../support/cli.ts"
import { recordSmallCrawl, withStore } from "../support/small-database.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-note-"))
const db = join(folder, "observatory.duckdb")

beforeAll(() =>
  Effect.runPromise(
    withStore(db, (store) => Effect.andThen(recordSmallCrawl(store, "mainnet"), recordSmallCrawl(store, "testnet4"))).pipe(Effect.provide(NodeServices.layer))
  ))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const note = (...args: ReadonlyArray<string>) => runCli(["note", "--db", db, ...args], { timeoutMs: 120_000 })
const listed = async (...args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await note(...args, "--format", "json")
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>
}

describe("note", () => {
  it("writes, lists and removes, and shows hostile text harmlessly on a terminal", async () => {
    const hostile = "\u001b[31mred\u202e <b>"
    expect((await note("alpha.example.org", hostile, "--network", "mainnet", "--author", "me")).code).toBe(0)
    expect((await note("beta.example.org", "another", "--network", "testnet4")).code).toBe(0)
    const notes = await listed()
    expect(notes.map(({ author, host, network, note, text }) => [note, network, host, text, author === "me"])).toEqual([
      [1, "mainnet", "alpha.example.org", hostile, true],
      [2, "testnet4", "beta.example.org", "another", false]
    ])
    expect(notes[1]!["author"]).not.toBe("")
    expect((await listed("beta.example.org")).length).toBe(1)
    expect((await note()).stdout).not.toContain("\u001b")
    expect((await note("--remove", "1")).code).toBe(0)
    expect((await listed()).map(({ note }) => note)).toEqual([2])
  })

  it("says in a sentence whom nobody knows, which network is meant, and that somebody else writes", async () => {
    const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, words: RegExp]> = [
      [["nobody.example.org", "text"], 2, /No crawl in .* knows a server nobody\.example\.org\./],
      [["alpha.example.org", "text"], 2, /alpha\.example\.org is known in mainnet and testnet4: say which with --network\./],
      [["alpha.example.org", "text", "--network", "signet"], 2, /No crawl of signet .* known in mainnet, testnet4\./],
      [["alpha.example.org", " ", "--network", "mainnet"], 2, /1 to 10,000 characters/],
      [["--remove", "99"], 2, /There is no note 99\./]
    ]
    for (const [args, code, words] of cases) {
      const run = await note(...args)
      expect([run.code, run.stderr], args.join(" ")).toEqual([code, expect.stringMatching(words)])
    }
    const busy = await Effect.runPromise(Effect.scoped(Effect.andThen(openForWriting(db), Effect.promise(() => note("--remove", "2")))))
    expect([busy.code, busy.stderr]).toEqual([1, expect.stringMatching(/in use by another process.*A note can be written when it has ended\.\n$/)])
    expect(await listed()).toHaveLength(1)
  })
})

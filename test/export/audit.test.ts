import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { AuditedEntry } from "../../src/export/audit/audit-list.ts"
import { findingsOf } from "../../src/export/audit/findings.ts"
import { readListText, withoutEntries } from "../../src/export/audit/list-text.ts"
import { unifiedDiff } from "../../src/export/audit/unified-diff.ts"
import { runCli } from "../support/cli.ts"
import { changeFile } from "../support/duck.ts"
import { onion, recordSmallCrawl, withStore } from "../support/small-database.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-audit-"))
const db = join(folder, "small.duckdb")
const listFile = join(folder, "servers.json")
const hostileHost = "<script>\u001b[2J|`evil`.example.org"

/** As the wallet ships it, but for one entry on a line of its own and comments of blanks. */
const list = `{
    "alpha.example.org": {
        "pruning": "-",
        "s": "50002",
        "t": "50001",
        "version": "1.4.2"
    },
    "Beta.example.org": {"s": "50002", "version": "1.4.2"},

    "gamma.example.org": {
        "s": "50002",
        "t": "50001"
    },
    "strange.example.org": { "s": "50002" },
    "${onion}": { "s": "50002" },
    "clear.example.org": { "t": "50001" },
    ${JSON.stringify(hostileHost)}: { "s": "50002", "extra": ["}", "\\"", {"{": ","}] }
}
`

beforeAll(async () => {
  writeFileSync(listFile, list)
  await Effect.runPromise(withStore(db, (store) => Effect.forEach([1, 2, 3], () => recordSmallCrawl(store, "mainnet"))))
  const { code, stderr } = await runCli(["analyze", "--db", db])
  expect(code, stderr).toBe(0)
  await changeFile(db, `
    DELETE FROM cluster; DELETE FROM cluster_member;
    INSERT INTO cluster (crawl_id, cluster_id, kind, evidence, servers, posterior) VALUES (3, 7, 'operator', 'same key', 2, 0.97);
    INSERT INTO cluster_member (crawl_id, cluster_id, server_id, posterior)
      SELECT 3, 7, server_id, 0.97 FROM server_summary WHERE host IN ('alpha.example.org', 'beta.example.org')`)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Audited {
  readonly findings: ReadonlyArray<{ readonly kind: string; readonly host: string; readonly detail: string; readonly out: boolean }>
  readonly entries: ReadonlyArray<{ readonly host: string; readonly crawlsLooked: number; readonly crawlsAnswered: number }>
}

const audit = async (...args: ReadonlyArray<string>) => {
  const run = await runCli(["audit", listFile, "--db", db, "--local", ...args])
  expect(run.code, run.stderr).toBe(0)
  return run
}
const audited = async (...args: ReadonlyArray<string>) => JSON.parse((await audit("--format", "json", ...args)).stdout) as Audited

/** What a patch makes of a text, by git, which did not write it. */
const patched = (text: string, patch: string): string => {
  const place = mkdtempSync(join(folder, "patch-"))
  writeFileSync(join(place, "servers.json"), text)
  writeFileSync(join(place, "the.patch"), patch)
  // Without a repository around it git applies patches to files as they are.
  mkdirSync(join(place, ".git-none"))
  execFileSync("git", ["apply", "--whitespace=nowarn", "the.patch"], { cwd: place, env: { ...process.env, GIT_DIR: join(place, ".git-none"), GIT_CEILING_DIRECTORIES: folder } })
  return readFileSync(join(place, "servers.json"), "utf8")
}

/** An entry of a list that answers well, with what is said of it. */
const entry = (host: string, serverId: number, clusterId: number | null): AuditedEntry => ({
  host, serverId, clusterId, tlsPort: 50002, tcpPort: null, crawlsKnown: 1, crawlsLooked: 1, crawlsAnswered: 1,
  lastAnswered: null, reason: null, refused: null, otherChain: null, groupPosterior: clusterId === null ? null : 0.98, score: 0
})

describe("what is to be said of entries", () => {
  const said = (entries: ReadonlyArray<AuditedEntry>) =>
    findingsOf(entries, { deadAfter: 3, onePerOperator: true }).map(({ detail, host, kind, out }) => [host, kind, out, /p = /.test(detail)])

  it("calls two names of one server that, and no probable operator", () => {
    expect(said([entry("clear.example", 5, 7), entry("hidden.onion", 5, 7)])).toEqual([["clear.example", "same server", false, false], ["hidden.onion", "same server", true, false]])
    expect(said([entry("clear.example", 5, null), entry("other.example", 6, null)])).toEqual([])
  })

  it("says of other servers of the group only that one operator is probable", () => {
    expect(said([entry("clear.example", 5, 7), entry("hidden.onion", 5, 7), entry("other.example", 6, 7)])).toEqual([
      ["clear.example", "same server", false, false], ["clear.example", "same operator", false, true],
      ["hidden.onion", "same server", true, false], ["hidden.onion", "same operator", true, true],
      ["other.example", "same operator", true, true]
    ])
  })

  it("leaves the least suspicious of a group, wherever it stands, as a group may be wrong", () => {
    const liar = { ...entry("first.example", 5, 7), score: 60 }
    expect(said([liar, entry("second.example", 6, 7), entry("third.example", 8, 7)])).toEqual([
      ["first.example", "same operator", true, true], ["second.example", "same operator", false, true], ["third.example", "same operator", true, true]
    ])
  })
})

describe("observatory audit", () => {
  it("says nothing in public of those whose operator opted out since, and everything to the owner of the database", async () => {
    const optedOut = join(folder, "opted-out.txt")
    writeFileSync(optedOut, "alpha.example.org\n")
    const kinds = async (...args: ReadonlyArray<string>) => {
      const run = await runCli(["audit", listFile, "--db", db, "--format", "json", ...args])
      expect(run.code, run.stderr).toBe(0)
      return (JSON.parse(run.stdout) as Audited).findings.filter(({ kind }) => kind === "same operator").map(({ host }) => host)
    }
    expect(await kinds()).toEqual(["alpha.example.org", "Beta.example.org"])
    expect(await kinds("--exclude", optedOut)).toEqual([])
    const said = await runCli(["audit", listFile, "--db", db, "--exclude", optedOut])
    expect(said.stdout).not.toContain("alpha.example.org")
    // The onion is withheld anyway.
    expect(said.stdout).toContain("Of 2 more nothing is said here")
    expect(await kinds("--exclude", optedOut, "--local")).toEqual(["alpha.example.org", "Beta.example.org"])
  })

  it("says of every entry what crawls saw, and takes out only what is sure", async () => {
    const { findings } = await audited()
    const of = (host: string) => findings.filter((finding) => finding.host === host).map(({ kind, out }) => [kind, out])
    expect(of("alpha.example.org")).toEqual([["same operator", false]])
    expect(of("Beta.example.org")).toEqual([["same operator", false]])
    expect(of("gamma.example.org")).toEqual([["did not answer us", true]])
    expect(of("strange.example.org")).toEqual([["other chain", true]])
    expect(of(onion)).toEqual([["not looked at", false]])
    expect(of("clear.example.org")).toEqual([["not known", false]])
    expect(of(hostileHost)).toEqual([["not known", false]])
    const gamma = findings.find(({ host }) => host === "gamma.example.org")!
    expect(gamma.detail).toMatch(/^in 3 crawls of 3 that looked/)
  })

  it("asks for more crawls before it takes out who did not answer", async () => {
    const { findings } = await audited("--dead-after", "4")
    expect(findings.find(({ host }) => host === "gamma.example.org")).toMatchObject({ out: false, detail: expect.stringContaining("4 are needed") })
    const early = await audited("--crawl", "1")
    expect(early.entries.find(({ host }) => host === "gamma.example.org")).toMatchObject({ crawlsLooked: 1, crawlsAnswered: 0 })
  })

  it("names whom the wallet refuses by the reason of its rule", async () => {
    const copy = join(folder, "refused.duckdb")
    writeFileSync(copy, readFileSync(db))
    await changeFile(copy, "UPDATE tls_session SET wallet_accepts = false, wallet_accepts_reason = 'expired'")
    const run = await runCli(["audit", listFile, "--db", copy, "--local", "--format", "json"])
    expect((JSON.parse(run.stdout) as Audited).findings).toEqual(
      expect.arrayContaining([{ kind: "refused", host: "alpha.example.org", detail: "expired", out: true }])
    )
  })

  it("writes a patch that git applies, and that leaves everything else as it was written", async () => {
    const file = join(folder, "servers.patch")
    await audit("--patch", file, "--one-per-operator")
    const result = patched(list, readFileSync(file, "utf8"))
    expect(result).toBe(list
      .replace(/ {4}"Beta[^\n]*\n\n/, "")
      .replace(/ {4}"gamma[^}]*\},\n/, "")
      .replace(/ {4}"strange[^\n]*\n/, ""))
    expect(Object.keys(JSON.parse(result) as object)).toEqual(["alpha.example.org", onion, "clear.example.org", hostileHost])
  })

  it("is inert on terminals and in documents, whatever hosts are called", async () => {
    for (const format of ["text", "md"]) {
      const { stdout } = await audit("--format", format)
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(stdout).toContain("\\u001b[2J".replace(/[\\[]/g, (mark) => format === "md" ? `\\${mark}` : mark))
    }
    expect((await audit("--format", "md")).stdout).not.toContain("<script>")
  })

  it("says in a sentence what is no list", async () => {
    const file = join(folder, "none.json")
    for (const text of ["[1, 2]", "{\"a\": ", "null"]) {
      writeFileSync(file, text)
      const run = await runCli(["audit", file, "--db", db])
      expect([run.code, run.stderr], text).toEqual([1, expect.stringMatching(/^observatory: .*none\.json cannot be read as a list of servers: .*\n$/)])
    }
  })
})

const entryText = fc.record({
  host: fc.string({ unit: "grapheme", maxLength: 12 }),
  value: fc.oneof(fc.json({ maxDepth: 2 }), fc.constant("{\"s\": \"50002\",\n  \"t\":\"50001\"}")),
  gap: fc.constantFrom("", " ", "\n", "\n    ", "\t\n\r\n")
})
const listText = fc.tuple(fc.uniqueArray(entryText, { selector: ({ host }) => host, maxLength: 8 }), fc.constantFrom("", "\n")).map(([entries, end]) =>
  `{${entries.map(({ gap, host, value }) => `${gap}${JSON.stringify(host)}${gap}:${gap}${value}`).join(",")}${entries[0]?.gap ?? ""}}${end}`)

describe("a list's text", () => {
  it("is read whole, and loses exactly the entries taken out", () => {
    fc.assert(fc.property(listText, fc.infiniteStream(fc.boolean()), (text, drawn) => {
      const entries = readListText(text)
      if (typeof entries === "string") throw new Error(entries)
      const before = JSON.parse(text) as Record<string, unknown>
      expect(new Set(entries.map(({ host }) => host))).toEqual(new Set(Object.keys(before)))
      const out = new Set(entries.filter(() => drawn.next().value).map(({ host }) => host))
      const after = JSON.parse(withoutEntries(text, entries, ({ host }) => out.has(host))) as Record<string, unknown>
      expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([host]) => !out.has(host))))
    }), { numRuns: 300 })
  })

  it("becomes the other text by the patch, applied by git", () => {
    fc.assert(fc.property(listText, fc.infiniteStream(fc.boolean()), (text, drawn) => {
      const entries = readListText(text)
      if (typeof entries === "string") throw new Error(entries)
      const after = withoutEntries(text, entries, () => drawn.next().value)
      const patch = unifiedDiff("servers.json", text, after)
      expect(patch === "" ? text : patched(text, patch)).toBe(after)
    }), { numRuns: 40 })
  })
})

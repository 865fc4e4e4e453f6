import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { changeKinds, type CrawlChange } from "../../src/atlas/changes/crawl-change.ts"
import type { ReportDocument } from "../../src/report/document/document.ts"
import type { Happening } from "../../src/simnet/life/happenings.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli } from "../support/cli.ts"
import { runSimnet } from "../support/running-simnet.ts"

const hour = 3_600_000
const folder = mkdtempSync(join(tmpdir(), "observatory-diff-"))
const [db, later] = [join(folder, "churn.duckdb"), join(folder, "later.duckdb")]
let truth: ReadonlyArray<TruthLine>
let happened: ReadonlyArray<Happening>
let change: CrawlChange

const diff = async (...args: ReadonlyArray<string>) => {
  const run = await runCli(["diff", ...args])
  expect(run.code, run.stderr).toBe(0)
  return run
}

// 76 simulated hours between two crawls of a few real seconds: a fleet and strangers upgrade, a fleet renews its key, homes move.
beforeAll(async () => {
  const truthFile = join(folder, "truth.jsonl")
  const { simnet, stop } = await runSimnet({ scenario: "churn", truthFile, timeScale: 0, randomSeed: 5 })
  const crawl = async (into: string) => {
    const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
    const run = await runCli([
      "crawl", "--network", "mainnet-sim", "--db", into, "--proxy", proxy, "--tor", proxy, "--rate", "0", "--resolver", `127.0.0.1:${simnet.dnsPort}`,
      "--connect-timeout", "3s", "--fingerprint", "off", ...simnet.seeds.flatMap((seed) => ["--seed", seed])
    ], { timeoutMs: 100_000 })
    expect(run.code, run.stderr).toBe(0)
  }
  try {
    await crawl(db)
    simnet.clock.advance(76 * hour)
    await crawl(db)
    await crawl(later)
    happened = simnet.happenings()
  } finally {
    await stop()
  }
  truth = readFileSync(truthFile, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as TruthLine)
  change = JSON.parse((await diff("2", "1", "--db", db, "--format", "json")).stdout) as CrawlChange
}, 400_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hostsOf = (server: string): ReadonlyArray<string> => [...new Set(truth.filter((line) => line.server === server).map(({ host }) => host))]
const serverOf = (host: string): string => truth.find((line) => line.host === host)!.server
const servers = (changes: ReadonlyArray<{ readonly host: string }>): ReadonlyArray<string> => changes.map(({ host }) => serverOf(host)).toSorted()
/** Servers of the truth to which this happened and of which both crawls saw something. */
const met = (what: Happening["what"], detail?: string): ReadonlyArray<string> => {
  const unseen = new Set([...change.vanished, ...change.appeared, ...change.silent, ...change.notSeen, ...change.answersAgain].map(({ host }) => serverOf(host)))
  const down = new Set(truth.filter((line) => !line.alive).map(({ server }) => server))
  const upNow = (server: string) => happened.findLast((one) => one.server === server && (one.what === "down" || one.what === "up"))?.what !== "down"
  return [...new Set(happened.filter((one) => one.what === what && (detail === undefined || one.detail === detail)).map(({ server }) => server!))]
    .filter((server) => !unseen.has(server) && !down.has(server) && upNow(server)).toSorted()
}

describe("observatory diff, on two crawls of one changing world", { timeout: 180_000 }, () => {
  it("finds every move, upgrade and new key of servers that answered both times, and no other", () => {
    expect(met("move").length).toBeGreaterThan(4)
    expect(servers(change.moved)).toEqual(met("move"))
    expect(met("upgrade").length).toBeGreaterThan(8)
    expect(servers(change.softwareChanged)).toEqual(met("upgrade"))
    expect(met("renewal", "new").length).toBeGreaterThan(3)
    expect(servers(change.keyChanged)).toEqual(met("renewal", "new"))
    expect([change.unclear, change.renamed, change.groupChanged, change.regrouped]).toEqual([[], [], [], []])
  })

  it("says of those who are away that they are not announced or do not answer, and of nobody else", () => {
    const away = new Set(truth.map(({ server }) => server).filter((server) =>
      happened.findLast((one) => one.server === server && (one.what === "down" || one.what === "up"))?.what === "down"))
    const gone = [...servers(change.vanished), ...servers(change.silent)]
    expect(gone.length).toBeGreaterThan(0)
    expect(gone.filter((server) => !away.has(server))).toEqual([])
    expect(change.cautions).toEqual([])
  })

  it("shows a fleet that upgraded as one, and says that this proves nothing", async () => {
    const fleet = met("upgrade", "ElectrumX 1.20.0").filter((server) => server.startsWith("cypress"))
    const group = change.upgradedTogether.find(({ after, before }) => before === "ElectrumX 1.18.0" && after === "ElectrumX 1.20.0")!
    expect(fleet.length).toBeGreaterThan(4)
    expect(fleet.every((server) => hostsOf(server).some((host) => group.hosts.includes(host)))).toBe(true)
    const { stderr, stdout } = await diff("1", "2", "--db", db)
    expect(stdout).toContain("whoever runs them")
    expect(stdout).toContain("counted in servers")
    expect(stderr).toContain("SIMULATED")
  })

  it("says the same of two files, and as Markdown and rows", async () => {
    const files = JSON.parse((await diff(later, "1", "--db", db, "--format", "json")).stdout) as CrawlChange
    // The third crawl was made from another file, in the world of the second.
    expect(servers(files.moved)).toEqual(servers(change.moved))
    expect(servers(files.keyChanged)).toEqual(servers(change.keyChanged))
    expect((await diff("1", later, "--db", db, "--format", "md")).stdout).toContain("| Changed their key |")
    const rows = (await diff("1", "2", "--db", db, "--format", "jsonl")).stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { readonly change: string })
    expect(rows.filter((row) => row.change === "moved")).toHaveLength(change.moved.length)
  })

  it("says the same in a report that compares them, with everything counted that the truth has", async () => {
    const out = join(folder, "report")
    const run = await runCli(["report", "--db", db, "--network", "mainnet-sim", "--local", "--no-power", "--crawl", "2", "--compare", "1", "--out", out], { timeoutMs: 120_000 })
    expect(run.code, run.stderr).toBe(0)
    const { sections } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as ReportDocument
    const changed = sections.find(({ id }) => id === "what-changed")!
    const figure = changed.blocks.find((block) => block.kind === "figure")!
    const counts = new Map(figure.table.rows.map(([title, servers]) => [title, servers]))
    for (const { key, title } of changeKinds) expect([title, counts.get(title)]).toEqual([title, change[key].length])
    expect(counts.get("Moved")).toBe(met("move").length)
    expect(counts.get("Changed their software")).toBe(met("upgrade").length)
    expect(counts.get("Changed their key")).toBe(met("renewal", "new").length)
    const markdown = readFileSync(join(out, "report.md"), "utf8")
    expect(markdown).toContain("![Changes from crawl 1 to crawl 2")
    expect(readFileSync(join(out, "figures/changes.svg"), "utf8")).toContain("SIMULATED")
  }, 150_000)

  it("refuses one crawl twice, other networks and the same file twice with a sentence", async () => {
    expect((await runCli(["diff", "1", "1", "--db", db])).stderr).toContain("cannot be compared with itself")
    expect((await runCli(["diff", db, db])).code).toBe(2)
    expect((await runCli(["diff", "1", "9", "--db", db])).stderr).toContain("There is no crawl 9")
  })

  it("has a named query that compares endpoints", async () => {
    const run = await runCli(["query", "changes-since-the-crawl-before", "--db", db, "--format", "json"])
    const rows = JSON.parse(run.stdout) as ReadonlyArray<{ readonly endpoint: string; readonly changes_at_endpoint: ReadonlyArray<string> }>
    const rotated = rows.filter((row) => row.changes_at_endpoint.includes("another key")).map((row) => serverOf(row.endpoint.split(":")[0]!))
    expect([...new Set(rotated)].toSorted()).toEqual(servers(change.keyChanged))
  })
})

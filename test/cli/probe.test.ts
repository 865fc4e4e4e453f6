import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { withStore } from "../support/small-database.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-probe-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.concurrent("observatory probe", () => {
  it("--snapshot compares what the servers of a crawl show at one time: servers of one node show the same", async () => {
    const db = join(folder, "hosted.duckdb")
    const { simnet, stop } = await runSimnet({ scenario: "hosted", randomSeed: 5, timeScale: 0 })
    try {
      const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
      const connection = ["--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0"]
      const crawl = await runCli(["crawl", ...connection, "--fingerprint", "off", "--connect-timeout", "5s", ...simnet.seeds.flatMap((seed) => ["--seed", seed])], { timeoutMs: 120_000 })
      expect(crawl.code, crawl.stderr).toBe(0)
      const probe = await runCli(["probe", "--snapshot", ...connection], { timeoutMs: 120_000 })
      expect(probe.code, probe.stderr).toBe(0)
      expect(probe.stdout).toMatch(/^SIMULATED: /)
      expect(probe.stdout).toMatch(/Snapshot of mainnet-sim kept/)
      expect(probe.stdout).toMatch(/query snapshot-values/)
    } finally {
      await stop()
    }
    const { servers } = await planOf("hosted", 5)
    const rows = await queryFile(db, `
      SELECT e.host, v.value, v.common_because FROM snapshot_value v JOIN endpoint e USING (endpoint_id) WHERE kind = 'fee vector' AND within IS NULL`)
    const nodeOf = new Map(servers.flatMap((server) => server.names.map((name) => [name.host, server.model.backend.name] as const)))
    const esplora = new Set(servers.filter(({ software }) => /esplora|mempool/.test(software.text)).flatMap(({ names }) => names.map(({ host }) => host)))
    const byNode = Map.groupBy(rows.filter(({ host }) => !esplora.has(String(host))), ({ host }) => nodeOf.get(String(host)))
    expect(rows.length).toBeGreaterThan(30)
    // One node, one vector; it is the node's, whoever rents it.
    for (const [node, of] of byNode) expect([node, new Set(of.map(({ value }) => value)).size]).toEqual([node, 1])
    expect(Math.max(...[...byNode.values()].map((of) => of.length))).toBeGreaterThan(8)
    // Two nodes, two vectors, unless it is a vector that says nothing.
    const uncommon = [...byNode].filter(([, of]) => of[0]!["common_because"] === null).map(([, of]) => of[0]!["value"])
    expect(new Set(uncommon).size).toBe(uncommon.length)
  }, 240_000)

  it("--differential asks each server once a day, through the proxy of its crawl, never calls one honest, and tells programs in JSON lines alone", async () => {
    const db = join(folder, "framing.duckdb")
    const told: Array<{ readonly lines: ReadonlyArray<Readonly<Record<string, unknown>>>; readonly stderr: string }> = []
    const { simnet, stop } = await runSimnet({ scenario: "selective", randomSeed: 5, timeScale: 0, servers: 12 })
    try {
      const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
      const crawl = await runCli([
        "crawl", "--differential", "--fingerprint", "off", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0", "--connect-timeout", "5s",
        ...simnet.seeds.flatMap((seed) => ["--seed", seed])
      ], { timeoutMs: 150_000 })
      expect(crawl.code, crawl.stderr).toBe(0)
      expect(crawl.stdout).toMatch(/servers of mainnet-sim asked the same in two ways/)
      expect(crawl.stdout).toMatch(/no misbehaviour shown to a declared crawler/)
      expect(crawl.stdout).not.toMatch(/is honest|are honest/)
      // The proxy is that of the crawl: without it none of these names would be reached.
      const again = await runCli(["probe", "--differential", "--network", "mainnet-sim", "--db", db, "--rate", "0"], { timeoutMs: 60_000 })
      expect(again.code, again.stderr).toBe(0)
      expect(again.stdout).toMatch(/^\s*\d+ servers wait for another day/m)
      const snapshot = await runCli(["probe", "--snapshot", "--network", "mainnet-sim", "--db", db, "--rate", "0"], { timeoutMs: 100_000 })
      expect(snapshot.code, snapshot.stderr).toBe(0)
      expect(snapshot.stdout).toMatch(/servers +[1-9]\d* of \d+ may be compared/)
      for (const what of ["--snapshot", "--differential", "--due"]) {
        const { code, stderr, stdout } = await runCli(["probe", what, "--progress", "json", "--network", "mainnet-sim", "--db", db, "--rate", "0"], { timeoutMs: 100_000 })
        expect(code, stderr).toBe(0)
        // Nothing but JSON lines, each an object.
        told.push({ stderr, lines: stdout.trimEnd().split("\n").map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>) })
      }
    } finally {
      await stop()
    }
    for (const { lines, stderr } of told) expect([lines.length, stderr]).toEqual([1, ""])
    const [ofSnapshot, ofDifferential, ofDue] = told.map(({ lines }) => lines[0]!)
    const [last] = await queryFile(db, "SELECT crawl_id, servers, compared FROM snapshot ORDER BY snapshot_id DESC LIMIT 1")
    expect(ofSnapshot).toMatchObject({ type: "snapshot", simulated: true, state: "kept", runId: last!["crawl_id"], servers: last!["servers"], compared: last!["compared"] })
    expect(ofDifferential).toMatchObject({ type: "differential", network: "mainnet-sim", asked: 0 })
    expect(ofDifferential!["waiting"]).toBeGreaterThan(0)
    expect(ofDue).toMatchObject({ type: "due", network: "mainnet-sim", runId: null, answered: 0 })
    const rows = await queryFile(db, "SELECT state, count(*)::INTEGER AS n FROM differential_result GROUP BY state")
    expect(rows.some(({ state }) => state === "differs")).toBe(false)
    expect(rows.find(({ state }) => state === "same")!["n"]).toBeGreaterThan(5)
  }, 300_000)

  it("says what is wrong: nothing to probe, no crawl, an opt-out list fetched past the proxy", async () => {
    const nothing = await runCli(["probe", "--network", "mainnet-sim"])
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("Say what to probe: --snapshot")])
    for (const more of ["--differential", "--due"]) {
      const both = await runCli(["probe", "--snapshot", more, "--network", "mainnet-sim"])
      expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("Only one of --snapshot, --due and --differential")])
      expect(both.stderr).not.toContain("Say what to probe")
    }
    const missing = await runCli(["probe", "--snapshot", "--network", "mainnet-sim", "--db", join(folder, "none.duckdb")])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("There is no database")])
    const empty = join(folder, "empty.duckdb")
    await Effect.runPromise(withStore(empty, () => Effect.void))
    for (const what of ["--snapshot", "--differential"]) {
      const none = await runCli(["probe", what, "--network", "mainnet-sim", "--db", empty])
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("crawl first")])
    }
    const list = await runCli(["probe", "--snapshot", "--db", empty, "--proxy", "socks5://127.0.0.1:1", "--exclude", "https://example.org/list"])
    expect([list.code, list.stderr]).toEqual([2, expect.stringContaining("save it to a file first")])
  }, 60_000)
})

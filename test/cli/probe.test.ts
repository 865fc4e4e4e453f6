import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-probe-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("observatory probe", () => {
  it("--snapshot compares what the servers of a crawl show at one time: servers of one node show the same", async () => {
    const db = join(folder, "hosted.duckdb")
    const { simnet, stop } = await runSimnet({ scenario: "hosted", randomSeed: 5, timeScale: 0 })
    try {
      const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
      const connection = ["--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0"]
      const crawl = await runCli(["crawl", ...connection, "--connect-timeout", "5s", ...simnet.seeds.flatMap((seed) => ["--seed", seed])], { timeoutMs: 120_000 })
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

  it("says what is wrong: nothing to probe, no crawl, an opt-out list fetched past the proxy", async () => {
    const nothing = await runCli(["probe", "--network", "mainnet-sim"])
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("--snapshot")])
    const missing = await runCli(["probe", "--snapshot", "--network", "mainnet-sim", "--db", join(folder, "none.duckdb")])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("There is no database")])
    const list = await runCli(["probe", "--snapshot", "--proxy", "socks5://127.0.0.1:1", "--exclude", "https://example.org/list"])
    expect([list.code, list.stderr]).toEqual([2, expect.stringContaining("save it to a file first")])
  }, 60_000)
})

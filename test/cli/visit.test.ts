import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { changeFile, queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-visit-"))
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  running = await runSimnet({ scenario: writeFixedScenario(folder, 8), randomSeed: 3 })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

const visit = (endpoint: string, ...more: ReadonlyArray<string>) =>
  runCli(["visit", endpoint, "--network", "mainnet-sim", "--proxy", `socks5://127.0.0.1:${running.simnet.socksPort}`, ...more], { cwd: folder })

describe("observatory visit", () => {
  it("prints every phase and reply, says that it is simulated, and stores nothing", async () => {
    const run = await visit("s0.fixed.test:50002:s")
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^SIMULATED/)
    for (const phase of ["resolve", "connect", "tls", "handshake", "version", "banner", "tip", "header#0", "header#1000", "peers#1", "features"]) {
      expect(run.stdout).toMatch(new RegExp(`^ {2}${phase} `, "m"))
    }
    expect(run.stdout).toContain("\"result\":[\"Fulcrum 1.12.0\"")
    expect(run.stdout).toMatch(/^ {2}behaves like +Fulcrum, releases >=1\.10 <2\.1 \(99\.\d %\)\n +envelope: keys sorted, compact; Fulcrum, /m)
    expect(run.stdout).toMatch(/^ {2}round trip +[\d.]+ ms {2}median of 4 pings, standard deviation [\d.]+ ms$/m)
    expect(run.stdout).toMatch(/^ {2}answers .*\n(?: +\S.*: ok\n)+/m)
    expect(run.stdout).toMatch(/^ +history P2TR: ok$/m)
    expect(run.stdout).not.toContain("does not go together")
    expect(run.stdout).toMatch(/^ {2}defaults .*\n +port "mainnet tls 50002": ElectrumX and \d+ others$/m)
    expect(run.stdout).toMatch(/^answered, on this chain by the headers at 0, 1000$/m)
    expect((await runCli(["query", "software"], { cwd: folder })).stderr).toMatch(/There is no database at observatory\.duckdb/)
  })

  it("prints the whole visit as JSON, marked as simulated", async () => {
    const run = await visit("s1.fixed.test:50002:s", "--format", "json")
    expect(JSON.parse(run.stdout)).toMatchObject({
      network: "mainnet-sim",
      simulated: true,
      outcome: "answered",
      reason: null,
      software: "ElectrumX 1.16.0",
      chain: { verdict: "same" },
      tls: { sni: "s1.fixed.test" },
      identification: { implementation: "ElectrumX", range: { since: "1.11", before: "1.17" }, contradictions: [] },
      defaults: expect.arrayContaining([expect.objectContaining({ kind: "port", value: "mainnet tls 50002" })])
    })
  })

  it("says why there was no answer", async () => {
    const run = await visit("s7.fixed.test:50002:s")
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/^did not count as an answer: (?:refused|unreachable) in phase connect/m)
  })

  it("stores the visit with --db, as a picture of one server and not of the network", async () => {
    const db = join(folder, "one.duckdb")
    const run = await visit("s0.fixed.test:50002:s", "--db", db)
    expect(run.stderr).toBe(`stored in ${db} as crawl 1 of kind visit\n`)
    expect(await queryFile(db, "SELECT kind, state FROM crawl")).toEqual([{ kind: "visit", state: "finished" }])
    expect(await queryFile(db, "SELECT outcome FROM visit")).toEqual([{ outcome: "answered" }])
    expect(await queryFile(db, "SELECT * FROM server_metadata")).toEqual([])
    const [ledger] = await queryFile(db, "SELECT balance > 5 AS booked FROM cost_ledger")
    expect(ledger).toEqual({ booked: true })
  })

  it("makes no visit that is to be stored while the database says to keep away, and one that is not all the same", async () => {
    const db = join(folder, "away.duckdb")
    await visit("s0.fixed.test:50002:s", "--db", db)
    await changeFile(db, `UPDATE cost_ledger SET back_off_until = epoch_ms(${Date.now() + 1_200_000}), reason = 'throttled'`)
    const refused = await visit("s0.fixed.test:50002:s", "--db", db)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/s0\.fixed\.test.* is not visited before \d{4}-.*: back-off until .*: throttled\.$/m)
    expect(await queryFile(db, "SELECT count(*)::INT AS n FROM visit")).toEqual([{ n: 1 }])
    expect((await visit("s0.fixed.test:50002:s")).code).toBe(0)
    await changeFile(db, "UPDATE cost_ledger SET back_off_until = NULL, reason = NULL, balance = 2000")
    const early = await visit("s0.fixed.test:50002:s", "--db", db)
    expect(early.code).toBe(1)
    expect(early.stderr).toMatch(/ledger: \d+ of 990 units in use, 290 wanted\.$/m)
  })

  it("stores whether onion services could be dialled: on a simulated chain only through the proxy", async () => {
    const db = join(folder, "vantage.duckdb")
    await visit("s0.fixed.test:50002:s", "--db", db)
    await visit("s0.fixed.test:50002:s", "--db", db, "--tor", "off")
    await runCli(["visit", "s0.fixed.test:50002:s", "--network", "mainnet-sim", "--resolver", "127.0.0.1:1", "--db", db])
    expect(await queryFile(db, "SELECT vantage_tor FROM crawl ORDER BY crawl_id"))
      .toEqual([{ vantage_tor: true }, { vantage_tor: false }, { vantage_tor: false }])
  })

  it("knows a chain from a file", async () => {
    const file = join(folder, "chain.json")
    writeFileSync(file, JSON.stringify({
      name: "other-sim",
      title: "Another simulated chain",
      simulated: true,
      genesis_hash: "00".repeat(32),
      default_ports: { tcp: 1, tls: 2, ws: 3, wss: 4 },
      checkpoints: [],
      irc: null,
      source: "test"
    }))
    const run = await runCli([
      "visit",
      "s0.fixed.test:50002:s",
      "--chain",
      file,
      "--proxy",
      `socks5://127.0.0.1:${running.simnet.socksPort}`
    ])
    expect(run.stdout).toMatch(/other network/)
  })
})

describe("observatory demo", () => {
  it("never replaces a database of real crawls, nor a file that is none", async () => {
    const real = join(folder, "real.duckdb")
    const offline = ["--resolver", "127.0.0.1:9", "--seed", "electrum.example.org:50002:s", "--progress", "off"]
    await runCli(["crawl", "--network", "testnet4", "--db", real, ...offline])
    expect(await runCli(["demo", "--db", real])).toMatchObject({ code: 2, stderr: expect.stringContaining("crawls of real networks") })
    const text = join(folder, "precious.txt")
    writeFileSync(text, "not a database")
    expect(await runCli(["demo", "--db", text])).toMatchObject({ code: 2, stderr: expect.stringContaining("is not replaced") })
  })
})

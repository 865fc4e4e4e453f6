import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { type Bot, type Ngircd, ngircdInstalled, startBot, startNgircd } from "../support/ngircd.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { makeTestCertificate } from "../support/test-certificate.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-sources-"))
const file = (name: string) => join(folder, name)
const server = (id: string, addresses: ReadonlyArray<string>): object => ({
  id,
  operator: id,
  software: "Fulcrum 2.1.0",
  names: [{ host: `${id}.test`, addresses, tls: 50_002 }]
})

const rows = async (db: string, sql: string): Promise<ReadonlyArray<Record<string, unknown>>> => {
  const { code, stderr, stdout } = await runCli(["query", "--db", db, "--format", "json", "--sql", sql])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>
}

describe.runIf(ngircdInstalled())("a crawl from every kind of source", () => {
  let running: Awaited<ReturnType<typeof runSimnet>>
  let ircd: Ngircd
  let bots: ReadonlyArray<Bot>
  let web: Server

  beforeAll(async () => {
    writeFileSync(file("sources.json"), JSON.stringify({
      name: "sources",
      title: "Six servers, each known to one source",
      chain: "mainnet-sim",
      seeds: ["given.test:50002:s"],
      round_trip_ms: [0, 0],
      jitter_ms: 0,
      servers: [
        server("given", ["240.1.1.1"]),
        server("listed", ["240.1.2.1"]),
        server("paged", ["240.1.3.1"]),
        server("spoken", ["240.1.4.1"]),
        server("scanned", ["240.1.5.1"]),
        server("named", ["240.1.6.1"])
      ]
    }))
    writeFileSync(file("list.txt"), "# one a line\nlisted.test:50002:s\n")
    writeFileSync(file("scan.jsonl"), "{\"ip\":\"240.1.5.1\",\"port\":50002,\"proto\":\"tcp\"}\n")
    running = await runSimnet({ scenario: file("sources.json") })
    ircd = await startNgircd(makeTestCertificate())
    bots = await Promise.all([
      startBot(ircd.port, "E_spoken", "spoken.test v1.4 s", "#electrum"),
      startBot(ircd.port, "E_ssh", "spoken.test v1.4 s22", "#electrum"),
      startBot(ircd.port, "E_broken", "\u0003\u001b[31m", "#electrum")
    ])
    web = createServer((request, response) => {
      if (request.url === "/page") response.writeHead(200, { "last-modified": "Tue, 03 Nov 2026 10:00:00 GMT" }).end("<table><tr><th>Host</th><th>SSL</th></tr><tr><td>paged.test</td><td>50002</td></tr></table>")
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve))
  })

  afterAll(async () => {
    for (const { leave } of bots) leave()
    ircd.stop()
    web.close()
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("visits what each said, and keeps who said it, how it was collected, and what failed", async () => {
    const { dnsPort, socksPort } = running.simnet
    const site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    const way = ["--network", "mainnet-sim", "--rate", "0", "--fingerprint", "off", "--progress", "off", "--proxy", `socks5://127.0.0.1:${socksPort}`, "--resolver", `127.0.0.1:${dnsPort}`]
    const channel = `irc://127.0.0.1:${ircd.port}/#electrum`
    const run = await runCli([
      "crawl", ...way, "--db", file("first.duckdb"), "--seed", "given.test:50002:s", "--seeds", file("list.txt"), "--seeds", `${site}/gone`,
      "--page", `${site}/page`, "--scan", file("scan.jsonl"), "--dns-seed", "named.test:50002:s", "--irc", channel, "--irc-time", "2s"
    ], { timeoutMs: 120_000 })
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain(`seeds from ${site}/gone: failed`)

    expect(await rows(file("first.duckdb"), `
      SELECT s.kind, s.name, c.outcome, c.reason, c.announcements, c.dated_at IS NOT NULL AS dated, length(c.sha256) AS hash
      FROM collection c JOIN source s USING (source_id) ORDER BY s.kind, s.name`)).toEqual([
      { kind: "dns", name: "named.test", outcome: "complete", reason: null, announcements: 1, dated: false, hash: null },
      { kind: "irc", name: channel, outcome: "complete", reason: null, announcements: 3, dated: false, hash: null },
      { kind: "list", name: file("list.txt"), outcome: "complete", reason: null, announcements: 1, dated: true, hash: 64 },
      { kind: "list", name: `${site}/gone`, outcome: "failed", reason: "http status", announcements: 0, dated: false, hash: null },
      { kind: "page", name: `${site}/page`, outcome: "complete", reason: null, announcements: 1, dated: true, hash: 64 },
      { kind: "scan", name: file("scan.jsonl"), outcome: "complete", reason: null, announcements: 1, dated: true, hash: 64 },
      { kind: "user", name: "command line", outcome: "complete", reason: null, announcements: 1, dated: false, hash: null }
    ])
    expect(await rows(file("first.duckdb"), `
      SELECT s.kind, s.detail, ad.host, ad.problem FROM advertised a JOIN source s USING (source_id) JOIN advertisement ad USING (advertisement_id)
      WHERE s.kind NOT IN ('server', 'features') ORDER BY s.kind, s.detail`)).toEqual([
      { kind: "dns", detail: null, host: "240.1.6.1", problem: null },
      { kind: "irc", detail: "E_broken", host: null, problem: "bad host" },
      { kind: "irc", detail: "E_spoken", host: "spoken.test", problem: null },
      { kind: "irc", detail: "E_ssh", host: "spoken.test", problem: null },
      { kind: "list", detail: null, host: "listed.test", problem: null },
      { kind: "page", detail: null, host: "paged.test", problem: null },
      { kind: "scan", detail: null, host: "240.1.5.1", problem: null },
      { kind: "user", detail: null, host: "given.test", problem: null }
    ])
    // A stranger's word does not lead to a port on which nobody expects Electrum.
    expect(await rows(file("first.duckdb"), "SELECT not_visited_reason AS reason FROM crawl_endpoint WHERE host = 'spoken.test' AND port = 22")).toEqual([{ reason: "policy" }])
    const answered = "SELECT DISTINCT host FROM crawl_endpoint WHERE reachable AND host IN ('given.test', 'listed.test', 'paged.test', 'spoken.test', '240.1.5.1', '240.1.6.1') ORDER BY 1"
    expect(await rows(file("first.duckdb"), answered)).toHaveLength(6)

    // What the crawl may have missed is stated and kept. Who was scanned or asked of the DNS answers under an address too, which nothing joins to the name through a proxy.
    expect(run.stdout).toMatch(/^ {2}coverage {3}at the most.*all \d+ % \(\d+ % to \d+ %\) of \d+ servers/m)
    const coverage = await rows(file("first.duckdb"), "SELECT network_class, method, answered, captured, estimated >= captured AS bounded FROM crawl_coverage WHERE network_class IS NULL ORDER BY method")
    expect(coverage).toEqual([
      { network_class: null, method: "Chao", answered: 8, captured: 8, bounded: true },
      { network_class: null, method: "Chapman", answered: 8, captured: 8, bounded: null }
    ])

    // What answered is where a later crawl may begin; one source that is not there ends nothing.
    const again = await runCli(["crawl", ...way, "--db", file("second.duckdb"), "--from-db", file("first.duckdb"), "--from-db", file("none.duckdb")], { timeoutMs: 120_000 })
    expect(again.code, again.stderr).toBe(0)
    expect(await rows(file("second.duckdb"), "SELECT s.kind, c.outcome, c.reason, c.dated_at IS NOT NULL AS dated FROM collection c JOIN source s USING (source_id) ORDER BY outcome")).toEqual([
      { kind: "database", outcome: "complete", reason: null, dated: true },
      { kind: "database", outcome: "failed", reason: "not found", dated: false }
    ])
    expect(await rows(file("second.duckdb"), answered)).toHaveLength(6)
  }, 240_000)

  it("refuses what would go around the proxy, and sources that are none", async () => {
    const proxied = ["crawl", "--network", "mainnet-sim", "--db", file("none.duckdb"), "--proxy", "socks5://127.0.0.1:1"]
    for (const [flags, words] of [
      [["--seeds", "https://electrum.example.org/servers.json"], "without --proxy"],
      [["--page", "https://electrum.example.org/"], "without --proxy"],
      [["--dns-seed", "seed.test"], "--resolver"],
      [["--irc", "irc://me:secret@irc.example.org/a%20b"], "--irc …@irc.example.org/a%20b: that is no channel"]
    ] as const) {
      expect(await runCli([...proxied, ...flags])).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
    }
  })
})

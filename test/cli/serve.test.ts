import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { askAt } from "../support/api-server.ts"
import { type RunningCli, runCli, startCli } from "../support/cli.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { recordSmallCrawl, withStore } from "../support/small-database.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-serve-"))
const db = join(folder, "observatory.duckdb")

beforeAll(() => Effect.runPromise(withStore(db, (store) => recordSmallCrawl(store, "mainnet")).pipe(Effect.provide(NodeServices.layer))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `observatory serve` with what it printed, once it is ready. */
const serving = (...args: ReadonlyArray<string>) => untilServed("serve", "--port", "0", ...args)

const untilServed = async (...args: ReadonlyArray<string>): Promise<RunningCli & { port: number }> => {
  const running = await startCli(args, { timeoutMs: 170_000 })
  const port = await new Promise<number>((resolve, reject) => {
    let text = ""
    running.child.stdout!.on("data", (chunk: string) => {
      text += chunk
      const found = /^http:\/\/127\.0\.0\.1:(\d+)\/\S*\n/m.exec(text)
      if (found !== null) resolve(Number(found[1]))
    })
    void running.result.then(({ stderr }) => reject(new Error(stderr)))
  })
  return { ...running, port }
}

describe("serve", () => {
  it("says in a sentence what is wrong with how it is called, and that another program has its port", async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)))
    const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, words: RegExp]> = [
      [["--host", "0.0.0.0"], 2, /--host 0\.0\.0\.0 lets others in: say --token TOKEN.*--public/],
      [["--host", "192.0.2.1"], 2, /lets others in/],
      [["--token", "short"], 2, /at least 16 characters/],
      [["--port", "70000"], 2, /a port from 0 to 65535/],
      [["--db", join(folder, "nothing.duckdb")], 1, /^observatory: There is no database at .*\.\n$/],
      [["--port", String(port)], 1, /Another program listens on 127\.0\.0\.1:\d+: end it, or name another port with --port/],
      [["--port", "0", "--host", "192.0.2.1", "--public"], 1, /192\.0\.2\.1 is no address of this machine\./]
    ]
    for (const [args, code, words] of cases) {
      const run = await runCli(["serve", ...(args.includes("--db") ? [] : ["--db", db]), ...args], { timeoutMs: 120_000 })
      expect([run.code, run.stderr], args.join(" ")).toEqual([code, expect.stringMatching(words)])
      expect(run.stderr).not.toMatch(/\n\s+at /)
    }
    other.close()
  }, 170_000)

  it("shows the viewer and the data, lets a crawl write meanwhile and follows it, and ends at once when told to", async () => {
    const { child, port, result } = await serving("--db", db)
    const crawls = async () => JSON.parse((await askAt(port, "/api/v1/crawls")).text) as ReadonlyArray<{ crawlId: number; network: string; state: string }>
    const page = await askAt(port, "/")
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
    const scripts = [...page.text.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
    expect(scripts.length).toBeGreaterThan(0)
    for (const path of scripts) {
      const { headers, status } = await askAt(port, path)
      expect([status, headers["cache-control"]], path).toEqual([200, "public, max-age=31536000, immutable"])
    }
    expect((await crawls()).map(({ network }) => network)).toEqual(["mainnet"])

    const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 12) })
    const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
    const crawl = await runCli([
      "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--tor", proxy, "--rate", "0", "--fingerprint", "off",
      "--resolver", `127.0.0.1:${simnet.dnsPort}`, ...simnet.seeds.flatMap((seed) => ["--seed", seed])
    ], { timeoutMs: 120_000 })
    await stop()
    expect(crawl.code, crawl.stderr).toBe(0)
    let seen = await crawls()
    while (seen[0]?.state !== "finished" || seen.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      seen = await crawls()
    }
    expect(seen.map(({ crawlId, network }) => [crawlId, network])).toEqual([[2, "mainnet-sim"], [1, "mainnet"]])
    // The file was never ours: the next program can write to it at once.
    expect((await runCli(["analyze", "--network", "mainnet-sim", "--db", db], { timeoutMs: 120_000 })).code).toBe(0)

    child.kill("SIGINT")
    const { code, stderr } = await result
    expect(code).toBe(130)
    expect(stderr).not.toMatch(/error|\n\s+at /i)
  }, 280_000)

  it("is what a demo ends in when asked to", async () => {
    const demo = await untilServed(
      "demo", "--serve", "--port", "0", "--db", join(folder, "demo.duckdb"), "--scenario", writeFixedScenario(folder, 12), "--progress", "off"
    )
    const overview = JSON.parse((await askAt(demo.port, "/api/v1/crawls/latest/overview")).text) as { crawl: { simulated: boolean; analysedAt: string | null } }
    expect([overview.crawl.simulated, overview.crawl.analysedAt === null]).toEqual([true, false])
    demo.child.kill("SIGINT")
    expect((await demo.result).code).toBe(130)
  }, 170_000)

  it("with a token asks for it", async () => {
    const { child, port, result } = await serving("--db", db, "--token", "0123456789abcdef")
    const statuses = [
      (await askAt(port, "/api/v1/about")).status,
      (await askAt(port, "/api/v1/about", { headers: { authorization: "Bearer 0123456789abcdef" } })).status
    ]
    expect(statuses).toEqual([401, 200])
    child.kill("SIGINT")
    expect((await result).stdout).not.toContain("0123456789abcdef")
  }, 170_000)
})

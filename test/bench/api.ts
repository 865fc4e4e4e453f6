/**
 * Two hundred readers of one `observatory serve`, first alone, then while a crawl
 * writes to the same database: errors, and how much longer the slowest wait.
 * `npm run bench:api [-- --smoke]`
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundleCli, runCli, startCli } from "../support/cli.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"

const isSmoke = process.argv.includes("--smoke")
const readers = isSmoke ? 20 : 200
const phaseMs = isSmoke ? 6_000 : 60_000

const folder = mkdtempSync(join(tmpdir(), "observatory-bench-api-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
process.env["TESTED_BUNDLE"] = await bundleCli()
const db = join(folder, "observatory.duckdb")

/** The network in a process of its own, so that this one has only readers to serve. */
const simnet = spawn(process.execPath, [
  process.env["TESTED_BUNDLE"], "simnet", "--ready-json", "--scenario", isSmoke ? writeFixedScenario(folder, 24) : "mainnet-2025-12"
], { stdio: ["pipe", "pipe", "inherit"] })
const [line] = (await once(simnet.stdout.setEncoding("utf8"), "data")) as [string]
const { chain: network, dns, seeds, socks } = JSON.parse(line) as { chain: string; dns: string; seeds: ReadonlyArray<string>; socks: string }

/** As fast as it can, or as a crawl usually is: ten connections a second. */
const crawl = (...pace: ReadonlyArray<string>) =>
  startCli([
    "crawl", "--network", network, "--db", db, "--proxy", socks, "--tor", socks, "--fingerprint", "off", "--progress", "off",
    "--resolver", dns, ...pace, ...seeds.flatMap((seed) => ["--seed", seed])
  ], { timeoutMs: 600_000 })
const done = async (running: Awaited<ReturnType<typeof startCli>>) => {
  const { code, stderr } = await running.result
  if (code !== 0) throw new Error(stderr)
}
await done(await crawl("--rate", "0"))
const analysed = await runCli(["analyze", "--network", network, "--db", db], { timeoutMs: 600_000 })
if (analysed.code !== 0) throw new Error(analysed.stderr)

const server = await startCli(["serve", "--db", db, "--port", "0"], { timeoutMs: 3_600_000 })
const port = await new Promise<number>((resolve, reject) => {
  let text = ""
  server.child.stdout!.on("data", (chunk: string) => {
    text += chunk
    const found = /:(\d+)\/\n/.exec(text)
    if (found !== null) resolve(Number(found[1]))
  })
  void server.result.then(({ stderr }) => reject(new Error(stderr)))
})

const agent = new Agent({ keepAlive: true, maxSockets: readers })
const ask = (path: string): Promise<{ status: number; text: () => string }> =>
  new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, agent, headers: { "accept-encoding": path.includes("/about") || path.endsWith("servers") ? "identity" : "br" } }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => resolve({ status: response.statusCode!, text: () => Buffer.concat(chunks).toString() }))
    }).on("error", reject).end()
  })

const serverIds = (JSON.parse((await ask("/api/v1/crawls/1/servers")).text()) as { rows: ReadonlyArray<{ serverId: number }> }).rows.map(({ serverId }) => serverId)

/** What a reader opens one after the other, with five seconds to look at each. */
const pathsOf = (reader: number): ReadonlyArray<string> => [
  "/", "/api/v1/about", "/api/v1/crawls", "/api/v1/crawls/1/overview", "/api/v1/crawls/1/servers", "/api/v1/crawls/1/graph",
  "/api/v1/crawls/1/graph.bin", "/api/v1/crawls/1/clusters", `/api/v1/crawls/1/servers?search=${reader}`,
  `/api/v1/crawls/1/servers/${serverIds[reader % serverIds.length]}`, "/api/v1/crawls/1/suspicion", "/api/v1/crawls/1/exposure"
]
const lookMs = isSmoke ? 500 : 5_000

interface Phase {
  readonly waits: ReadonlyArray<number>
  readonly errors: ReadonlyArray<string>
  readonly editions: number
}

/** @param least editions to see, however long that takes */
const phase = async (least = 1): Promise<Phase> => {
  const waits: Array<number> = []
  const errors: Array<string> = []
  const editions = new Set<string>()
  const end = performance.now() + phaseMs
  const read = async (reader: number) => {
    await new Promise((resolve) => setTimeout(resolve, (lookMs * reader) / readers))
    const paths = pathsOf(reader)
    for (let i = reader; performance.now() < end || (editions.size < least && errors.length === 0); i++) {
      const path = paths[i % paths.length]!
      const began = performance.now()
      try {
        const { status, text } = await ask(path)
        if (status !== 200) errors.push(`${path} ${status} ${text().slice(0, 200)}`)
        else if (path.endsWith("/about")) editions.add((JSON.parse(text()) as { edition: string }).edition)
      } catch (error) {
        errors.push(`${path} ${String(error)}`)
      }
      waits.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
  }
  await Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)))
  return { waits: waits.toSorted((a, b) => a - b), errors, editions: editions.size }
}

const at = (waits: ReadonlyArray<number>, share: number): number => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))]!

// The first time of everything is made before it is measured; what changes with an edition is not.
await phase()
const idle = await phase()
const over = new AbortController()
let crawls = 0
const writing = (async () => {
  while (!over.signal.aborted) {
    await done(await crawl())
    crawls++
  }
})()
const busy = await phase(2)
over.abort()
await writing
server.child.kill("SIGINT")
await server.result
simnet.kill()

console.table(Object.fromEntries(([["idle", idle], ["a crawl writes", busy]] as const).map(([name, { editions, errors, waits }]) => [name, {
  readers,
  requests: waits.length,
  errors: errors.length,
  editions,
  "p50 ms": Math.round(at(waits, 0.5)),
  "p99 ms": Math.round(at(waits, 0.99)),
  "longest ms": Math.round(waits.at(-1)!)
}])))
console.log(`p99 while a crawl writes: ${(at(busy.waits, 0.99) / at(idle.waits, 0.99)).toFixed(1)} times idle; crawls written meanwhile: ${crawls}`)
const failed = [...idle.errors, ...busy.errors]
if (failed.length > 0) throw new Error(`${failed.length} requests failed: ${failed.slice(0, 3).join("; ")}`)
process.exit(0)

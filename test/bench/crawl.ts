import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { shippedChains } from "../../src/domain/chain.ts"
import type { VisitScope } from "../../src/domain/visit.ts"
import leanEnvironment from "../../src/lean-environment.json" with { type: "json" }
import { dataProbes, idlePings } from "../../src/probe/data-probes.ts"
import { bundle } from "../support/bundle.ts"
import { queryFile } from "../support/duck.ts"
import { type Job, listLength, type Measured, type Network, type NetworkRequest, peerRounds, type StoringJob, timeouts, Worker } from "./messages.ts"

/**
 * `npm run bench:crawl [-- --smoke] [--only cpu,wall,rss] [--visit topology,regular] [--transport tls,tcp] [--rounds N] [--profile FOLDER]`
 *
 * Compares, in one run on one machine and for both kinds of visit: the CPU time of
 * a visit with that of a bare client doing the same exchange, and, to see how low it could be, with that plus
 * what DuckDB takes to store the same rows by itself; the time of a crawl with that of an
 * asyncio snowball; the memory of a large crawl with a bound. Exits with 1 when
 * a target is missed. `--smoke`: few servers, and only what breaks counts,
 * because shared machines are noisy.
 */

const { values: flags } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    only: { type: "string", default: "cpu,wall,rss" },
    visit: { type: "string", default: "topology,regular" },
    transport: { type: "string", default: "tls,tcp" },
    rounds: { type: "string" },
    profile: { type: "string" }
  }
})
const profile = flags.profile ?? null
const parts = new Set(flags.only.split(","))
const scopes = (["topology", "regular"] as const).filter((scope) => flags.visit.split(",").includes(scope))
const transports = (["tls", "tcp"] as const).filter((transport) => flags.transport.split(",").includes(transport))
const size = flags.smoke ? { cpu: 100, rounds: 1, rss: 300 } : { cpu: 4000, rounds: Number(flags.rounds ?? 3), rss: 10_000 }
const concurrency = { ours: 64, snowball: 50 }
/**
 * The way to a near server and back. Time is judged at this distance: servers
 * that answer at once compare a database and ten requests or more with three
 * requests and a dictionary, which the CPU lines do better.
 */
const replyMs = 50
const targets = { tls: 1.7, tcp: 5, wall: 1, rssMb: 300 }

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const bareClient = fileOf("bare-client.ts")
// As it ships: in one file, which takes half the memory of the sources. Inside the package, whose files it looks for.
const productClient = fileOf(`../../node_modules/.cache/observatory-bench/${process.pid}/product-client.mjs`)

const folder = mkdtempSync(join(tmpdir(), "observatory-bench-"))
let crawls = 0
let broken = false

interface Line {
  readonly what: string
  readonly ours: string
  readonly other: string
  readonly ratio: string
  readonly target: string
  /** Null: for information. */
  readonly met: boolean | null
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const milliseconds = (ms: number): string => ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`
const times = (ratio: number): string => `${ratio.toFixed(2)}x`
const say = (text: string): void => console.log(text)

/** A network in a process of its own, for as long as `use` takes. */
const withNetwork = async <A>(request: NetworkRequest, use: (network: Network) => Promise<A>): Promise<A> => {
  const server = new Worker<NetworkRequest, Network>(fileOf("network-server.ts"))
  try {
    return await use(await server.ask(request))
  } finally {
    await server.stop()
  }
}

/** A client process, making visits of one kind, for as long as `use` takes. `readsHandshake`: see `Job`. */
const withClient = async <A>(
  file: string,
  scope: VisitScope,
  use: (run: (network: Network, see?: (db: string) => Promise<void>) => Promise<Measured>) => Promise<A>,
  readsHandshake = false
): Promise<A> => {
  // As the launcher starts a crawl.
  const client = new Worker<Job, Measured>(file, profile, file === productClient ? leanEnvironment : {})
  try {
    return await use(async (network, see) => {
      const db = file === productClient ? join(folder, `crawl-${++crawls}.duckdb`) : null
      const result = await client.ask({ network, concurrency: concurrency.ours, scope, readsHandshake, db })
      if (db === null) return result
      await checkStored(db, network.servers.length, scope)
      await see?.(db)
      for (const file of [db, db.replace(".duckdb", ".snapshot.duckdb")]) rmSync(file, { force: true })
      return result
    })
  } finally {
    await client.stop()
  }
}

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** What a visit asks, as the benchmark's servers have it all answered. */
const requestsOf = (scope: VisitScope): number =>
  8 + peerRounds + (scope === "topology" ? 0 : dataProbes(chain, "1.4").all.length + idlePings.length)

/** A crawl that stored less would be cheaper, and worth nothing. */
const checkStored = async (db: string, servers: number, scope: VisitScope): Promise<void> => {
  const [stored] = await queryFile(db, `
    SELECT (SELECT count(*) FROM visit WHERE outcome = 'answered' AND chain_verdict = 'same')::INT AS visits,
      (SELECT count(*) FROM observation)::INT AS observations,
      (SELECT min(entries) FROM reading JOIN source USING (source_id) WHERE kind = 'server')::INT AS entries,
      (SELECT sum(entries) FROM reading)::INT - (SELECT count(*) FROM advertised JOIN advertisement USING (advertisement_id))::INT
        AS entries_missing,
      (SELECT state FROM crawl) AS state`)
  const list = Math.min(listLength, servers)
  if (
    stored!["visits"] !== servers || stored!["state"] !== "finished" || Number(stored!["entries"]) < list ||
    Number(stored!["observations"]) !== servers * requestsOf(scope) || stored!["entries_missing"] !== 0
  ) throw new Error(`the crawl stored too little: ${JSON.stringify(stored)}`)
  say(`  stored: ${JSON.stringify(stored)}, ${(statSync(db).size / 1e6).toFixed(1)} MB`)
}

/** What DuckDB takes to store a crawl's rows again, with nothing else. */
const storeAlone = async (db: string, visits: number): Promise<Measured> => {
  const storing = new Worker<StoringJob, Measured>(fileOf("storing-alone.ts"))
  const to = join(folder, "alone.duckdb")
  try {
    return await storing.ask({ from: db, to, visits, commits: 6 })
  } finally {
    await storing.stop()
    rmSync(to, { force: true })
  }
}

const compareCpu = (transport: "tcp" | "tls", scope: VisitScope): Promise<ReadonlyArray<Line>> =>
  withNetwork({ transport, count: size.cpu, delayMs: 0 }, (network) =>
    withClient(bareClient, scope, (runBare) => withClient(bareClient, scope, (runReading) =>
      withClient(productClient, scope, async (runOurs) => {
        const name = `${scope}, ${transport.toUpperCase()}`
        const bare: Array<number> = []
        const ours: Array<number> = []
        const storing: Array<number> = []
        const reading: Array<number> = []
        for (let round = 1; round <= size.rounds; round++) {
          const b = await runBare(network)
          if (transport === "tls") {
            const r = await runReading(network)
            reading.push(r.cpuMs / r.visits)
          }
          const o = await runOurs(network, async (db) => {
            const s = await storeAlone(db, network.servers.length)
            storing.push(s.cpuMs / s.visits)
          })
          bare.push(b.cpuMs / b.visits)
          ours.push(o.cpuMs / o.visits)
          say(`  ${name} ${round}: bare ${milliseconds(bare.at(-1)!)}, ours ${milliseconds(ours.at(-1)!)} CPU per visit` +
            ` (wall ${milliseconds(b.wallMs)}, ${milliseconds(o.wallMs)}), storing alone ${milliseconds(storing.at(-1)!)}` +
            (reading.length === 0 ? "" : `, bare with what the handshake shows ${milliseconds(reading.at(-1)!)}`))
        }
        const ratio = median(ours.map((value, i) => value / bare[i]!))
        const least = (exchange: ReadonlyArray<number>): Pick<Line, "ours" | "other" | "ratio" | "target" | "met"> => ({
          ours: milliseconds(median(storing.map((value, i) => value + exchange[i]!))),
          other: `${milliseconds(median(bare))} bare client`,
          ratio: times(median(storing.map((value, i) => (value + exchange[i]!) / bare[i]!))),
          target: "",
          met: null
        })
        return [{
          what: `CPU per visit, ${name}`,
          ours: milliseconds(median(ours)),
          other: `${milliseconds(median(bare))} bare client`,
          ratio: times(ratio),
          target: `<= ${targets[transport]}x`,
          met: ratio <= targets[transport]
        }, {
          what: `  exchange and DuckDB's storing alone, ${name}`,
          ...least(bare)
        }, ...(reading.length === 0 ? [] : [{
          what: `  the same, certificate and handshake read, ${name}`,
          ...least(reading)
        }])]
      }), true)))

interface Snowball {
  readonly visits: number
  readonly failed: number
  readonly problem: string | null
  readonly wall_ms: number
}

const runSnowball = (network: Network): Promise<Snowball> =>
  new Promise((resolve, reject) => {
    const child = spawn("python3", [fileOf("snowball.py")], {
      stdio: ["pipe", "pipe", "inherit"]
    })
    let output = ""
    child.on("error", reject)
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`snowball.py ended with ${code}`))
      const result = JSON.parse(output) as Snowball
      if (result.visits === network.servers.length) resolve(result)
      else reject(new Error(`snowball.py found ${result.visits} of ${network.servers.length}: ${result.problem}`))
    })
    child.stdin.end(JSON.stringify({
      transport: network.transport,
      seed: network.servers[0],
      concurrency: concurrency.snowball,
      connect_s: timeouts.connectMs / 1000,
      reply_s: timeouts.replyMs / 1000
    }))
  })

const hasPython = (): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn("python3", ["-c", "import asyncio, ssl, sys; sys.exit(sys.version_info < (3, 9))"], { stdio: "ignore" })
    child.on("error", () => resolve(false))
    child.on("close", (code) => resolve(code === 0))
  })

const compareWall = (transport: "tcp" | "tls", scope: VisitScope, delayMs: number): Promise<Line> =>
  withNetwork({ transport, count: size.cpu, delayMs }, (network) =>
    withClient(productClient, scope, async (runOurs) => {
      const name = `${scope}, ${transport.toUpperCase()}`
      const ours: Array<number> = []
      const snowball: Array<number> = []
      for (let round = 1; round <= size.rounds; round++) {
        snowball.push((await runSnowball(network)).wall_ms)
        ours.push((await runOurs(network)).wallMs)
        say(`  ${name} ${round}: snowball ${milliseconds(snowball.at(-1)!)}, ours ${milliseconds(ours.at(-1)!)} for ${size.cpu} servers`)
      }
      const ratio = median(ours.map((value, i) => value / snowball[i]!))
      return {
        what: `Wall time, ${name}, replies after ${delayMs} ms`,
        ours: milliseconds(median(ours)),
        other: `${milliseconds(median(snowball))} asyncio snowball`,
        ratio: times(ratio),
        target: delayMs === 0 ? "" : `<= ${targets.wall}x`,
        met: delayMs === 0 ? null : ratio <= targets.wall
      }
    }))

const measureRss = (scope: VisitScope): Promise<Line> =>
  withNetwork({ transport: "tls", count: size.rss, delayMs: 0 }, (network) =>
    withClient(productClient, scope, async (runOurs) => {
      const { peakRssMb, wallMs } = await runOurs(network)
      say(`  ${size.rss} visits in ${milliseconds(wallMs)}`)
      return {
        what: `Peak RSS, ${size.rss} endpoints visited, ${scope}, TLS`,
        ours: `${Math.round(peakRssMb)} MB`,
        other: "",
        ratio: "",
        target: `< ${targets.rssMb} MB`,
        met: peakRssMb < targets.rssMb
      }
    }))

const verdict = ({ met }: Line): string => met === null ? "information" : flags.smoke ? "not judged" : met ? "met" : "MISSED"

const table = (lines: ReadonlyArray<Line>): string => {
  const rows = [
    ["", "ours", "compared with", "ratio", "target", "verdict"],
    ...lines.map((l) => [l.what, l.ours, l.other, l.ratio, l.target, verdict(l)])
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()).join("\n")
}

const load = (): string => loadavg().map((value) => value.toFixed(2)).join(" ")

const lines: Array<Line> = []

/** One part; what breaks in it does not take the others along. */
const part = async (title: string, run: () => Promise<Line | ReadonlyArray<Line>>): Promise<void> => {
  say(`${title} (load average ${load()})`)
  try {
    lines.push(...[await run()].flat())
  } catch (error) {
    broken = true
    console.error(`  broken: ${error instanceof Error ? error.message : String(error)}`)
  }
}

say(`${availableParallelism()} CPUs, Node ${process.versions.node}. Lists of ${listLength} entries, ${peerRounds} rounds, rate 0; ` +
  `${concurrency.ours} visits at a time (our default) and as many bare ones, ${concurrency.snowball} in the snowball; ` +
  `timeouts ${timeouts.connectMs / 1000} s to connect, ${timeouts.replyMs / 1000} s to reply. Servers in a process of their own, on 127.0.0.0/8.`)
try {
  await bundle({
    entryPoints: [fileOf("product-client.ts")],
    // Names are for profiles; all else is as in `npm run build`.
    minify: profile === null,
    outfile: productClient
  })
  execFileSync(process.execPath, [fileOf("../../src/make-empty-database.ts"), join(dirname(productClient), "empty.duckdb")])
  const hasSnowball = parts.has("wall") && await hasPython()
  for (const scope of scopes) {
    for (const transport of parts.has("cpu") ? transports : []) {
      await part(`CPU of a ${scope} visit over ${transport.toUpperCase()}, ours against the bare client`, () => compareCpu(transport, scope))
    }
    for (const transport of hasSnowball ? transports : []) {
      for (const delayMs of [replyMs, 0]) {
        const title = `Wall time of ${scope} visits over ${transport.toUpperCase()}, replies after ${delayMs} ms, ours against the snowball`
        await part(title, () => compareWall(transport, scope, delayMs))
      }
    }
    if (parts.has("rss")) await part(`Peak memory, ${scope} visits`, () => measureRss(scope))
  }
  if (parts.has("wall") && !hasSnowball) say("Wall time: left out, there is no python3 (3.9 or newer) to run the snowball with.")
} finally {
  for (const path of [folder, dirname(productClient)]) rmSync(path, { recursive: true, force: true })
}
say(`\n${table(lines)}`)
const missed = lines.filter(({ met }) => met === false).length
if (!flags.smoke && missed > 0) say(`${missed} of ${lines.length} targets missed; load average ${load()}`)
process.exitCode = broken || (!flags.smoke && missed > 0) ? 1 : 0

/**
 * How long judging operators takes, and how much memory: synthetic servers,
 * fleets among strangers, in the worker thread that `analyze` uses.
 * `npm run bench:analysis [-- --smoke]`
 */
import { Effect } from "effect"
import { judgeApart } from "../../src/analysis/judge-in-worker.ts"
import { seededRandom } from "../../src/analysis/seeded-random.ts"
import type { PresentedCertificate, ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { presentedAt, traitsAt, writtenText } from "../support/server-traits.ts"

const isSmoke = process.argv.includes("--smoke")
const sizes = isSmoke ? [60, 300] : [300, 1_000, 3_000, 10_000]

/** Announcements of a server: 100, so that 10,000 servers make a million. */
const announced = 100

const software = ["ElectrumX", "Fulcrum", "romanz electrs"]
const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "juniper", "kelp", "larch", "moss", "north"]

/** A third of the servers in fleets of five to forty, the largest a twentieth of all; the rest strangers. */
const network = (size: number): ReadonlyArray<ServerTraits> => {
  const random = seededRandom(size)
  const below = (n: number) => Math.floor(random() * n)
  const skewed = (n: number) => Math.floor(random() * random() * n)
  const fleets: Array<number> = [Math.max(2, Math.floor(size / 20))]
  while (fleets.reduce((sum, n) => sum + n, 0) < size / 3) fleets.push(5 + below(36))
  const fleetOf = fleets.flatMap((n, fleet) => Array.from({ length: n }, () => fleet))
  return Array.from({ length: size }, (_, i): ServerTraits => {
    const id = i + 1
    const fleet = fleetOf[i]
    const host = fleet === undefined
      ? `${words[below(words.length)]!}${below(size)}.${words[below(words.length)]!}${id}.example`
      : `e${id}.${words[fleet % words.length]!}${fleet}.example`
    const key = fleet === undefined || fleet % 3 === 2 ? `key ${id}` : `key of fleet ${fleet}`
    const certificate: PresentedCertificate = presentedAt(host, {
      sha256: fleet !== undefined && fleet % 3 === 0 ? `certificate of fleet ${fleet}` : `certificate ${id}`,
      spkiSha256: key,
      validFrom: 1_600_000_000_000 + (fleet === undefined ? below(100_000_000) * 1_000 : fleet * 1e9 + below(30_000))
    })
    const donation = fleet === undefined ? (random() < 0.5 ? null : `gift ${id}`) : `gift of fleet ${fleet}`
    const banner = fleet === undefined ? (random() < 0.6 ? null : `hello from ${words[below(words.length)]!} ${skewed(size)}`) : `fleet ${fleet} greets`
    const asn = 64_512 + skewed(60)
    return traitsAt(id, host, {
      addresses: [{ address: `${10 + below(200)}.${below(256)}.${below(256)}.${below(256)}`, asn, cloud: asn % 3 === 0 ? `cloud ${asn % 7}` : null, country: "DE" }],
      certificates: [certificate],
      banner: banner === null ? null : writtenText(banner),
      donation: donation === null ? null : writtenText(donation),
      claimedHosts: [{ host, tcpPort: 50_001, tlsPort: 50_002 }],
      hostsShape: random() < 0.2 ? `shape ${skewed(12)}` : null,
      implementation: software[skewed(3)]!,
      fingerprintHash: `fingerprint ${skewed(80)}`,
      unusualPorts: random() < 0.15 ? [`tls ${50_000 + skewed(300)}`] : [],
      peers: new Map(Array.from({ length: Math.min(announced, size - 1) }, () => [1 + below(size), 1])),
      peersAsked: 1
    })
  })
}

/** What else the main thread could do meanwhile: the longest time it did not get its turn, milliseconds. */
const longestPause = () => {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 5)
  return () => {
    clearInterval(timer)
    return Math.max(longest, performance.now() - last)
  }
}

const rows: Array<Record<string, number>> = []
for (const size of sizes) {
  const servers = network(size)
  const pause = longestPause()
  let peak = process.memoryUsage().rss
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 50)
  const started = performance.now()
  const cpu = process.cpuUsage()
  const { clusters, linkage } = await Effect.runPromise(
    judgeApart(servers, { randomSeed: 1, publicSuffixes: [], simulated: true }, true)
  )
  const seconds = (performance.now() - started) / 1_000
  clearInterval(watch)
  const before = rows.at(-1)
  rows.push({
    servers: size,
    announcements: servers.reduce((sum, { peers }) => sum + peers.size, 0),
    pairs: linkage.compared,
    clusters: clusters.length,
    seconds: Number(seconds.toFixed(2)),
    "cpu seconds": Number((process.cpuUsage(cpu).user / 1e6).toFixed(2)),
    "peak MB": Math.round(peak / 1e6),
    "longest pause ms": Math.round(pause()),
    // log time / log size from the row before: 1 is linear, 2 quadratic.
    growth: before === undefined ? 0 : Number((Math.log(seconds / before["seconds"]!) / Math.log(size / before["servers"]!)).toFixed(2))
  })
}
console.table(rows)
const last = rows.at(-1)!
const widest = 50
for (const row of rows) console.log(`${String(row["servers"]).padStart(6)} ${"#".repeat(Math.max(1, Math.round(row["seconds"]! / last["seconds"]! * widest)))} ${row["seconds"]} s`)
if (rows.some((row) => row["clusters"] === 0)) throw new Error("No fleet was found: the benchmark measures nothing.")

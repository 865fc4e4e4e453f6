import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { connect as connectTls } from "node:tls"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { SocksClient } from "socks"
import { plainOver } from "../support/plain-client.ts"

/**
 * `npm run bench:simnet [-- --smoke] [--servers N]`
 *
 * Starts a large simulated network, half of it with TLS, and says when it was
 * ready, how much memory it took at the most, and whether servers drawn from it
 * answer. Exits with 1 when a target is missed. `--smoke`: few servers, and
 * only what breaks counts, because shared machines are noisy.
 */
const { values: flags } = parseArgs({
  options: { smoke: { type: "boolean", default: false }, servers: { type: "string" } }
})
const servers = Number(flags.servers ?? (flags.smoke ? 300 : 10_000))
const targets = { seconds: 12, megabytes: 500 }
const asked = 200

const host = (kind: string, n: number): string => `${kind}${n}.bench.test`

const fleet = (name: string, software: string, port: Readonly<Record<string, number>>) => ({
  name,
  count: servers / 2,
  operator: "{id}",
  software,
  hosting: { east: 1, west: 1 },
  names: [{ host: `${name}{n}.bench.test`, ...port }]
})

const scenario = {
  name: "bench",
  title: "Many servers, half of them with TLS",
  chain: "mainnet-sim",
  seeds: ["seed.bench.test:50002:s"],
  round_trip_ms: [0, 0],
  jitter_ms: 0,
  hosting: {
    east: { org: "East", asn: 64500, country: "DE", blocks: ["240.0.0.0/8"] },
    west: { org: "West", asn: 64501, country: "US", blocks: ["241.0.0.0/8"] }
  },
  servers: [
    {
      id: "seed",
      operator: "seed",
      software: "Fulcrum 2.1.0",
      names: [{ host: "seed.bench.test", addresses: ["242.1.1.1"], tls: 50002 }]
    }
  ],
  fleets: [fleet("tls", "ElectrumX 1.16.0", { tls: 50002 }), fleet("tcp", "Fulcrum 1.12.0", { tcp: 50001 })]
}

/** Linux's own count of the most memory a process had, in megabytes; null elsewhere. */
const peakMegabytes = (pid: number): number | null => {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) / 1024
  } catch {
    return null
  }
}

/** The software that answers at a name, asked through the front. */
const ask = async (proxyPort: number, kind: "tls" | "tcp", n: number): Promise<string> => {
  const { socket } = await SocksClient.createConnection({
    proxy: { host: "127.0.0.1", port: proxyPort, type: 5 },
    command: "connect",
    destination: { host: host(kind, n), port: kind === "tls" ? 50002 : 50001 },
    timeout: 10_000
  })
  const client = plainOver(kind === "tls" ? connectTls({ socket, rejectUnauthorized: false }) : socket)
  socket.resume()
  client.send('{"jsonrpc":"2.0","id":0,"method":"server.version","params":["bench","1.4"]}\n')
  await client.until((c) => c.lines().length === 1, 10_000)
  client.destroy()
  return client.lines()[0]!
}

const folder = mkdtempSync(join(tmpdir(), "observatory-bench-"))
const file = join(folder, "bench.json")
writeFileSync(file, JSON.stringify(scenario))
console.log(`${availableParallelism()} CPUs, Node ${process.versions.node}, load average ${loadavg().map((l) => l.toFixed(2)).join(" ")}`)

const began = performance.now()
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
const child = spawn(process.execPath, [main, "simnet", "--scenario", file, "--ready-json"], {
  stdio: ["pipe", "pipe", "inherit"]
})
let missed = false
try {
  const ready = await new Promise<{ readonly socks: string; readonly servers: number }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line) as never))
    child.once("exit", (code) => reject(new Error(`the network ended with ${code}`)))
  })
  const seconds = (performance.now() - began) / 1000
  const atStart = peakMegabytes(child.pid!)
  if (ready.servers !== servers + 1) throw new Error(`${ready.servers} servers instead of ${servers + 1}`)
  const proxyPort = Number(new URL(ready.socks).port)
  for (let i = 0; i < asked; i++) {
    const kind = i % 2 === 0 ? "tls" : "tcp"
    const line = await ask(proxyPort, kind, 1 + Math.floor((i * servers) / 2 / asked))
    if (!line.includes(kind === "tls" ? "ElectrumX" : "Fulcrum")) throw new Error(`${kind} server ${i} said ${line}`)
  }
  const after = peakMegabytes(child.pid!)
  const shown = (megabytes: number | null): string => (megabytes === null ? "unknown" : `${Math.round(megabytes)} MB`)
  console.log(`${servers} servers, half of them with TLS`)
  console.log(`ready after      ${seconds.toFixed(1)} s   (target < ${targets.seconds} s)`)
  console.log(`peak memory      ${shown(atStart)}   (target < ${targets.megabytes} MB), ${shown(after)} after ${asked} servers were asked`)
  missed = seconds >= targets.seconds || (after ?? 0) >= targets.megabytes
  if (missed && !flags.smoke) console.log("missed")
} finally {
  child.stdin.end()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = missed && !flags.smoke ? 1 : 0

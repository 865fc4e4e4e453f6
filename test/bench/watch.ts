import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { shortChurn, watchChurn } from "../support/watched-churn.ts"

/**
 * `npm run bench:watch [-- --smoke] [--seed N] [--sentinels N] [--scale X] [--hours N] [--scenario FILE] [--keep FOLDER]`
 *
 * Watches 40 servers of `churn` for 72 simulated hours, in under six minutes, and
 * holds what was stored against what happened. Exits with 1 when something is missed.
 * `--smoke`: nine hours of a shorter one. `--keep`: database, truth and what was
 * compared stay in that folder.
 */
const { values: flags } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    sentinels: { type: "string", default: "40" },
    scale: { type: "string", default: "800" },
    hours: { type: "string" },
    scenario: { type: "string" },
    keep: { type: "string" }
  }
})

const folder = flags.keep ?? mkdtempSync(join(tmpdir(), "observatory-watch-"))
mkdirSync(folder, { recursive: true })
// A watch would go on with it, by the dates of another world.
if (existsSync(join(folder, "watched.duckdb"))) throw new Error(`${folder} has a database already: --keep needs a folder without one`)
const result = await watchChurn({
  scenario: flags.scenario ?? (flags.smoke ? shortChurn(folder) : "churn"),
  servers: flags.smoke ? 24 : 40,
  randomSeed: Number(flags.seed),
  scale: Number(flags.scale),
  hours: Number(flags.hours ?? (flags.smoke ? 8.6 : 72.8)),
  sentinels: Number(flags.sentinels),
  folder
})
if (flags.keep === undefined) rmSync(folder, { recursive: true, force: true })
else writeFileSync(join(folder, "compared.json"), JSON.stringify(result, null, 1))

const { servers } = result
type Shares = readonly [host: string, stored: number, true: number]
/** The largest error of all servers. */
const worstOf = (of: (server: (typeof servers)[number]) => Shares): { readonly error: number; readonly text: string } => {
  const [host, stored, truth] = servers.map(of).toSorted((a, b) => Math.abs(b[1] - b[2]) - Math.abs(a[1] - a[2]))[0]!
  const error = Math.abs(stored - truth)
  return { error, text: `${(100 * error).toFixed(2)} % (${host}: ${stored} for ${truth.toFixed(4)})` }
}
const [ofObserved, ofWhole] = [
  worstOf(({ host, trueUptime, uptime }) => [host, uptime, trueUptime]),
  worstOf(({ host, trueWholeUptime, wholeUptime }) => [host, wholeUptime, trueWholeUptime])
]
const sum = (of: (server: (typeof servers)[number]) => number): number => servers.reduce((total, server) => total + of(server), 0)
const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
const part = (from: number, to: number) => result.memoryMb.slice(Math.floor(result.memoryMb.length * from), Math.floor(result.memoryMb.length * to))
const grown = mean(part(0.75, 1)) / mean(part(0.25, 0.5))
const perServerDay = result.rows / servers.length / (result.watchedHours / 24)

const lines: ReadonlyArray<readonly [line: string, measured: string, holds: boolean]> = [
  ["servers watched, hours", `${servers.length}, ${result.watchedHours.toFixed(1)}`, servers.length > 0 && (flags.smoke || flags.hours !== undefined || result.watchedHours >= 72)],
  ["wall time", `${result.wallSeconds.toFixed(0)} s`, flags.smoke || result.wallSeconds < 360],
  ["uptime, largest error, of all of the time, our own outage included", ofWhole.text, flags.smoke || ofWhole.error <= 0.01],
  ["the same of the time in which our own line was up", ofObserved.text, flags.smoke || ofObserved.error <= 0.01],
  ["outages missed", `${sum(({ outagesMissed }) => outagesMissed.length)} of ${sum(({ outages }) => outages)}`, sum(({ outagesMissed }) => outagesMissed.length) === 0],
  ["restarts missed", `${sum(({ restartsMissed }) => restartsMissed.length)} of ${sum(({ truth }) => truth.restarts.length)}`, sum(({ restartsMissed }) => restartsMissed.length) === 0],
  ["key rotations invented", servers.flatMap(({ host, inventedKeys }) => inventedKeys.map((it) => `${host} ${it}`)).join("; ") || "none", servers.every(({ inventedKeys }) => inventedKeys.length === 0)],
  ["joint events of outages of many", `${result.jointInvented.length} ${JSON.stringify(result.jointInvented.slice(0, 5))}`, result.jointInvented.length === 0],
  ["outages of many", result.outagesOfMany.map((it) => `${String(it["kind"])} ${String(it["value_after"] ?? "")}`).join("; "), result.outagesOfMany.length >= 2],
  ["memory, last quarter against the second", `${mean(part(0.75, 1)).toFixed(0)} MB, ${grown.toFixed(2)}x`, flags.smoke || grown < 1.15],
  ["rows per server and day", perServerDay.toFixed(0), perServerDay < 1500],
  ["file", `${result.fileMb.toFixed(1)} MB, ${(1000 * result.fileMb / servers.length / (result.watchedHours / 24)).toFixed(0)} kB per server and day`, true],
  ["tip arrivals", String(result.tips), Number(flags.sentinels) === 0 || result.tips > 0]
]
console.log(`load ${loadavg().map((it) => it.toFixed(1)).join(" ")}`)
for (const [line, measured, holds] of lines) console.log(`${holds ? "ok    " : "MISSED"} ${line}: ${measured}`)
for (const { host, outagesMissed, restartsMissed } of servers) {
  for (const { from, to } of outagesMissed) console.log(`  missed outage of ${host}: ${new Date(from).toISOString()} for ${((to - from) / 60_000).toFixed(0)} min`)
  for (const at of restartsMissed) console.log(`  missed restart of ${host}: ${new Date(at).toISOString()}`)
}
process.exitCode = lines.every(([, , holds]) => holds) ? 0 : 1

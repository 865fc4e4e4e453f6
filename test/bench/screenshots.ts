/**
 * Makes the pictures of the README in `web/pictures/`: network, clusters and report in
 * light and dark, from a simulated crawl in which every name is invented.
 * `npm run screenshots [-- --db FILE]`; with FILE, of a database that is there.
 * `npm run screenshots -- --watched FILE` makes those of the watched time alone, of what
 * `npm run bench:watch -- --keep DIR` left behind.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { Browser } from "playwright-core"
import { startChromium } from "../support/chromium.ts"
import { runCli } from "../support/cli.ts"
import { openViewer, serveDatabase, settled } from "../support/viewer-page.ts"

const pictures = fileURLToPath(new URL("../../web/pictures/", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "observatory-screenshots-"))
const size = { width: 1280, height: 800 }
/** Pictures larger than this make the README slow. */
const mostBytes = 300_000

interface Scenario {
  readonly fleets: ReadonlyArray<{ readonly name: string }>
}

/** Scenario `sloppy` with five times as many strangers: about as large as the real network. */
const makeDatabase = async (): Promise<string> => {
  const scenario = JSON.parse(readFileSync(new URL("../../src/simnet/scenarios/sloppy.json", import.meta.url), "utf8")) as Scenario
  const fleets = scenario.fleets.map((fleet) => (fleet.name === "stranger" ? { ...fleet, count: 110 } : fleet))
  const file = join(folder, "screenshots.json")
  writeFileSync(file, JSON.stringify({ ...scenario, name: "invented", fleets }))
  const db = join(folder, "invented.duckdb")
  const { code, stderr } = await runCli(["demo", "--db", db, "--scenario", file, "--random-seed", "5", "--progress", "off"], { timeoutMs: 600_000 })
  if (code !== 0) throw new Error(stderr)
  return db
}

const save = (name: string, bytes: Buffer): void => {
  const file = join(pictures, `${name}.png`)
  writeFileSync(file, bytes)
  const { size } = statSync(file)
  process.stdout.write(`${name}.png ${Math.round(size / 1_000)} kB\n`)
  if (size > mostBytes) throw new Error(`${name}.png is larger than ${mostBytes / 1_000} kB.`)
}

const viewerPicture = async (browser: Browser, url: string, name: string, path: string, colorScheme: "light" | "dark"): Promise<void> => {
  const { close, page, wrong } = await openViewer(browser, url, path, { viewport: size, colorScheme, reducedMotion: "reduce" })
  await settled(page)
  // Lines between groups are counted anew once the announcements are there.
  await page.waitForLoadState("networkidle").catch(() => {})
  await page.waitForTimeout(1_500)
  save(`${name}-${colorScheme}`, await page.screenshot())
  await close()
  if (wrong.length > 0) throw new Error(wrong.join("\n"))
}

const reportPicture = async (browser: Browser, file: string, colorScheme: "light" | "dark"): Promise<void> => {
  const context = await browser.newContext({ viewport: size, colorScheme })
  const page = await context.newPage()
  await page.goto(pathToFileURL(file).href)
  save(`report-${colorScheme}`, await page.screenshot())
  await context.close()
}

/** What follows a flag. */
const flag = (name: string): string | null => {
  const at = process.argv.indexOf(name)
  return at > 0 ? process.argv[at + 1] ?? null : null
}

mkdirSync(pictures, { recursive: true })
const watched = flag("--watched")
const db = watched ?? flag("--db") ?? await makeDatabase()
const browser = await startChromium()
const served = await serveDatabase(db)
try {
  if (watched !== null) {
    for (const scheme of ["light", "dark"] as const) await viewerPicture(browser, served.url, "watched", "watched", scheme)
  } else {
    const report = await runCli(["report", "--db", db, "--network", "mainnet-sim", "--out", join(folder, "report"), "--no-power"], { timeoutMs: 600_000 })
    if (report.code !== 0) throw new Error(report.stderr)
    for (const scheme of ["light", "dark"] as const) {
      await viewerPicture(browser, served.url, "network", "network", scheme)
      await viewerPicture(browser, served.url, "clusters", "clusters?selected=cluster:1", scheme)
      await reportPicture(browser, join(folder, "report", "report.html"), scheme)
    }
  }
} finally {
  await served.stop()
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pages } from "../../web/src/shell/pages.ts"
import { inChromium, isWithoutBrowser, startChromium } from "../support/chromium.ts"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { pageFaults } from "../support/page-check.ts"
import { readCsv } from "../support/read-csv.ts"
import { crawlDemo, openViewer, serveDatabase, settled } from "../support/viewer-page.ts"

/** Those of scenario `hostile` whose weapon is a text; the others stall and lie, which a viewer does not see, or only name thousands of hosts. */
const armed = [
  "honest-1", "honest-2", "html-banner", "banner-escapes", "huge-banner", "bad-utf8", "lone-surrogates", "nul-bytes", "html-errors", "escape-errors",
  "odd-features", "huge-features", "odd-hosts", "markup-peers", "string-peers", "claims-other-software", "carriage-returns", "odd-fees", "phishing-broadcast",
  "huge-errors", "error-as-string", "another-banner-each-time", "another-software-each-time", "claims-other-host", "claims-other-onion", "odd-peers",
  "version-as-string", "absurd-versions", "utf16", "byte-order-mark", "duplicate-keys", "odd-histogram", "huge-histogram", "odd-history", "status-not-hex",
  "many-names", "many-spellings", "ports-as-lists", "wrong-name-certificate", "long-certificate-chain", "web-server"
]

/** Signs that turn or hide text, or steer a terminal; line ends and tabs are none of them. */
// oxlint-disable-next-line no-control-regex -- these are what must not be there
const steering = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/

const folder = mkdtempSync(join(tmpdir(), "observatory-hostile-viewer-"))
const db = join(folder, "hostile.duckdb")
let browser: Browser
let served: Awaited<ReturnType<typeof serveDatabase>>

/** Elements that only markup of strangers would bring, and signs that turn or hide text. */
const traces = (page: Page): Promise<ReadonlyArray<string>> => page.evaluate(() => {
  const app = document.getElementById("app")!
  const foreign = [...app.querySelectorAll("script, iframe, img, object, embed, base, meta, link, [onerror], [onload], [onclick], a[href*='.test']")].map(({ outerHTML }) => outerHTML.slice(0, 120))
  const texts = [app.textContent ?? "", ...[...app.querySelectorAll("[title], [aria-label]")].map((element) => `${element.getAttribute("title") ?? ""} ${element.getAttribute("aria-label") ?? ""}`)]
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  const signs = texts.flatMap((text) => text.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g) ?? [])
  return [...foreign, ...signs.map((sign) => `U+${sign.codePointAt(0)!.toString(16)}`)]
})

describe.skipIf(isWithoutBrowser)(`texts of hostile servers ${inChromium}`, () => {
  let ids: ReadonlyArray<number> = []

  beforeAll(async () => {
    const scenario = JSON.parse(readFileSync(new URL("../../src/simnet/scenarios/hostile.json", import.meta.url), "utf8")) as { servers: ReadonlyArray<{ id: string }> }
    const file = join(folder, "armed.json")
    const servers = scenario.servers.filter(({ id }) => armed.includes(id))
    expect(servers.map(({ id }) => id).sort()).toEqual([...armed].sort())
    writeFileSync(file, JSON.stringify({ ...scenario, name: "armed", servers }))
    await crawlDemo(db, file, 7)
    ids = (await queryFile(db, "SELECT server_id FROM server_summary WHERE host LIKE '%.hostile.test' ORDER BY ALL")).map((row) => Number(row["server_id"]))
    browser = await startChromium()
    served = await serveDatabase(db)
  }, 300_000)

  afterAll(async () => {
    await served?.stop()
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it("are in the database as they came, and inert on every page", async () => {
    const banners = await queryFile(db, "SELECT count(*) AS n FROM visit WHERE banner LIKE '%<script>%'")
    expect(Number(banners[0]!["n"])).toBeGreaterThan(0)
    const watched = await openViewer(browser, served.url, "overview", { reducedMotion: "reduce" })
    for (const { path } of pages) {
      await watched.page.goto(`${served.url}/#/${path}`)
      await settled(watched.page)
      expect(await traces(watched.page), path).toEqual([])
    }
    expect(watched.wrong).toEqual([])
    await watched.close()
  }, 120_000)

  it("are inert in the panel of each server, with all that is folded in it", async () => {
    expect(ids.length).toBeGreaterThanOrEqual(armed.length - 2)
    // Beside a page without a picture, which would be drawn anew for each.
    const watched = await openViewer(browser, served.url, "servers", { reducedMotion: "reduce" })
    await settled(watched.page)
    let seen = ""
    for (const id of ids) {
      await watched.page.goto(`${served.url}/#/servers?selected=server:${id}`)
      await watched.page.locator(".panel-body section").first().waitFor()
      await watched.page.evaluate(() => { for (const details of document.querySelectorAll<HTMLDetailsElement>(".panel details")) details.open = true })
      await settled(watched.page)
      expect(await traces(watched.page), `server ${id}`).toEqual([])
      seen += await watched.page.locator(".panel").innerText()
    }
    // They were there to be seen, as text.
    expect(seen).toContain("<script>alert(1)</script>")
    expect(seen).toContain("\\u001b")
    expect(watched.wrong).toEqual([])
    await watched.close()
  }, 400_000)

  it("are inert on the terminal, in the report and in tables for spreadsheets", async () => {
    const told = async (...args: ReadonlyArray<string>): Promise<string> => {
      const { code, stderr, stdout } = await runCli([...args, "--db", db], { timeoutMs: 240_000 })
      expect(code, `${args.join(" ")}: ${stderr}`).toBe(0)
      return stdout + stderr
    }
    for (const query of ["server-metadata", "banners", "software", "malformed-announcements", "tls-in-use"]) expect(await told("query", query), query).not.toMatch(steering)
    const out = join(folder, "out")
    await told("report", "--network", "mainnet-sim", "--local", "--no-power", "--out", join(out, "report"))
    expect(pageFaults(readFileSync(join(out, "report", "report.html"), "utf8"))).toEqual([])
    await told("export", "--network", "mainnet-sim", "--local", "--what", "servers", "--format", "csv", "--out", join(out, "servers.csv"))
    for (const file of ["report/report.html", "report/report.md", "report/report.json", "servers.csv"]) {
      const text = readFileSync(join(out, file), "utf8")
      expect(text.length).toBeGreaterThan(1_000)
      expect(text.match(steering), file).toBeNull()
      // Ten megabytes of a banner go nowhere.
      expect(text.length, file).toBeLessThan(3_000_000)
    }
    const cells = readCsv(readFileSync(join(out, "servers.csv"), "utf8")).flat()
    expect(cells.filter((cell) => cell !== null && /^[=+@\t\r]|^-(?![\d.]+$)/.test(cell))).toEqual([])
  }, 600_000)

  it("are inert in answers to SQL, in the table and in the row that is opened", async () => {
    const watched = await openViewer(browser, served.url, "sql", { reducedMotion: "reduce" })
    const { page } = watched
    await page.getByRole("textbox", { name: "SQL" }).fill("SELECT banner, '=1+1' AS formula, '<b>x</b>' AS \"<i>name</i>\" FROM visit WHERE banner IS NOT NULL")
    await page.keyboard.press("Control+Enter")
    await page.locator(".answer .grid tbody tr").first().waitFor()
    await page.locator(".answer .grid tbody tr").first().click()
    await page.locator(".whole-row").waitFor()
    expect(await traces(page)).toEqual([])
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Download CSV" }).click()
    const csv = readFileSync(await (await download).path(), "utf8")
    expect(csv).toContain(",'=1+1,")
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(csv).not.toMatch(/[\u0000-\u0008\u001b\u202e]/)
    expect(watched.wrong).toEqual([])
    await watched.close()
  })
})

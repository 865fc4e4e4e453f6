import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startChromium } from "../support/chromium.ts"
import { runCli } from "../support/cli.ts"
import { hostileCrawl } from "../support/exported-crawl.ts"
import { pageFaults, parsePage } from "../support/page-check.ts"

const out = mkdtempSync(join(tmpdir(), "observatory-report-"))
const labels = join(out, "labels.csv")
const label = "<img src=x onerror=alert(1)>,host,*.example.org,https://example.org/\"><script>alert(1)</script>,2026-01-01"
writeFileSync(labels, `label,kind,pattern,source,date\n${label}\n`)

let crawl: Awaited<ReturnType<typeof hostileCrawl>>
const read = (name: string): string => readFileSync(join(out, name), "utf8")
const report = (...args: ReadonlyArray<string>) => runCli(["report", "--db", crawl.db, "--out", out, "--no-power", ...args], { timeoutMs: 180_000 })

beforeAll(async () => {
  crawl = await hostileCrawl()
  const { code, stderr } = await report("--local", "--labels", labels)
  expect(code, stderr).toBe(0)
}, 300_000)
afterAll(() => {
  for (const folder of [out, crawl.folder]) rmSync(folder, { recursive: true, force: true })
})

const invisible = /(?![\n\t])\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u

describe("observatory report", () => {
  it("writes four files in which the texts of hostile servers and labels are texts", () => {
    for (const name of ["report.html", "report.md", "report.json", "CITATION.cff"]) expect(read(name), name).not.toMatch(invisible)
    const html = read("report.html")
    expect(pageFaults(html)).toEqual([])
    expect(parsePage(html).querySelector("main")?.textContent).toContain("<script>alert(1)</script>")
    // Ten megabytes of a banner or a version are no reason for a large report.
    expect(html.length).toBeLessThan(2_000_000)
    expect(read("report.md").split("\n").filter((line) => !line.startsWith("Query: ")).join("\n")).not.toMatch(/(?<!\\)<(?!https?:)/)
    expect(JSON.parse(read("report.json"))).toMatchObject({ format: "electrum-observatory report 1", provenance: { network: "mainnet-sim", crawlId: 1 } })
  })

  it("says in each of them that the network is simulated", () => {
    for (const name of ["report.html", "report.md", "report.json", "CITATION.cff"]) expect(read(name), name).toContain("SIMULATED")
  })

  it("says what is missing: a crawl, a file of labels, another crawl to compare with", async () => {
    expect(await report("--network", "testnet4")).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no crawl of testnet4 in the database, but of mainnet-sim") })
    expect(await report("--labels", join(out, "none.csv"))).toMatchObject({ code: 2, stderr: expect.stringContaining("no file of labels") })
    expect(await report("--local", "--compare", "1")).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be compared with itself") })
    expect(await report("--local", "--compare", "9")).toMatchObject({ code: 1, stderr: expect.stringContaining("no crawl 9") })
    const bad = join(out, "bad.csv")
    writeFileSync(bad, "who,what\n")
    expect(await report("--labels", bad)).toMatchObject({ code: 1, stderr: expect.stringContaining("no file of labels (JSON") })
  }, 300_000)
})

describe("the page in a browser", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  }, 60_000)
  afterAll(() => browser.close())

  it.each(["light", "dark"] as const)("asks nobody for anything, has nothing to complain of, and is accessible (%s)", async (colorScheme) => {
    const page = await browser.newPage({ colorScheme })
    const heard: Array<string> = []
    page.on("console", (message) => heard.push(message.text()))
    page.on("pageerror", (error) => heard.push(String(error)))
    page.on("dialog", (dialog) => heard.push(dialog.message()))
    page.on("request", (request) => heard.push(request.url()))
    const address = pathToFileURL(join(out, "report.html")).href
    await page.goto(address)
    expect(heard).toEqual([address])
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"))
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { readonly axe: { readonly run: () => Promise<{ readonly violations: ReadonlyArray<{ readonly id: string; readonly impact: string; readonly nodes: ReadonlyArray<{ readonly html: string }> }> }> } }
      return (await axe.run()).violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`)
    })
    expect(violations).toEqual([])
    // Nothing is wider than a page but what scrolls by itself.
    expect(await page.evaluate(() => (globalThis as unknown as { readonly document: { readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number } } }).document.documentElement.scrollWidth <= 1280)).toBe(true)
    await page.close()
  }, 60_000)

  it("prints with a foot that says SIMULATED on every page", async () => {
    const page = await browser.newPage()
    await page.goto(pathToFileURL(join(out, "report.html")).href)
    const printed = await page.pdf({ preferCSSPageSize: true })
    expect(printed.subarray(0, 5).toString()).toBe("%PDF-")
    expect(read("report.html")).toMatch(/@bottom-left \{ content: "SIMULATED /)
    await page.close()
  }, 60_000)
})

import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, Download, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pages } from "../../web/src/shell/pages.ts"
import { keptAnalysis } from "../support/analysed-scenario.ts"
import { inChromium, isWithoutBrowser, startChromium } from "../support/chromium.ts"
import { runCli } from "../support/cli.ts"
import { queryFile } from "../support/duck.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { writeFixedScenario } from "../support/small-scenario.ts"
import { openViewer, seriousViolations, serveDatabase, settled, type Watched } from "../support/viewer-page.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-viewer-"))
let db = ""
let browser: Browser
let served: Awaited<ReturnType<typeof serveDatabase>>

/** Opens a page, does something, and nothing may have gone wrong meanwhile. */
const viewing = async (path: string, then: (page: Page, watched: Watched) => Promise<void>, options = {}): Promise<void> => {
  const watched = await openViewer(browser, served.url, path, options)
  try {
    await then(watched.page, watched)
    expect(watched.wrong).toEqual([])
  } finally {
    await watched.close()
  }
}

/** What is shown follows a little later than what is done; the machine may be busy. */
const patience = { timeout: 45_000 }

const shownCount = (page: Page): Promise<string> => page.locator(".filter-line output").innerText()

const textOf = async (download: Promise<Download>): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
  const file = await download
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}

describe.skipIf(isWithoutBrowser)(`the viewer ${inChromium}`, () => {
  let servers = 0
  let pair: readonly [number, number]
  let host = ""

  beforeAll(async () => {
    db = (await keptAnalysis("sloppy", 31, folder)).db
    const rows = await queryFile(db, "SELECT server_id, host, cluster_id FROM server_summary WHERE cluster_id IS NOT NULL ORDER BY cluster_id, server_id")
    servers = Number((await queryFile(db, "SELECT count(*) AS n FROM server_summary"))[0]!["n"])
    host = String(rows[0]!["host"])
    pair = [Number(rows[0]!["server_id"]), Number(rows[1]!["server_id"])]
    browser = await startChromium()
    served = await serveDatabase(db)
  }, 300_000)

  afterAll(async () => {
    await served?.stop()
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What is open in the panel beside a page: each kind of thing once. */
  const beside: Readonly<Record<string, () => string>> = {
    clusters: () => "?selected=cluster:1",
    network: () => `?selected=pair:${pair[0]},${pair[1]}`,
    servers: () => `?selected=server:${pair[0]}`
  }

  it.each(pages.map(({ path, title }) => [title, path] as const))("renders %s from a real crawl, says that it was simulated, and is accessible in light and dark", async (title, path) => {
    await viewing(`${path}${beside[path]?.() ?? ""}`, async (page) => {
      await settled(page)
      expect(await page.locator("main h1").first().textContent()).toBe(title)
      expect(await page.title()).toContain(title)
      expect(await page.locator(".simulated").innerText()).toContain("SIMULATED")
      expect(await page.locator("main .failed").count()).toBe(0)
      expect((await page.locator("main").innerText()).length).toBeGreaterThan(100)
      expect(await seriousViolations(page)).toEqual([])
      // The themes differ in their colours only.
      await page.emulateMedia({ colorScheme: "dark" })
      expect(await seriousViolations(page, ["color-contrast"])).toEqual([])
    }, { colorScheme: "light", reducedMotion: "reduce" })
  })

  it("finds a server by a part of its name", async () => {
    await viewing("servers", async (page) => {
      await settled(page)
      await page.keyboard.press("/")
      await page.keyboard.type(host)
      await expect.poll(() => shownCount(page), patience).toBe(`1 of ${servers} servers`)
      await expect.poll(() => page.locator(".grid tbody").innerText(), patience).toContain(host)
      expect(page.url()).toContain("search=")
    })
  })

  it("counts fewer servers with a filter, in the bar, the picture and the map alike", async () => {
    await viewing("network", async (page) => {
      await settled(page)
      await expect.poll(() => shownCount(page), patience).toBe(`${servers} servers`)
      const entry = page.locator(".legend button").first()
      const expected = Number(await entry.locator(".figure").innerText())
      await entry.click()
      await expect.poll(() => shownCount(page), patience).toBe(`${expected} of ${servers} servers`)
      await expect.poll(() => page.locator(".network-says").innerText(), patience).toContain(`${expected} of ${servers} servers`)
      await page.goto(page.url().replace("#/network", "#/map"))
      await page.locator(".map-dot").first().waitFor()
      const aside = (await page.locator(".map-aside p").innerText()).match(/\d+/g)!.map(Number)
      await expect.poll(() => page.locator(".map-dot").count(), patience).toBe(expected - aside[0]! - aside[1]!)
      await page.goBack()
      await page.goBack()
      await expect.poll(() => shownCount(page), patience).toBe(`${servers} servers`)
    })
  })

  it("opens the evidence of two servers as bars from prior to posterior, with the raw rows behind each", async () => {
    await viewing(`network?selected=pair:${pair[0]},${pair[1]}`, async (page) => {
      const lines = page.locator(".panel .waterfall > li")
      await lines.first().waitFor()
      expect(await lines.count()).toBeGreaterThanOrEqual(3)
      expect(await page.locator(".panel .verdict").innerText()).toMatch(/Probably one operator \(p 0\.9/)
      const evidence = page.locator(".panel .waterfall > li > details").first()
      await evidence.locator("summary").first().click()
      expect(await evidence.locator(".evidence-detail").innerText()).toMatch(/Innocent causes:/)
    })
  })

  it("walks the picture by keyboard, selects what is there, and compares with a second", async () => {
    await viewing("network", async (page) => {
      await settled(page)
      await page.locator(".network-canvas canvas").first().waitFor()
      await page.locator(".network-canvas").focus()
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("Enter")
      await page.waitForURL(/selected=server/)
      const first = /selected=server(?:%3A|:)(\d+)/.exec(page.url())![1]!
      await page.locator(".panel").waitFor()
      const said = page.locator(".network-picture [aria-live]")
      const before = await said.textContent()
      // The first direction in which there is another.
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
        await page.keyboard.press(key)
        const isElsewhere = await expect.poll(() => said.textContent(), { timeout: 2_000 }).not.toBe(before).then(() => true, () => false)
        if (isElsewhere) break
      }
      await page.keyboard.press("Shift+Enter")
      await page.waitForURL(/selected=pair/)
      expect(page.url()).toMatch(new RegExp(`selected=pair(?:%3A|:)${first}(?:%2C|,)`))
      expect(await said.textContent()).toMatch(/named by \d+.*neighbours shown/)
    })
  })

  it("goes to a server by name in the picture, and has the same servers as a table", async () => {
    await viewing("network", async (page) => {
      await settled(page)
      await page.getByRole("combobox", { name: "Go to a server" }).fill(host)
      await page.keyboard.press("Enter")
      await page.waitForURL(new RegExp(`selected=server(?:%3A|:)${pair[0]}$`))
      await page.getByRole("button", { name: "Table", exact: true }).click()
      expect(await page.locator(".grid").getAttribute("aria-rowcount")).toBe(String(servers + 1))
      expect(await page.locator(".grid tr[aria-selected=true]").innerText()).toContain(host)
    })
  })

  it("hides a server, lays the others out anew and goes back to the stored layout", async () => {
    await viewing(`network?selected=server:${pair[0]}`, async (page) => {
      await settled(page)
      await page.locator(".tools .menu summary").click()
      await page.getByRole("button", { name: "Hide selected" }).click()
      await expect.poll(() => page.locator(".network-says").innerText(), patience).toContain(`${servers - 1} of ${servers} servers`)
      await page.getByRole("button", { name: /^Lay out \d+ shown anew$/ }).click()
      const stored = page.getByRole("button", { name: "Stored layout" })
      await page.waitForFunction(() => [...document.querySelectorAll("button")].some(({ disabled, textContent }) => textContent === "Stored layout" && !disabled))
      await page.getByRole("button", { name: /^Lay out/ }).waitFor()
      await stored.click()
      await expect.poll(() => stored.isDisabled(), patience).toBe(true)
    })
  })

  it("keeps a new layout, hidden and pinned servers and the zoom in the address, from page to page and in a link opened elsewhere", async () => {
    const pictureOf = async (page: Page): Promise<string> => {
      await page.locator(".tools .menu summary").click()
      const download = page.waitForEvent("download")
      await page.getByRole("button", { name: "SVG", exact: true }).click()
      const { bytes } = await textOf(download)
      await page.locator(".tools .menu summary").click()
      return bytes.toString()
    }
    let address = ""
    let laidOut = ""
    await viewing(`network?selected=server:${pair[0]}&pinned=${pair[1]}`, async (page) => {
      await settled(page)
      const stored = await pictureOf(page)
      await page.locator(".tools .menu summary").click()
      await page.getByRole("button", { name: "Hide selected" }).click()
      await page.getByRole("button", { name: /^Lay out \d+ shown anew$/ }).click()
      await page.waitForURL(/laid=/)
      await page.locator(".tools .menu summary").click()
      await page.getByRole("button", { name: "Zoom in" }).click()
      await page.waitForURL(/at=1\.50,/)
      laidOut = await pictureOf(page)
      expect(laidOut).not.toBe(stored)
      expect(laidOut.match(/<circle /g)).toHaveLength(servers - 1)
      address = page.url()
      expect(address.length).toBeLessThan(4_000)
      // Other pages keep it, and the way back.
      await page.getByRole("link", { name: "Servers", exact: true }).click()
      await page.waitForURL(/#\/servers\?.*laid=/)
      await page.goBack()
      await page.waitForURL(/#\/network\?.*at=1\.50,/)
      expect(await pictureOf(page)).toBe(laidOut)
    })
    await viewing(address.slice(address.indexOf("#/") + 2), async (page) => {
      await settled(page)
      expect(await pictureOf(page)).toBe(laidOut)
      await page.waitForTimeout(400)
      expect(page.url()).toBe(address)
      await page.getByRole("button", { name: "Fit" }).click()
      await page.waitForURL((url) => !url.hash.includes("at="))
    })
  })

  it("gives what is shown as PNG, SVG, GEXF and CSV, each of which says that it was simulated", async () => {
    await viewing("network", async (page) => {
      await settled(page)
      await page.locator(".tools .menu summary").click()
      const save = async (name: string) => {
        const download = page.waitForEvent("download")
        await page.getByRole("button", { name, exact: true }).click()
        return textOf(download)
      }
      const png = await save("PNG")
      expect(png.name).toMatch(/^SIMULATED-.*\.png$/)
      expect(png.bytes.subarray(1, 4).toString()).toBe("PNG")
      expect(png.bytes.length).toBeGreaterThan(10_000)
      const svg = await save("SVG")
      expect(svg.bytes.toString().match(/<circle /g)).toHaveLength(servers)
      const gexf = await save("GEXF")
      expect(gexf.bytes.toString().match(/<node /g)).toHaveLength(servers)
      expect(gexf.bytes.toString()).toContain("SIMULATED")
      const csv = await save("CSV of servers")
      expect(csv.bytes.toString().trim().split("\r\n")).toHaveLength(servers + 1)
      const announcements = await save("CSV of announcements")
      expect(announcements.bytes.toString().trim().split("\r\n").length).toBe(1 + gexf.bytes.toString().match(/<edge /g)!.length)
    })
  })

  it("says that a server, a group or a crawl is not there, and the console has no error of it", async () => {
    for (const [path, words] of [["servers?selected=server:999999", /no server 999999/], ["clusters?selected=cluster:99999", /no group 99999/], ["servers?crawl=4711", /no crawl 4711/]] as const) {
      await viewing(path, async (page) => {
        await expect.poll(() => page.locator("body").innerText(), patience).toMatch(words)
      })
    }
  })

  it("answers a named query with its parameters, as table and as chart", async () => {
    await viewing("sql?query=software", async (page) => {
      await page.locator(".answer .grid tbody tr").first().waitFor()
      expect(await page.locator(".parameters input").first().inputValue()).toBe("1")
      await page.locator(".answer").getByRole("button", { name: "Chart" }).click()
      const bars = page.locator(".answer-chart rect")
      expect(await bars.count()).toBeGreaterThan(1)
      const drawn = await bars.count()
      await page.reload()
      await expect.poll(() => bars.count(), patience).toBe(drawn)
    })
  })

  it("answers SQL, marks a mistake where it is, and refuses what would leave the database", async () => {
    await viewing("sql", async (page) => {
      const ask = async (sql: string): Promise<number> => {
        const answer = page.waitForResponse(/\/api\/v1\/sql$/)
        await page.getByRole("textbox", { name: "SQL" }).fill(sql)
        await page.keyboard.press("Control+Enter")
        const response = await answer
        return Number(response.headers()["refusal-status"] ?? response.status())
      }
      expect(await ask("SELECT count(*) AS n FROM server_summary")).toBe(200)
      await page.locator(".answer .grid tbody tr").first().waitFor()
      expect(await page.locator(".answer .grid tbody").innerText()).toBe(String(servers))
      await ask("SELECT host,\n  contry FROM server_summary")
      await page.locator("#sql-mistake .failed").waitFor()
      expect(await page.locator("#sql-mistake").innerText()).toMatch(/^Line 2, column 3: /)
      expect(await page.locator(".editor mark").textContent()).toBe("contry")
      for (const hostile of ["SELECT * FROM read_text('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/observatory-hostile.csv'", "INSTALL httpfs", "ATTACH '/tmp/other.duckdb'"]) {
        expect(await ask(hostile), hostile).toBe(422)
        await page.locator("#sql-mistake .failed").waitFor()
      }
      await page.reload()
      await page.locator(".sql-ask .chooser option").last().waitFor({ state: "attached" })
      expect(await page.locator(".sql-ask .chooser option").count()).toBe(1 + 6)
    })
  })

  it("offers no SQL of one's own where the server is public, and answers named queries from what may be shown", async () => {
    const open = await serveDatabase(db, ["--public"])
    const { close, page, wrong } = await openViewer(browser, open.url, "sql")
    try {
      await page.locator(".sql-main h2").waitFor()
      expect(await page.getByRole("textbox", { name: "SQL" }).count()).toBe(0)
      expect(await page.getByRole("link", { name: "Free SQL" }).count()).toBe(0)
      await page.locator(".answer").waitFor()
      expect(await page.locator(".sql-main .says-who").first().innerText()).toMatch(/queries run on a copy without what it withholds/)
      await page.goto(`${open.url}/#/sql?query=software`)
      await page.locator(".answer .grid tbody tr").first().waitFor()
      expect(wrong).toEqual([])
    } finally {
      await close()
      await open.stop()
    }
  })

  it("keeps what is chosen in the address: a link opened elsewhere shows the same", async () => {
    const path = `network?lines=mutual&colour=country&size=same&reachable=yes&selected=server:${pair[0]}`
    const says: Array<string> = []
    for (let i = 0; i < 2; i++) {
      await viewing(path, async (page) => {
        await settled(page)
        expect(await page.getByRole("combobox", { name: "Colour" }).inputValue()).toBe("country")
        await page.waitForFunction(() => /lines between servers/.test(document.querySelector(".network-says")!.textContent!))
        says.push(`${await page.locator(".network-says").innerText()} ${await page.locator(".legend").innerText()}`)
      })
    }
    expect(says[0]).toBe(says[1])
  })

  it("keeps in the address which indicator is open, which part of the map is shown, and the starts of another wallet", async () => {
    await viewing("suspicion", async (page) => {
      await settled(page)
      const open = page.locator(".indicators details[open]")
      await page.locator(".indicators summary").nth(1).click()
      const text = await open.innerText()
      expect(page.url()).toContain("open=")
      await page.reload()
      await expect.poll(() => open.innerText(), patience).toBe(text)
      await page.goto(`${served.url}/#/map`)
      const shown = page.locator(".map > g")
      await page.getByRole("button", { name: "Zoom in" }).click()
      await page.waitForURL(/at=1\.5,/)
      const part = await shown.getAttribute("transform")
      await page.reload()
      await expect.poll(() => shown.getAttribute("transform"), patience).toBe(part)
      await page.goto(`${served.url}/#/exposure?starts=100`)
      const wallet = page.getByRole("combobox", { name: "Wallet" })
      await wallet.selectOption({ index: 1 })
      expect(page.url()).toContain("starts=100")
      expect(await page.getByRole("combobox", { name: "Starts" }).inputValue()).toBe("100")
    })
  })

  it("runs no SQL that came with a link until the reader says so", async () => {
    await viewing("sql?as=chart&sql=SELECT+'a'+AS+name,+1+AS+n", async (page, { wrong }) => {
      const asked: Array<string> = []
      page.on("request", (request) => { if (request.url().endsWith("/sql")) asked.push(request.url()) })
      await page.reload()
      await page.locator(".not-run").waitFor()
      expect([asked, wrong]).toEqual([[], []])
      await page.getByRole("button", { name: /^Run/ }).click()
      await expect.poll(() => page.locator(".answer-chart rect").count(), patience).toBe(1)
      expect(await page.locator(".not-run").count()).toBe(0)
    })
  })

  it("gives the network most of a telephone's screen, with its colours one press away", async () => {
    await viewing("network", async (page) => {
      await settled(page)
      const canvas = page.locator(".network-canvas")
      await canvas.locator("canvas").first().waitFor()
      expect((await canvas.boundingBox())!.height).toBeGreaterThanOrEqual(0.6 * 740 - 1)
      await page.locator(".legend summary").click()
      await page.locator(".legend button").first().click()
      await expect.poll(() => shownCount(page), patience).toMatch(/ of /)
      await page.locator(".network-says").scrollIntoViewIfNeeded()
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
      expect(await seriousViolations(page)).toEqual([])
    }, { viewport: { width: 360, height: 740 } })
  })

  it("follows a crawl that begins while it is open", async () => {
    await viewing("servers", async (page) => {
      await settled(page)
      await expect.poll(() => shownCount(page), patience).toBe(`${servers} servers`)
      const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 12) })
      try {
        const proxy = `socks5://127.0.0.1:${simnet.socksPort}`
        const crawl = await runCli([
          "crawl", "--network", "mainnet-sim", "--db", db, "--proxy", proxy, "--rate", "0", "--connect-timeout", "3s",
          "--resolver", `127.0.0.1:${simnet.dnsPort}`, "--progress", "off", ...simnet.seeds.flatMap((seed) => ["--seed", seed])
        ], { timeoutMs: 120_000 })
        expect(crawl.code, crawl.stderr).toBe(0)
      } finally {
        await stop()
      }
      await expect.poll(() => shownCount(page), patience).toBe("12 servers")
      expect(await page.locator(".head .chooser").first().locator("option").count()).toBe(3)
    })
  }, 240_000)
})

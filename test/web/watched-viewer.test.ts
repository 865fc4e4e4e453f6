import { ManagedRuntime } from "effect"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { inChromium, isWithoutBrowser, startChromium } from "../support/chromium.ts"
import { queryFile } from "../support/duck.ts"
import { openViewer, seriousViolations, serveDatabase, settled } from "../support/viewer-page.ts"
import { fleet, inHoster, unannounced, WatchedDatabase, watchedOnion } from "../support/watched-database.ts"

const runtime = ManagedRuntime.make(WatchedDatabase.layer)
const patience = { timeout: 45_000 }
let browser: Browser
let local: Awaited<ReturnType<typeof serveDatabase>>
let open: Awaited<ReturnType<typeof serveDatabase>>

const viewing = async (url: string, path: string, then: (page: Page) => Promise<void>, options = {}): Promise<void> => {
  const watched = await openViewer(browser, url, path, options)
  try {
    await settled(watched.page)
    await then(watched.page)
    expect(watched.wrong).toEqual([])
  } finally {
    await watched.close()
  }
}

describe.skipIf(isWithoutBrowser)(`the watched time ${inChromium}`, () => {
  const ids = new Map<string, number>()

  beforeAll(async () => {
    const db = await runtime.runPromise(WatchedDatabase)
    for (const { host, server_id } of await queryFile(db, "SELECT server_id, host FROM server_summary")) ids.set(String(host), Number(server_id))
    browser = await startChromium()
    local = await serveDatabase(db)
    open = await serveDatabase(db, ["--public"])
  }, 300_000)

  afterAll(async () => {
    await local?.stop()
    await open?.stop()
    await browser?.close()
    await runtime.dispose()
  })

  it("is accessible in light and dark with strips, timeline and tips, and beside a server", async () => {
    for (const path of ["watched", `servers?selected=server:${ids.get(fleet[0]!.host)}`]) {
      await viewing(local.url, path, async (page) => {
        await page.locator(".strip").first().waitFor()
        if (path === "watched") await page.locator(".lateness-row").nth(1).waitFor()
        else await page.locator(".panel .stepper").waitFor()
        expect(await seriousViolations(page)).toEqual([])
        await page.emulateMedia({ colorScheme: "dark" })
        expect(await seriousViolations(page, ["color-contrast"])).toEqual([])
      }, { colorScheme: "light", reducedMotion: "reduce" })
    }
  })

  it("is walked by arrow keys through time and from server to server, and each part says its time and whose outage it was", async () => {
    await viewing(local.url, "watched?order=host", async (page) => {
      const strips = page.locator(".stepper")
      await strips.first().waitFor()
      await strips.first().focus()
      const said = async (): Promise<ReadonlyArray<string>> => {
        const all: Array<string> = []
        for (let i = 0; i < 12; i++) {
          all.push(String(await page.evaluate(() => document.activeElement?.getAttribute("aria-valuetext"))))
          await page.keyboard.press("ArrowRight")
        }
        return all
      }
      const first = (await said()).join("\n")
      for (const words of [/UTC to .*UTC \(.*\): answered/, /our own line was down/, /as most of its network/, /nobody looked/]) expect(first).toMatch(words)
      expect(await page.locator(".stepper-says").innerText()).toContain(inHoster[0]!.host)
      await page.keyboard.press("ArrowDown")
      expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toContain(inHoster[1]!.host)
      await page.keyboard.press("Home")
      await page.keyboard.press("Escape")
    })
  })

  it("shows a window, an order and a filter from the address and keeps them there", async () => {
    await viewing(local.url, "watched", async (page) => {
      await page.getByLabel("Show").selectOption("day")
      await page.waitForURL(/window=day/)
      await page.getByLabel("Order").selectOption("host")
      await page.waitForURL(/order=host/)
      await page.goto(`${page.url()}&search=fleet`)
      await expect.poll(() => page.locator(".watched-rows > li").count(), patience).toBe(fleet.length)
      expect(await page.locator(".watched-tools").nth(1).innerText()).toContain(`${fleet.length} of`)
    })
  })

  it("puts the servers of a pair side by side, from its evidence, and joins what happened to both at once", async () => {
    const [a, b] = fleet.map(({ host }) => ids.get(host)!)
    await viewing(local.url, `clusters?selected=pair:${a},${b}`, async (page) => {
      await page.getByRole("link", { name: "What happened to both, and when" }).click()
      await page.waitForURL(/#\/watched\?.*selected=pair/)
      await page.locator(".timeline-picture .joint").first().waitFor({ state: "attached" })
      expect(await page.locator(".watched-rows > li").count()).toBe(2)
      expect(await page.locator(".timeline > ul > li").count()).toBe(2)
      expect(await page.locator(".timeline-picture line.joint[x1]").count()).toBe(2 + 1)
      expect(await page.locator(".joint-line").first().innerText()).toMatch(/went silent: one\.fleet\.test, two\.fleet\.test, three\.fleet\.test/)
    })
  })

  it("marks what an outage of many explains, and counts none of it as having happened to several", async () => {
    await viewing(local.url, `watched?search=${inHoster[0]!.host}`, async (page) => {
      await page.locator(".timeline-picture .event.explained").nth(1).waitFor({ state: "attached" })
      await page.locator("details summary", { hasText: "as a table" }).click()
      expect(await page.locator(".plain-table tbody").first().innerText()).toContain("network outage of AS 64500")
      expect(await page.locator("main").innerText()).toContain("Nothing happened to several of them within one minute, but for outages of many.")
    })
  })

  it("has strips in the list of servers, which are sorted by uptime", async () => {
    await viewing(local.url, "servers", async (page) => {
      await page.getByRole("button", { name: "Last week" }).click()
      await page.waitForURL(/sort=watched/)
      const first = page.locator(".grid tbody tr").first()
      expect(await first.locator(".unseen").textContent()).toMatch(/answered \d+\s*% of .* observed, fell silent 1 time/)
    })
  })

  it("withholds publicly who is not shown, and all of onions, and says so", async () => {
    await viewing(open.url, "watched", async (page) => {
      await page.locator(".watched-rows > li").first().waitFor()
      const text = await page.locator("main").innerText()
      expect(text).not.toContain(unannounced)
      expect(text).not.toContain(watchedOnion.slice(0, 12))
      expect(text).toMatch(/Withheld here: 1 watched server .*; when and how much 1 onion was up/)
    })
    await viewing(open.url, `servers?selected=server:${ids.get(watchedOnion)}`, async (page) => {
      await expect.poll(() => page.locator(".panel").innerText(), patience).toMatch(/Withheld here: .*when and how much 1 onion was up/)
      expect(await page.locator(".panel .stepper").count()).toBe(0)
    })
  })
})

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { runCli, startCli } from "./cli.ts"

/** Crawls and analyses a simulated network into a new database, as `observatory demo` does; `scenario` is a name or a file. */
export const crawlDemo = async (db: string, scenario: string, seed: number): Promise<void> => {
  const demo = await runCli(["demo", "--db", db, "--scenario", scenario, "--random-seed", String(seed), "--progress", "off"], { timeoutMs: 240_000 })
  if (demo.code !== 0) throw new Error(`the demo ended with ${demo.code}: ${demo.stderr}`)
}

/** `observatory serve` over a database, as a process of its own on a free port. */
export const serveDatabase = async (db: string, args: ReadonlyArray<string> = []): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const { child, result } = await startCli(["serve", "--db", db, "--port", "0", ...args], { timeoutMs: 600_000 })
  const stop = async (): Promise<void> => {
    child.kill("SIGINT")
    await result
  }
  let said = ""
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on("data", (text: string) => {
      said += text
      const address = /^(http:\/\/\S+?)\/?$/m.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.on("close", (code) => reject(new Error(`serve ended with ${code} before it listened: ${said}`)))
  })
  return { url, stop }
}

export interface Watched {
  readonly page: Page
  /** Errors of the console and of scripts, requests to other hosts, dialogs: what must not happen. */
  readonly wrong: Array<string>
  readonly close: () => Promise<void>
}

/** A page of its own context that keeps what goes wrong in it. */
export const openViewer = async (browser: Browser, url: string, path: string, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(45_000)
  const page = await context.newPage()
  const wrong: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`)
  })
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`))
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url())
    if (protocol !== "data:" && protocol !== "blob:" && host !== new URL(url).host) wrong.push(`request: ${request.url()}`)
  })
  await page.goto(`${url}/#/${path}`)
  return { page, wrong, close: () => context.close() }
}

/** Until nothing loads any more. */
export const settled = async (page: Page): Promise<void> => {
  await page.locator("main h1").first().waitFor({ state: "attached" })
  await page.locator(".shape").first().waitFor({ state: "detached" })
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary?: string }>
}

/** Serious and critical violations that axe finds in a page by all rules or some, one line each. It comes over the debugger, so the page's policy stays as it is. */
export const seriousViolations = async (page: Page, rules: ReadonlyArray<string> | null = null): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe)
  const options = { resultTypes: ["violations"], ...(rules === null ? {} : { runOnly: { type: "rule", values: rules } }) }
  const found = await page.evaluate<ReadonlyArray<Violation>>(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`)
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ failureSummary = "", html }) => `${id}: ${html.slice(0, 200)} ${failureSummary.replace(/\s+/g, " ")}`))
}

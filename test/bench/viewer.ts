/**
 * How fast the viewer's network is, in a real Chromium that draws in software:
 * first picture, main-thread time of pointing at servers, size of the scripts.
 * The network is invented and answered from memory, so no database takes part.
 * `npm run bench:viewer [-- --smoke]`
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Browser, CDPSession, Page } from "playwright-core"
import { buildViewer } from "../support/built-viewer.ts"
import { serveAnswers } from "../support/answers-server.ts"
import { startChromium } from "../support/chromium.ts"
import { inventNetwork } from "../support/invented-network.ts"

const isSmoke = process.argv.includes("--smoke")
const sizes: ReadonlyArray<readonly [number, number]> = isSmoke ? [[200, 3_000]] : [[2_000, 300_000], [10_000, 1_000_000]]
const runs = isSmoke ? 1 : 3

/** Gzip bytes that this project holds its first scripts to. */
const budget = 130 * 1024

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const share = (values: ReadonlyArray<number>, part: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!

/** Milliseconds from navigation until the picture's pixels are there: reading one back waits for all drawing before it. */
const firstPicture = (page: Page): Promise<number> => page.evaluate(async () => {
  while (performance.getEntriesByName("network drawn").length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => requestAnimationFrame(resolve))
  const canvas = document.querySelector<HTMLCanvasElement>(".network-canvas .sigma-nodes")!
  canvas.getContext("webgl2")!.readPixels(0, 0, 1, 1, 0x1908, 0x1401, new Uint8Array(4))
  return performance.now()
})

const taskMs = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics")
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0)
}

/** All that the main thread does between a move of the mouse onto a server and the frame after it, a figure each. */
const hovers = async (page: Page, session: CDPSession): Promise<ReadonlyArray<number>> => {
  const box = (await page.locator(".network-canvas").boundingBox())!
  const times: Array<number> = []
  let before = ""
  for (let i = 0; i < 400 && times.length < 60; i++) {
    const x = box.x + box.width * (0.2 + 0.6 * ((i * 0.6180339887) % 1))
    const y = box.y + box.height * (0.2 + 0.6 * ((i * 0.7548776662) % 1))
    const start = await taskMs(session)
    await page.mouse.move(x, y)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))))
    const took = (await taskMs(session)) - start
    const now = await page.locator(".network-canvas").evaluate((element) => element.style.cursor)
    // Only moves onto a server from elsewhere draw its lines.
    if (now === "pointer" && before !== "pointer") times.push(took)
    before = now
  }
  return times
}

interface Row {
  readonly [column: string]: string | number
}

const measure = async (browser: Browser, url: string): Promise<{ readonly paint: number; readonly busy: number; readonly hover: ReadonlyArray<number>; readonly scripts: ReadonlySet<string> }> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const scripts = new Set<string>()
  page.on("request", (request) => { if (request.resourceType() === "script") scripts.add(new URL(request.url()).pathname) })
  const session = await page.context().newCDPSession(page)
  // Time of the processor, which other programs on the machine do not lengthen.
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  await page.goto(`${url}/#/network`)
  const paint = await firstPicture(page)
  const busy = await taskMs(session)
  await page.waitForTimeout(isSmoke ? 500 : 3_000)
  const hover = await hovers(page, session)
  await page.close()
  return { paint, busy, hover, scripts }
}

const viewer = await buildViewer()
const browser = await startChromium()
const rows: Array<Row> = []
let scripts: ReadonlySet<string> = new Set()
try {
  for (const [servers, announcements] of sizes) {
    const network = inventNetwork(servers, announcements)
    const { close, url } = await serveAnswers(`${viewer.folder}/`, network)
    const paints: Array<number> = []
    const busy: Array<number> = []
    const hover: Array<number> = []
    for (let run = 0; run < runs; run++) {
      const measured = await measure(browser, url)
      paints.push(measured.paint)
      busy.push(measured.busy)
      hover.push(...measured.hover)
      scripts = measured.scripts
    }
    await close()
    rows.push({
      servers,
      announcements: network.head.announcements,
      "first picture ms": Math.round(median(paints)),
      "main thread ms of it": Math.round(median(busy)),
      "hovers": hover.length,
      "hover ms, median": Number(median(hover).toFixed(1)),
      "hover ms, 95 %": Number(share(hover, 0.95).toFixed(1))
    })
  }
} finally {
  await browser.close()
}
console.table(rows)
const compressed = [...scripts].map((path) => ({ script: path, "gzip bytes": gzipSync(readFileSync(join(viewer.folder, path))).length }))
console.table(compressed)
const total = compressed.reduce((sum, { "gzip bytes": bytes }) => sum + bytes, 0)
console.log(`Scripts until the network is drawn: ${(total / 1024).toFixed(1)} kB gzip, of ${budget / 1024} at the most.`)
viewer.remove()
if (total > budget) process.exitCode = 1

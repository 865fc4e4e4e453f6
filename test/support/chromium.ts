import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

/** Where systems keep it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"]

/** The system's browser, or undefined. `CHROMIUM` names another. */
export const chromiumPath = (): string | undefined => [process.env["CHROMIUM"] ?? "", ...places].find((path) => path !== "" && existsSync(path))

/** Without a graphics card, and without anything of its own to say to the world. */
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

export const startChromium = (): Promise<Browser> => {
  const executablePath = chromiumPath()
  if (executablePath === undefined) throw new Error("No Chromium is installed (Debian: apt-get install chromium), and CHROMIUM names none.")
  return chromium.launch({ executablePath, args: flags })
}

/** Tests in a browser are skipped where none is installed, but never in CI. */
export const isWithoutBrowser = chromiumPath() === undefined && process.env["CI"] === undefined

/** What such tests are called, so that who sees them skipped knows why. */
export const inChromium = isWithoutBrowser ? "in Chromium, which is not installed here (Debian: apt-get install chromium)" : "in Chromium"

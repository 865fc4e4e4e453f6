import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { shortChurn, watchChurn } from "../support/watched-churn.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-watch-churn-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

// `npm run bench:watch` does it with 40 servers and 72 hours, and holds uptime to 1 %.
it("a watch finds what happens to servers that come and go, and takes neither our own outage nor a hoster's for theirs", async () => {
  const { jointInvented, outagesOfMany, servers, tips } = await watchChurn({
    scenario: shortChurn(folder), servers: 20, randomSeed: 3, scale: 240, hours: 7, sentinels: 20, folder
  })
  expect(servers.length).toBeGreaterThan(15)
  expect(servers.flatMap(({ host, outagesMissed }) => outagesMissed.map((it) => ({ host, ...it })))).toEqual([])
  expect(servers.flatMap(({ host, restartsMissed }) => restartsMissed.map((at) => ({ host, at })))).toEqual([])
  expect(servers.flatMap(({ host, inventedKeys }) => inventedKeys.map((key) => ({ host, key })))).toEqual([])
  expect(jointInvented).toEqual([])
  expect(outagesOfMany.map((it) => it["kind"])).toContain("vantage outage")
  expect(outagesOfMany.map((it) => it["value_after"])).toContain("AS 64620")
  for (const { host, trueUptime, trueWholeUptime, uptime, wholeUptime } of servers) {
    expect(Math.abs(uptime - trueUptime), `${host}: ${uptime} for ${trueUptime}`).toBeLessThan(0.12)
    expect(Math.abs(wholeUptime - trueWholeUptime), `${host}: ${wholeUptime} for ${trueWholeUptime}, our outage included`).toBeLessThan(0.12)
  }
  expect(tips).toBeGreaterThan(100)
}, 240_000)

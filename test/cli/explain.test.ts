import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { recordSmallCrawl, withStore } from "../support/small-database.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-explain-"))
const db = join(folder, "small.duckdb")
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => Effect.runPromise(withStore(db, (store) => recordSmallCrawl(store, "mainnet-sim"))))

const explain = (what: string) => runCli(["analyze", "--db", db, "--network", "mainnet-sim", "--explain", what])

describe("analyze --explain", () => {
  it("asks for an analysis first", async () => {
    const { code, stderr } = await explain("alpha.example.org")
    expect(code).toBe(1)
    expect(stderr).toMatch(/has not been analysed by this version; run analyze first/)
  })

  it("tells why servers are one group, why a server is in it, and how the bits of two servers add up", async () => {
    const analysis = await runCli(["analyze", "--db", db, "--network", "mainnet-sim"])
    expect(analysis.code, analysis.stderr).toBe(0)
    expect(analysis.stdout).toMatch(/1 groups of servers with probably one operator each; by the model's own probabilities [0-9.]+ of them are expected to be wrong/)
    const group = /SIMULATED: group (\d+): 2 servers, probably one operator \(p = 0\.\d+\)/.exec(analysis.stdout)?.[1]
    expect(group).toBeDefined()

    const ofGroup = (await explain(group!)).stdout
    expect(ofGroup).toMatch(/^SIMULATED: /)
    for (const words of ["alpha.example.org", "beta.example.org", "donation address: in 1 of 1 links", "against: nothing that was compared", "what would change it:"]) {
      expect(ofGroup).toContain(words)
    }
    const ofPair = (await explain("beta.example.org,alpha.example.org")).stdout
    const bits = [...ofPair.matchAll(/^ {4}(\S.*?)\s+([+-]\d+\.\d)\b/gm)].map(([, label, value]) => [label, Number(value)] as const)
    const shown = ofPair.split("not counted:")[0]!
    const counted = bits.filter(([label]) => shown.includes(label!) && label !== "sum")
    expect(counted.length).toBeGreaterThan(3)
    const sum = bits.find(([label]) => label === "sum")![1]
    expect(counted.reduce((total, [, value]) => total + value, 0)).toBeCloseTo(sum, 0)

    const ofServer = (await explain("alpha.example.org")).stdout
    expect(ofServer).toContain(`Group ${group}: 2 servers, probably one operator`)
    expect((await explain("gamma.example.org")).stdout).toContain("No other server is probably its operator's")
  })

  it("says when there is no such group or host", async () => {
    expect((await explain("999")).stderr).toMatch(/has no group 999/)
    expect((await explain("nowhere.test")).stderr).toMatch(/knows no host nowhere\.test/)
    expect((await explain("alpha.example.org,gamma.example.org")).stdout).toMatch(/were not compared: nothing is common to them by which servers are compared/)
  })
})

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { crawlScenario } from "../support/crawled-scenario.ts"
import { calibrationOf, type IdentifiedCase, identifiedCases, isFamilyRight, isRangeRight } from "../support/identification-cases.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-identified-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cases: Array<IdentifiedCase> = []
beforeAll(async () => {
  for (const seed of [11, 12]) cases.push(...await identifiedCases(await crawlScenario("disguised", seed, folder)))
}, 200_000)

/** Told in full: a share alone would not say who was taken for whom. */
const wrong = (some: ReadonlyArray<IdentifiedCase>, isRight: (it: IdentifiedCase) => boolean) =>
  some.filter((it) => !isRight(it)).map(({ behind, implementation, range }) => [behind[0]?.implementation, behind[0]?.version, implementation, range])

const releaseOf = ({ behind: [line] }: IdentifiedCase): string => `${line!.implementation} ${line!.version}`

describe("identification of a network where names are shuffled", () => {
  it("has met nearly every release there is, honest and under another name, over TCP and over TLS", () => {
    const releases = new Set(cases.map(releaseOf))
    expect(releases.size).toBeGreaterThan(25)
    expect(cases.filter(({ kind }) => kind === "deep").length).toBeGreaterThan(250)
    for (const [isLying, transport] of [[true, "tcp"], [true, "tls"], [false, "tcp"], [false, "tls"]] as const) {
      const some = cases.filter((it) => it.kind === "regular" && it.isLying === isLying && it.transport === transport)
      expect(some.length).toBeGreaterThan(40)
      expect(new Set(some.map(({ behind }) => behind[0]!.implementation)).size).toBe(5)
    }
  })

  it("names the family of all that are honest", () => {
    expect(wrong(cases.filter(({ isLying }) => !isLying), isFamilyRight)).toEqual([])
  })

  it("names the family of 98 in 100 that are not, and takes none of them for another", () => {
    const liars = cases.filter(({ isLying }) => isLying)
    expect(liars.filter(isFamilyRight).length / liars.length).toBeGreaterThanOrEqual(0.98)
    expect(wrong(liars, (it) => it.implementation === null || isFamilyRight(it))).toEqual([])
  })

  it("gives releases that always hold the true one", () => {
    expect(wrong(cases.filter(isFamilyRight), isRangeRight)).toEqual([])
  })

  it("is right at least as often as it says", () => {
    for (const { claimed, from, right, visits } of calibrationOf(cases)) {
      // What chance may take away, at two standard deviations and half a case.
      const luck = 2 * Math.sqrt((claimed * (1 - claimed)) / visits) + 0.5 / visits
      expect(right, `from ${from}`).toBeGreaterThan(claimed - luck)
    }
  })
})

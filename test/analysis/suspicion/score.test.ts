import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { seededRandom, shuffled } from "../../../src/analysis/seeded-random.ts"
import type { CrawlFacts, ServerEvidence } from "../../../src/analysis/suspicion/evidence.ts"
import { isUntested } from "../../../src/analysis/suspicion/indicator.ts"
import { type IndicatorTable, shippedIndicators } from "../../../src/analysis/suspicion/indicator-table.ts"
import { noRelations, type Relations } from "../../../src/analysis/suspicion/relations.ts"
import { showsViolation, type Suspicion, suspicions } from "../../../src/analysis/suspicion/score.ts"
import { answerOf, evidenceOf, headerOf, shownCertificate, shownOf, visitOf } from "../../support/suspicion-evidence.ts"

const genesis = shownOf("header#0", 0, headerOf(0x207fffff, { tag: 9 }))
const crawl: CrawlFacts = { network: "somebody's own", simulated: false, genesisHash: genesis.header.hash }
const tips = [headerOf(0x207fffff), headerOf(0x207fffff, { meets: false })] as const

const pick = <A>(...values: ReadonlyArray<A>) => fc.constantFrom(...values)

/** A server that does anything, in any combination, out of few values so that servers have some in common. */
const anything = (serverId: number): fc.Arbitrary<ServerEvidence> =>
  fc.record({
    host: pick("a.one.example", "b.one.example", `s${serverId}.own-${serverId}.example`),
    key: pick("one key", "another", `key ${serverId}`),
    issuer: pick("CN=Inspection", `CN=own ${serverId}`),
    selfSigned: fc.boolean(),
    days: pick(null, 365, 5000),
    hasTip: fc.boolean(),
    tip: pick(...tips),
    response: pick(null, "ok", "empty", "differs", "error"),
    odd: pick([], ["banner"], ["banner", "tip", "fee#2"]),
    outcome: pick("malformed", "too large"),
    contradictions: pick(null, [], ["x"], ["x", "y"]),
    text: pick("Welcome", "<script>go()</script>", "<b>Hello</b>"),
    state: pick(null, "open", "same", "differs"),
    invented: pick(null, 0, 60, 500),
    uptime: pick(null, 1)
  }).map((drawn) => evidenceOf(serverId, {
    visits: [visitOf(drawn.host, { contradictions: drawn.contradictions, bannerText: drawn.text })],
    certificates: drawn.days === null ? [] : [shownCertificate(drawn.host, { spkiSha256: drawn.key, names: [], issuer: drawn.issuer, selfSigned: drawn.selfSigned, days: drawn.days })],
    headers: drawn.hasTip ? [genesis, shownOf("tip", 2150, drawn.tip)] : [],
    answers: [answerOf("history", { scriptForm: "P2TR", response: drawn.response })],
    oddReplies: drawn.odd.map((probe) => ({ visitId: 1, probe, outcome: drawn.outcome, message: null })),
    differential: drawn.state === null ? null : { state: drawn.state, differing: ["history#P2TR"], toldBoth: ["history#P2TR"], pValue: 0.01, qValue: 0.02, serversTested: 9 },
    announced: drawn.invented === null ? null : { entries: 500, soleUnanswered: drawn.invented, soleImpossible: 0, repeated: 0, recurring: 0, examples: [] },
    uptime: { share: drawn.uptime, observations: 30, gap: drawn.uptime === null ? "not long enough" : null }
  }))

const network = fc.integer({ min: 1, max: 9 }).chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => anything(i + 1))))

const relationsOf = (size: number, share: number): Relations => {
  const ids = Array.from({ length: Math.ceil(size * share) }, (_, i) => i + 1)
  return { related: [], fleets: ids.length < 2 ? [] : [{ clusterId: 1, serverIds: ids, memberPosterior: new Map(ids.map((id) => [id, 0.99])) }] }
}

const score = (servers: ReadonlyArray<ServerEvidence>, relations: Relations = noRelations, table: IndicatorTable = shippedIndicators) =>
  suspicions(crawl, servers, relations, table)

const plain = ({ explanation, indicators, score, serverId, testedWeight }: Suspicion) =>
  ({ explanation, serverId, score, testedWeight, indicators: indicators.map(({ entry, points, reading }) => [entry.name, points, reading]) })

describe("the score of a server", () => {
  it("is between 0 and 100 and the sum of the points of its indicators, each at most its weight", () => {
    fc.assert(fc.property(network, fc.double({ min: 0, max: 1, noNaN: true }), (servers, share) => {
      for (const { indicators, score: total, testedWeight } of score(servers, relationsOf(servers.length, share))) {
        expect(total).not.toBeNull()
        expect(total).toBeGreaterThanOrEqual(0)
        expect(total).toBeLessThanOrEqual(100)
        expect(indicators.reduce((sum, { points }) => sum + (points ?? 0), 0)).toBeCloseTo(total!, 9)
        for (const { entry, points } of indicators) expect(points ?? 0).toBeLessThanOrEqual(entry.weight)
        expect(testedWeight).toBeCloseTo(indicators.reduce((sum, { entry, points }) => sum + (points === null ? 0 : entry.weight), 0), 9)
      }
    }))
  })

  it("leaves null what was not tested, with the reason, and says so in its explanation", () => {
    fc.assert(fc.property(network, (servers) => {
      for (const { explanation, indicators } of score(servers)) {
        for (const { entry, points, reading } of indicators) {
          expect(points === null).toBe(isUntested(reading))
          if (isUntested(reading)) {
            expect(reading.untested).not.toBe("")
            expect(explanation).toContain(entry.name)
          } else {
            expect(reading.share).toBeGreaterThanOrEqual(0)
            expect(reading.share).toBeLessThanOrEqual(1)
            expect(() => JSON.stringify(reading.detail)).not.toThrow()
          }
        }
        expect(indicators.find(({ entry }) => entry.name === "logging")!.points).toBeNull()
      }
    }))
  })

  it("does not depend on the order of servers", () => {
    fc.assert(fc.property(network, fc.integer(), (servers, seed) => {
      const relations = relationsOf(servers.length, 0.5)
      expect(score(shuffled(servers, seededRandom(seed)), relations).map(plain)).toEqual(score(servers, relations).map(plain))
    }))
  })

  it("is the same when a server that has nothing to do with it is added", () => {
    fc.assert(fc.property(network, (servers) => {
      const stranger = evidenceOf(99, { certificates: [shownCertificate("s99.own-99.example")], headers: [genesis, shownOf("tip", 2150, tips[0])] })
      const before = score(servers).map(plain)
      expect(score([...servers, stranger]).map(plain).filter(({ serverId }) => serverId !== 99)).toEqual(before)
    }))
  })

  it("is at most a few points for belonging to a fleet, and from everyday causes alone below the threshold", () => {
    const weightOf = (name: string) => shippedIndicators.indicators.find((entry) => entry.name === name)!.weight
    expect(weightOf("hidden fleet")).toBeLessThanOrEqual(5)
    const ids = Array.from({ length: 40 }, (_, i) => i + 1)
    const everyday = ids.map((id) =>
      evidenceOf(id, {
        visits: [visitOf(`s${id}.own-${id}.example`, { contradictions: [..."abcdefgh"] })],
        certificates: [shownCertificate(`s${id}.own-${id}.example`, { spkiSha256: "one key", names: [], issuer: "CN=Inspection", selfSigned: false, days: 40_000, defaultKinds: new Set() })],
        answers: [answerOf("features", { filtered: true, response: "error" })],
        deep: { visitId: 2, comparedWith: "ElectrumX any", notCompared: null, differs: ["deep/batch: none where list is usual"] },
        differential: { state: "differs", differing: ["banner", "peers#1"], toldBoth: ["banner", "peers#1"], pValue: 0.001, qValue: 0.01, serversTested: 40 },
        changing: [{ host: "a.example", port: 50002, visits: 6, software: ["ElectrumX 1.16.0"], softwareNames: 4, handshakes: 6, certificates: 6 }],
        uptime: { share: 1, observations: 40, gap: null }
      }))
    const fleets: Relations = { related: [], fleets: [{ clusterId: 1, serverIds: ids, memberPosterior: new Map(ids.map((id) => [id, 1])) }] }
    for (const relations of [fleets, noRelations]) {
      for (const { score: total } of score(everyday, relations)) expect(total).toBeLessThan(shippedIndicators.threshold)
    }
  })

  it("reaches the threshold by one lie about the chain, and never goes beyond 100", () => {
    const honest = evidenceOf(2, { answers: [answerOf("history", { scriptForm: "P2TR" })], headers: [genesis, shownOf("tip", 2150, tips[0])] })
    const liar = (changes: Partial<ServerEvidence>) => score([evidenceOf(1, changes), honest])[0]!
    const fork = { headers: [genesis, shownOf("tip", 2150, tips[1])] }
    const hides = { answers: [answerOf("history", { scriptForm: "P2TR", response: "empty", detail: { missing: ["aa"] } })] }
    for (const lie of [fork, hides]) {
      const { explanation, score: total } = liar(lie)
      expect(total).toBeGreaterThanOrEqual(shippedIndicators.threshold)
      expect(explanation).toContain(shippedIndicators.threshold_means)
    }
    expect(liar({ ...fork, ...hides }).score).toBe(100)
    expect(score([evidenceOf(1), honest])[1]!.explanation).toMatch(/^nothing found/)
  })

  it("says of a sum of weak signs that none of them proves anything, and of one lie that it can be reproduced", () => {
    const flood = { oddReplies: [{ visitId: 1, probe: "banner", outcome: "too large" as const, message: null }] }
    const listing = (soleUnanswered: number) => ({ announced: { entries: 500, soleUnanswered, soleImpossible: 0, repeated: 0, recurring: 0, examples: [] } })
    const others = [2, 3, 4, 5, 6].map((id) => evidenceOf(id, listing(0)))
    const [weak] = score([evidenceOf(1, { ...flood, ...listing(400) }), ...others])
    expect(weak!.score).toBeGreaterThanOrEqual(shippedIndicators.threshold)
    expect(showsViolation(weak!)).toBe(false)
    expect(weak!.explanation).toContain(shippedIndicators.sum_means)
    expect(weak!.explanation).not.toContain(shippedIndicators.threshold_means)
    const [liar] = score([evidenceOf(1, { headers: [genesis, shownOf("tip", 2150, tips[1])] })])
    expect(showsViolation(liar!)).toBe(true)
    expect(liar!.explanation).not.toContain(shippedIndicators.sum_means)
  })

  it("follows a table of one's own, which may leave indicators out", () => {
    const [work] = shippedIndicators.indicators
    const table: IndicatorTable = { ...shippedIndicators, indicators: [{ ...work, weight: 7 }] }
    const [one] = score([evidenceOf(1, { headers: [genesis, shownOf("tip", 2150, tips[1])] })], noRelations, table)
    expect([one!.score, one!.testedWeight, one!.indicators.length]).toEqual([7, 7, 1])
    const [none] = score([evidenceOf(1)], noRelations, { ...table, indicators: [{ ...work, name: "logging" }] })
    expect([none!.score, none!.explanation]).toEqual([null, "no indicator could be tested"])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Concentration } from "../../../src/analysis/exposure/concentration.ts"
import type { Estimate } from "../../../src/analysis/exposure/interval.ts"
import type { PolicyExposure } from "../../../src/analysis/exposure/policy-lab.ts"
import {
  concentrationRecommendation,
  ownerRecommendation,
  percent,
  policyRecommendation,
  type WalletModel
} from "../../../src/analysis/exposure/recommendation.ts"

const about = (mean: number, half = 0.01): Estimate => ({ mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half), error: half / 2 })

const fresh: WalletModel = { wallet: "Electrum", route: "clearnet", savedServer: false }

describe("recommendations about an owner", () => {
  it("follow from how likely it sees all addresses", () => {
    const sentence = (main: number, model: WalletModel = fresh) => ownerRecommendation(model, 10, { main: about(main), connected: about(main) })
    assert.match(sentence(0.7), /use a server of your own, or save one that you trust; wallets should draw the operator/)
    assert.match(sentence(0.2), /^In 20 % of wallets it sees all addresses within 10 starts: save one server/)
    assert.match(sentence(0.04), /no reason to change the server/)
    assert.match(sentence(0.002), /nothing to do on its account/)
  })

  it("do not advise to save a server to who has done so, nor Tor to who uses it", () => {
    const seen = { main: about(0.6), connected: about(0.9) }
    assert.match(ownerRecommendation(fresh, 1, seen), /save one.*use Tor/)
    assert.notMatch(ownerRecommendation({ ...fresh, savedServer: true }, 1, seen), /save one/)
    assert.notMatch(ownerRecommendation({ ...fresh, route: "tor" }, 1, seen), /use Tor/)
  })

  it("are one sentence about what is seen, and accuse nobody", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(fc.property(share, share, fc.boolean(), fc.constantFrom("clearnet", "tor"), fc.constantFrom(1, 10, 100), (main, connected, savedServer, route, starts) => {
      const sentence = ownerRecommendation({ ...fresh, savedServer, route }, starts, { main: about(main), connected: about(connected) })
      assert.match(sentence, /^[A-Z][^.]*(?:\.[0-9][^.]*)*\.$/)
      assert.notMatch(sentence, /spy|malicious|hostile|attack|honeypot/i)
    }))
  })
})

describe("recommendations about rules", () => {
  const rule = (policy: string, share: number, changes: Partial<PolicyExposure> = {}): PolicyExposure => ({
    policy,
    title: "",
    route: "clearnet",
    showsIp: true,
    starts: 10,
    served: 1,
    worstAll: about(share),
    worstScripts: about(share),
    worstConnected: about(0.9),
    worstOwner: "a.example.org",
    ownersAsked: 5,
    ...changes
  })
  const today = rule("today", 0.4)

  it("compare with the rule of today, limits and all", () => {
    assert.match(policyRecommendation(rule("other", 0.1), today), /^Better than today: .* 10 % of the scripts instead of 40 %/)
    assert.match(policyRecommendation(rule("other", 0.6), today), /^Worse than today/)
    assert.match(policyRecommendation(rule("other", 0.395), today), /^No clear difference/)
    assert.match(policyRecommendation(today, today), /One owner learns 40 %/)
  })

  it("name the price where more owners learn something", () => {
    assert.match(policyRecommendation(rule("other", 0.1, { ownersAsked: 20 }), today), /but 20\.0 owners instead of 5\.0 learn something/)
    assert.match(policyRecommendation(rule("other", 0.4, { worstAll: about(0.05), ownersAsked: 20 }), today), /^Hides how scripts belong together.*but 20\.0/)
  })

  it("do not praise a rule that leaves wallets without a server", () => {
    assert.match(policyRecommendation(rule("onion only", 0, { served: 0.1 }), today), /^Most wallets would find no server/)
  })

  it("say of a server of one's own that nobody learns anything", () => {
    assert.match(policyRecommendation(rule("own server", 0, { worstScripts: { mean: 0, low: 0, high: 0, error: 0 } }), today), /^Nobody else/)
  })
})

describe("recommendations about concentration", () => {
  const figure = (changes: Partial<Concentration>): Concentration => ({
    level: "server",
    dimension: "asn",
    counted: 50,
    unknown: 5,
    groups: 20,
    largest: "AS1",
    largestShare: 0.2,
    hhi: { mean: 0.08, low: 0.07, high: 0.1 },
    nakamoto: { mean: 5, low: 4, high: 6 },
    hhiApart: 0.08,
    nakamotoApart: 5,
    ...changes
  })

  it("follow from the limits, not from the middle", () => {
    const sentence = (changes: Partial<Concentration>) => concentrationRecommendation(figure(changes))
    assert.match(sentence({}), /^Not highly concentrated, .* takes 4 or more, but the largest has 20 %: a limit/)
    assert.match(sentence({ largestShare: 0.05 }), /^Not highly concentrated: .* would add little/)
    assert.match(sentence({ hhi: { mean: 0.3, low: 0.2, high: 0.4 } }), /^Highly concentrated/)
    assert.match(sentence({ hhi: { mean: 0.15, low: 0.1, high: 0.3 } }), /depends on what is not known/)
    assert.match(sentence({ nakamoto: { mean: 1, low: 1, high: 1 }, largestShare: 0.6 }), /^One autonomous system has more than half of the servers \(60 %\)/)
    assert.match(sentence({ unknown: 60 }), /enrich the crawl before relying/)
    assert.match(sentence({ counted: 0, unknown: 10 }), /^Nothing is known/)
  })
})

describe("percentages", () => {
  it("say 0 and 100 only of what is certain", () => {
    assert.deepStrictEqual([0, 0.0001, 0.012, 0.0996, 0.5, 0.999, 1].map(percent), ["0 %", "under 0.1 %", "1.2 %", "10 %", "50 %", "over 99 %", "100 %"])
  })
})

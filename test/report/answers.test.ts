import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { analytics } from "../../src/report/answers/analytics.ts"
import { centralised, few } from "../../src/report/answers/centralised.ts"
import { differently } from "../../src/report/answers/differently.ts"
import { inferred } from "../../src/report/answers/inferred.ts"
import { suspicious } from "../../src/report/answers/suspicious.ts"
import type { Label } from "../../src/report/labels/label-file.ts"
import { matchLabels, type RandomHosts } from "../../src/report/labels/match-labels.ts"
import { exposedTo, factsOf, namedRows, operatorsHold, suspicionOf } from "../support/report-facts.ts"

const operators = (low: number, high: number, servers = 100) => centralised(factsOf({}, { concentration: namedRows([operatorsHold(low, high, servers)]) }))

describe("whether a few operators run most servers", () => {
  it("is said with the limits, and only where they allow it", () => {
    expect(operators(2, 4).answer).toMatch(/^Yes: 2 to 4 probable operators run more than half of the 100 servers that answered\./)
    expect(operators(3, 40)).toMatchObject({ answer: expect.stringMatching(/^Undecided: .* between 3 and 40/), confidence: { level: "low" } })
    expect(operators(30, 50)).toMatchObject({ answer: expect.stringMatching(/^Not that this crawl could see: .*may be more centralised/), confidence: { level: "low" } })
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }), (low, more) => {
      const { answer, confidence } = operators(low, low + more)
      expect(answer.startsWith("Yes")).toBe(low + more <= few)
      expect(confidence.level).not.toBe("high")
    }))
  })

  it("is not answered before an analysis, nor of a handful of servers", () => {
    expect(centralised(factsOf({ run: null }, { concentration: namedRows([operatorsHold(1, 1, 100)]) }))).toMatchObject({ answer: expect.stringMatching(/^Not answered/), confidence: { level: "none" } })
    expect(operators(1, 1, 5)).toMatchObject({ answer: expect.stringMatching(/^Not answered: only 5 servers/), confidence: { level: "none" } })
  })

  it("goes with places and software that are in a few hands, and with those that are not known", () => {
    const row = { ...operatorsHold(2, 3, 80), dimension: "asn", servers_or_operators_unknown: 20, largest_percent: 32 }
    const { answer, figures } = centralised(factsOf({}, { concentration: namedRows([operatorsHold(30, 50, 100), row, { ...row, dimension: "country", nakamoto_low: 6, nakamoto_high: 9 }]) }))
    expect(answer).toContain("In other respects it is concentrated: by autonomous system 2 to 3 have more than half (the largest 32 %). By country it is not shown to be in a few hands.")
    expect(operators(30, 50).answer).toContain("Where servers stand and what they run is not known.")
    expect(figures.find(({ name }) => name.includes("country"))?.caveat).toContain("not of 20")
  })

  it("says which fleets would have been found and which never", () => {
    const fleet = { question: "operator" as const, found: [], drawnIn: 0 }
    const fleets = [
      { ...fleet, kit: "one key", smallest: null },
      { ...fleet, kit: "one key, one node", smallest: null },
      { ...fleet, kit: "one domain", smallest: 2 }
    ]
    const { confidence } = centralised(factsOf({ fleets }, { concentration: namedRows([operatorsHold(30, 50, 100)]) }))
    expect(confidence.because).toContain('from these sizes on: "one domain" (2).')
    expect(confidence.because).toContain('Never found, at no size: "one key"; "one key, one node".')
  })
})

describe("whether servers exhibit suspicious patterns", () => {
  const signal = { indicator: "hidden fleet", weight: 4, servers_with_a_share: 2, of_these_high: 0, servers_tested: 10, high_tested: 0 }
  const said = (counts: Parameters<typeof suspicionOf>[0]) => suspicious(factsOf({ suspicion: suspicionOf(counts) }, { signals: namedRows([signal]) }))

  it("is said in the words that the score allows", () => {
    expect(said({ clean: 10 }).answer).toBe("None was seen at the 10 servers of this chain that answered and were judged, with what was tested.")
    expect(said({ clean: 8, weaker: 2 }).answer).toMatch(/^Nothing that breaks the protocol .* 10 servers .* 2 servers show something weaker \(hidden fleet\), which has everyday causes/)
    expect(said({ clean: 9, violating: 1 }).answer).toMatch(/^Some do: 1 of 10 \(10 %\) of the servers of this chain that answered and were judged break the protocol .* cannot be seen from outside\.$/)
    expect(said({}).answer).toMatch(/^Not answered/)
    expect(suspicious(factsOf({ suspicion: null })).confidence.level).toBe("none")
  })

  it("calls a sum of weak signs no violation, however high it is", () => {
    const weak = said({ clean: 8, severalWeak: 2 })
    expect(weak.answer).toMatch(/^Nothing that breaks the protocol in a way that can be reproduced was seen\. 2 of 10 \(20 %\) reached the same score by several weaker signs together, none of which proves anything\./)
    expect(weak.confidence).toMatchObject({ level: "low", because: expect.not.stringContaining("proof of work") })
    const both = said({ clean: 6, severalWeak: 2, violating: 2 })
    expect(both.answer).toMatch(/^Some do: 2 of 10 \(20 %\) .*\. 2 of 10 \(20 %\) reached the same score/)
    expect(both.figures.slice(0, 2).map(({ value }) => value)).toEqual(["2 of 10 (20 %)", "2 of 10 (20 %)"])
  })

  it("counts the servers that the first question counts, and names the others aside", () => {
    const facts = factsOf({ suspicion: suspicionOf({ aside: 1, clean: 9 }) })
    const answered = { ...facts.overview.serversAnswered, value: 12 }
    const { answer, figures } = suspicious({ ...facts, overview: { ...facts.overview, serversAnswered: answered } })
    expect(answer).toContain("3 servers of this chain answered and could not be judged. 1 server was judged too, but is of another chain")
    expect(figures.slice(0, 4).map(({ value }) => value.replace(/.* of (\d+).*/, "$1"))).toEqual(["9", "9", "9", "9"])
  })

  it("names what was not tested at any server", () => {
    const untested = { indicator: "selective answers", weight: 60, servers_tested: 0, servers_with_a_share: 0, share_of_tested: null, base_rate: 0.05, servers_untested: 10, most_frequent_reason: "not asked" }
    expect(suspicious(factsOf({ suspicion: suspicionOf({ clean: 10 }) }, { indicators: namedRows([untested]) })).confidence.because).toContain("Not tested at any server: selective answers.")
  })
})

describe("whether servers behave differently", () => {
  const deviations = (compared: number, deviating: number) => namedRows([
    { question: "any", servers_asked: compared, servers_compared: compared, servers_deviating: deviating },
    { question: "history", servers_asked: compared, servers_compared: compared, servers_deviating: deviating }
  ])

  it("to malformed requests is said only of servers that were asked and could be compared", () => {
    const row = (malformed_response: string, behaves_like: string | null, servers: number) => ({ malformed_response, behaves_like, differs: null, servers })
    const said = (...rows: ReadonlyArray<ReturnType<typeof row>>) => differently(factsOf({}, { deviations: deviations(10, 0), malformed: namedRows(rows) }))
    const some = said(row("error", "ElectrumX any", 4), row("ok", "Fulcrum any", 2), row("not asked", "ElectrumX any", 3), row("error", null, 1), row("no deep visit yet", null, 5))
    expect(some.answer).toContain("To malformed requests all 6 servers that could be compared answered as their software does; 9 servers were not asked or could not be compared.")
    expect(some.figures[1]!.value).toBe("0 of 6 (0 %)")
    expect(said(row("not asked", "ElectrumX any", 3)).answer).toContain("To malformed requests no answer could be compared.")
    expect(said(row("differs", "ElectrumX any", 1), row("ok", "ElectrumX any", 3)).answer).toContain("To malformed requests 1 of 4 (25 %) answered unlike their software.")
  })

  it("by client is not claimed where it was not tested, and never shows anybody honest", () => {
    const untested = differently(factsOf({}, { deviations: deviations(10, 0) }))
    expect(untested.answer).toContain("By client: not tested")
    expect(untested.confidence.level).toBe("low")
    const same = differently(factsOf({ twoWays: { differs: 0, open: 0, same: 9, notComparable: 1 } }, { deviations: deviations(10, 0) }))
    expect(same.answer).toContain("none of 9 servers was shown to answer differently")
    expect(`${same.answer} ${same.confidence.because}`).not.toMatch(/servers are honest/)
    expect(differently(factsOf({ twoWays: { differs: 2, open: 1, same: 7, notComparable: 0 } }, { deviations: deviations(10, 0) })).answer)
      .toContain("2 of 10 (20 %) answered differently by how they were asked, on two days; 1 server differed once and is to be asked again")
  })

  it("by query is counted by server, and says in which questions", () => {
    expect(differently(factsOf({}, { deviations: deviations(10, 3) })).answer).toMatch(/^By query: at 3 of 10 \(30 %\) some answer deviates .*\(history at 3\)\./)
    expect(differently(factsOf()).answer).toMatch(/^By query: no answer could be compared/)
    expect(differently(factsOf()).confidence.level).toBe("none")
  })
})

describe("what servers infer", () => {
  it("has the figures of the best informed owner and of the one who meets most", () => {
    const exposure = { crawlId: 1, basis: "model output", rows: [exposedTo("one", 0.2, 0.3), exposedTo("two", 0.1, 0.6)], policies: [], concentration: [] }
    const { answer, figures } = inferred(factsOf({ exposure }))
    expect(answer).toContain("all addresses of 20 % of wallets after ten starts, and the owner who meets most the IP address of 60 %")
    expect(figures[0]).toMatchObject({ value: "20 % (10 % to 40 %)", query: "exposure" })
    expect(inferred(factsOf()).answer).toContain("was not computed for this crawl")
  })
})

describe("whether analytics companies operate servers", () => {
  const servers = new Map([[1, "a.example.org"], [2, "b.example.org"]])
  const statements = [{ server_id: 1, kind: "organisation", value: "Invented Analytics Ltd" }, { server_id: 2, kind: "organisation", value: "Some Hoster" }]
  const label = { label: "Invented Analytics", kind: "organisation" as const, pattern: "Invented Analytics", source: "https://example.org/", date: "2026-01-01" }
  const asked = (pattern: string, rates: ReadonlyArray<{ readonly hits: number; readonly hosts: number }> = []) =>
    analytics(factsOf({
      labels: matchLabels(servers, statements, {
        file: "labels.json",
        labels: { labels: [{ ...label, pattern }], base_rates: rates.map((rate) => ({ label: label.label, source: label.source, date: label.date, ...rate })) }
      }, null)
    }))

  it("is not looked for without labels", () => {
    expect(analytics(factsOf({ labels: matchLabels(servers, statements, null, null) }))).toMatchObject({ answer: expect.stringMatching(/^None was looked for/), confidence: { level: "none" } })
  })

  it("may be: none found, and a careful company would leave none", () => {
    expect(asked("Other Company").answer).toBe("None found: the label that could be compared does not fit any of the servers of which it is known (2 at the most). A careful company would leave none.")
  })

  it("is not answered where nothing is known that labels could be compared with", () => {
    const blind = analytics(factsOf({ labels: matchLabels(servers, [], { file: "labels.json", labels: { labels: [label] } }, null) }))
    expect(blind).toMatchObject({ answer: expect.stringMatching(/^Not answered: of no server is known what the 1 label is about/), confidence: { level: "none" } })
  })

  it("is held against random hosts in the same prefixes, with limits, where a sample was drawn", () => {
    const many = new Map(Array.from({ length: 40 }, (_, i) => [i, `s${i}.example.org`]))
    const named = (fit: number) => [...many.keys()].map((server_id) => ({ server_id, kind: "reverse name", value: server_id < fit ? `n${server_id}.invented.example` : `n${server_id}.hoster.example` }))
    const random = (fit: number): RandomHosts => ({
      date: "2026-11-26",
      hosts: Array.from({ length: 200 }, (_, i) => ({ address: `34.90.1.${i}`, asn: 64500, org: "Some Hoster", names: i < fit ? [`r${i}.invented.example`] : i < 100 ? [`r${i}.hoster.example`] : [] }))
    })
    const by = (fit: number, among: number, labels: ReadonlyArray<Label> = [{ ...label, kind: "reverse name", pattern: "invented.example" }]) =>
      analytics(factsOf({ labels: matchLabels(many, named(fit), { file: "labels.json", labels: { labels } }, random(among)) }))
    const alike = by(4, 10)
    expect(alike.answer).toMatch(/^None that can be told from coincidence: "Invented Analytics" fits 4 of 40 \(10 %\) .*of random hosts in the same prefixes 10 of 100 \(10 %\), 95 % limits 5\.5 % to 17 %/)
    expect(by(4, 0).answer).toMatch(/^There are signs that would need an explanation: .*0 of 100/)
    expect(alike.figures.find(({ name }) => name === "random hosts with a reverse name")).toMatchObject({ value: expect.stringMatching(/^100 of 200 \(50 %\)/), query: "random-hosts-by-asn" })
    // Of twenty labels one is found by luck alone.
    const others = Array.from({ length: 19 }, (_, i): Label => ({ ...label, label: `Other ${i}`, kind: "reverse name", pattern: `other${i}.example` }))
    expect(by(2, 0).answer).toMatch(/^None that can/)
    expect(by(3, 0).answer).toMatch(/^There are signs/)
    expect(by(3, 0, [{ ...label, kind: "reverse name", pattern: "invented.example" }, ...others]).answer).toMatch(/^None that can/)
  })

  it("does not take a system or its holder for a sign: random hosts there fit as often by construction", () => {
    const { answer } = analytics(factsOf({ labels: matchLabels(servers, statements, { file: "labels.json", labels: { labels: [label] } }, {
      date: "2026-11-26", hosts: [{ address: "34.90.1.1", asn: 64500, org: "Invented Analytics Ltd", names: [] }]
    }) }))
    expect(answer).toMatch(/^None that can be told from coincidence/)
  })

  it("is not claimed of a match without a base rate, nor of one that random hosts show too", () => {
    expect(asked("Invented Analytics").answer).toMatch(/^None that can be told from coincidence: .*1 of 2 \(50 %\).*is not known, so that it cannot be told from coincidence/)
    expect(asked("Invented Analytics", [{ hits: 400, hosts: 1_000 }]).answer).toMatch(/^None that can be told from coincidence: .*no more than chance: 40 % of random hosts/)
    const beyond = asked("Invented Analytics", [{ hits: 0, hosts: 10_000 }])
    expect(beyond.answer).toMatch(/^There are signs that would need an explanation: .*not who runs a server/)
    expect(beyond.confidence.level).toBe("low")
  })
})

import { describe, expect, it } from "vitest"
import type { CrawlEvaluation } from "../../src/analysis/evaluation/evaluate-crawl.ts"
import { evaluate } from "../../src/analysis/evaluation/evaluation.ts"
import type { TruthEndpoint } from "../../src/analysis/evaluation/truth-file.ts"
import { evaluationText } from "../../src/cli/evaluation-text.ts"

const line = (n: number, server: string): TruthEndpoint => ({
  host: `${n}.test`,
  port: 50002,
  transport: "tls",
  server,
  operator: `operator-${n}`,
  same_backend: `node-${n}`,
  machine: `machine-${n}`,
  hostility: n === 1 ? "deceives" : null,
  traits: n === 1 ? ["low-work fork"] : []
})

/** Two strangers taken for one operator, the second with a name that a hostile file may hold. */
const evaluation = (): CrawlEvaluation => ({
  crawlId: 7,
  network: "mainnet-sim",
  simulated: true,
  ...evaluate(
    {
      servers: [1, 2, 3],
      pairs: [{ a: 1, b: 2, operator: 0.97, infrastructure: 0.1, evidence: [{ comparison: "banner", bits: 9.25, detail: { banner: "\u001b[31mred" } }] }],
      operatorOfAny: 0.003,
      infrastructureOfAny: 0.003,
      operatorGroups: [[1, 2]],
      infrastructureGroups: [],
      verdictThreshold: 0.95,
      traits: [],
      suspicion: [{ serverId: 1, score: 55, indicators: [{ name: "proof of work", points: 55 }] }, { serverId: 2, score: 0, indicators: [] }],
      suspicionThreshold: 40
    },
    [1, 2, 3].map((n) => ({ serverId: n, host: `${n}.test`, port: 50002, transport: "tls" })),
    [line(1, "one"), line(2, "two|\u001b[2J"), line(3, "three")]
  ),
  fleets: [{ kit: "one key alone", question: "operator", found: [{ size: 2, share: 0 }, { size: 5, share: 1 }], smallest: 5, drawnIn: 0 }],
  lies: [{ lie: "another chain or tip", servers: 3, leastShare: 0.63, statement: "Told on 63 % of connections or more." }]
})

describe("an evaluation as text", () => {
  it("lists the false accusation with its evidence, the bands, the baselines and what could have been seen", () => {
    const text = evaluationText(evaluation(), "text")
    expect(text).toContain("SIMULATED: Crawl 7 of mainnet-sim, 3 of 3 servers judged.")
    expect(text).toMatch(/one \(server 1\) and two.* \(2\): in truth operator-1 and operator-2; p = 0\.970, in one group/)
    expect(text).toContain("9.3 bits  banner")
    expect(text).toMatch(/0\.95 to 0\.99\s+1\s+2\s+0\.970\s+0\.000/)
    expect(text).toMatch(/DBSCAN, best eps.*chosen with the truth/)
    expect(text).toMatch(/one key alone\s+0\.000\s+1\.000\s+5/)
    expect(text).toContain("Told on 63 % of connections or more.")
    expect(text).toContain("AUC 1.000")
  })

  it("lets no text of servers or files reach the terminal or the markup, and loses nothing in JSON", () => {
    for (const format of ["text", "md"] as const) expect(evaluationText(evaluation(), format)).not.toContain("\u001b")
    expect(evaluationText(evaluation(), "md")).toContain("two\\|")
    const parsed = JSON.parse(evaluationText(evaluation(), "json")) as CrawlEvaluation
    expect(parsed).toEqual(JSON.parse(JSON.stringify(evaluation())))
  })

  it("writes dashes for what could not be judged", () => {
    const nothing = { ...evaluation(), hostile: null, fleets: [], lies: [] }
    expect(evaluationText(nothing, "text")).toContain("Nothing was said of conduct.")
    expect(evaluationText(nothing, "text")).toMatch(/Same backend[^\n]*\n[^\n]*\n\s+groups published\s+-\s+-\s+-/)
  })
})

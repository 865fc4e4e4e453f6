import { describe, expect, it } from "vitest"
import { evaluate, type PairVerdict } from "../../../src/analysis/evaluation/evaluation.ts"
import type { TruthEndpoint } from "../../../src/analysis/evaluation/truth-file.ts"
import { type ScenarioRun, targetResults, targetsMarkdown } from "../../support/evaluation-targets.ts"

interface Verdict {
  readonly operators: ReadonlyArray<string>
  readonly groups: ReadonlyArray<ReadonlyArray<number>>
  readonly pairs?: ReadonlyArray<PairVerdict>
  readonly scores?: ReadonlyArray<number>
  readonly hostile?: ReadonlyArray<number>
  readonly moves?: ScenarioRun["moves"]
}

/** A crawl of one server per operator named, numbered from 1. */
const runOf = (scenario: string, { groups, hostile = [], moves = [], operators, pairs = [], scores = [] }: Verdict): ScenarioRun => {
  const numbers = operators.map((_, i) => i + 1)
  const truth = operators.map((operator, i): TruthEndpoint => ({
    host: `${i + 1}.test`,
    port: 1,
    transport: "tcp",
    server: `server ${i + 1}`,
    operator,
    same_backend: operator,
    machine: String(i),
    hostility: hostile.includes(i + 1) ? "deceives" : null,
    traits: []
  }))
  const evaluation = evaluate(
    {
      servers: numbers,
      pairs,
      operatorOfAny: 0,
      infrastructureOfAny: 0,
      operatorGroups: groups,
      infrastructureGroups: groups,
      verdictThreshold: 0.95,
      traits: [],
      suspicion: scores.map((score, i) => ({ serverId: i + 1, score, indicators: [] })),
      suspicionThreshold: 40
    },
    numbers.map((serverId) => ({ serverId, host: `${serverId}.test`, port: 1, transport: "tcp" })),
    truth
  )
  return { scenario, seed: 1, evaluation: { ...evaluation, crawlId: 1, network: "mainnet-sim", simulated: true, fleets: [], lies: [] }, moves }
}

const holds = (runs: ReadonlyArray<ScenarioRun>, words: string): boolean | null =>
  targetResults(runs).find(({ target }) => target.includes(words))!.holds

describe("the targets of an evaluation", () => {
  it("are met by right groups and missed by wrong ones", () => {
    const right = runOf("sloppy", { operators: ["f", "f", "f", "a"], groups: [[1, 2, 3]] })
    const short = runOf("sloppy", { operators: ["f", "f", "f", "a"], groups: [[1, 2]] })
    const wrong = runOf("hosted", { operators: ["a", "b", "c"], groups: [[1, 2, 3]] })
    expect(holds([right], "precision")).toBe(true)
    expect(holds([right], "sloppy")).toBe(true)
    expect(holds([short], "sloppy")).toBe(false)
    expect(holds([right, wrong], "precision")).toBe(false)
    expect(holds([wrong], "false group")).toBe(false)
    expect(holds([runOf("hosted", { operators: ["a", "b"], groups: [[1, 2]] })], "false group")).toBe(true)
    expect(holds([runOf("careful", { operators: ["f", "f", "f"], groups: [[1, 2]] })], "careful")).toBe(false)
  })

  it("are neither met nor missed where nothing was measured", () => {
    expect(targetResults([]).map((one) => one.holds)).toEqual([null, null, null, null, null, null, null, null, null])
    expect(holds([runOf("framing", { operators: ["a"], groups: [], moves: [{ victim: "v", probability: 0, points: null }] })], "victim")).toBe(null)
  })

  it("hold a victim to both its limits, and liars to every one", () => {
    const framing = (probability: number, points: number) => runOf("framing", { operators: ["a"], groups: [], moves: [{ victim: "v", probability, points }] })
    expect([framing(0.01, 1), framing(0.03, 1), framing(0.01, 2)].map((run) => holds([run], "victim"))).toEqual([true, false, false])
    const liars = (scores: ReadonlyArray<number>) => runOf("lying-majority", { operators: ["a", "b"], groups: [], scores, hostile: [1] })
    expect([liars([90, 0]), liars([0, 0]), liars([90, 90])].map((run) => holds([run], "liar"))).toEqual([true, false, false])
  })

  it("count only bands with enough pairs of enough operators, over all runs", () => {
    const many = (probability: number, seed: number) => {
      const operators = Array.from({ length: 40 }, (_, i) => `operator ${i}`)
      const pairs = operators.flatMap((_, a) => operators.slice(0, a).map((_, b): PairVerdict => ({ a: b + 1, b: a + 1, operator: probability, infrastructure: 0, evidence: [] })))
      return { ...runOf("dual", { operators, groups: [], pairs }), seed }
    }
    expect(holds([many(0.3, 1)], "calibration")).toBe(null)
    expect(holds([many(0.3, 1), many(0.3, 2)], "calibration")).toBe(false)
    expect(holds([many(0.002, 1), many(0.002, 2)], "calibration")).toBe(true)
  })

  it("are written as tables that say what was missed", () => {
    const text = targetsMarkdown([runOf("hosted", { operators: ["a", "b", "c"], groups: [[1, 2, 3]] })])
    expect(text).toMatch(/no false group.*\| hosted 1: 3 \| \*\*missed\*\* \|/)
    expect(text).toMatch(/\| hosted \| 1 \| 3 \| 0\.000 \|/)
    expect(text).toContain("ARI DBSCAN, best eps")
  })

  it("come with the names of what was missed and of what was said falsely", () => {
    const sloppy = runOf("sloppy", { operators: ["f", "f", "f", "a"], groups: [[1, 2]], scores: [0, 90, 90, 0], hostile: [1, 2] })
    const text = targetsMarkdown([sloppy, { ...runOf("careful", { operators: ["a", "b"], groups: [[1, 2]] }), seed: 7 }])
    expect(text).toContain("Falsely one operator: careful 7: server 1 and server 2")
    expect(text).toContain("Operators of `sloppy` not found whole: seed 1: f, 2 of 3 pairs.")
    expect(text).toContain("Nodes of `careful` not found whole: none.")
    expect(text).toContain("Hostile and not flagged, by what they do: sloppy: no traits (1).")
  })
})

import { describe, expect, it } from "vitest"
import { baselinesOf } from "../../../src/analysis/evaluation/baselines.ts"
import { evaluate, type PairVerdict, type Verdicts } from "../../../src/analysis/evaluation/evaluation.ts"
import type { TruthEndpoint } from "../../../src/analysis/evaluation/truth-file.ts"
import { presentedAt, traitsAt, writtenText } from "../../support/server-traits.ts"

/** Server n answers at `n.test`; fleet, backend and hostility as given. */
const line = (n: number, operator: string, changes: Partial<TruthEndpoint> = {}): TruthEndpoint => ({
  host: `${n}.test`,
  port: 50002,
  transport: "tls",
  server: `server-${n}`,
  operator,
  same_backend: `node-${n}`,
  machine: `machine-${n}`,
  hostility: null,
  traits: [],
  ...changes
})

const truth = [line(1, "fleet", { hostility: "deceives" }), line(2, "fleet", { hostility: "deceives" }), line(3, "ann"), line(4, "bob", { hostility: "broken" }), line(5, "cas", { same_backend: "node-4" })]

const endpoints = [1, 2, 3, 4, 5].map((n) => ({ serverId: 10 * n, host: `${n}.test`, port: 50002, transport: "tls" }))

const pair = (a: number, b: number, operator: number, infrastructure = 0): PairVerdict =>
  ({ a, b, operator, infrastructure, evidence: [{ comparison: "same key", bits: 12, detail: { key: "k" } }] })

const verdicts = (changes: Partial<Verdicts> = {}): Verdicts => ({
  servers: [10, 20, 30, 40, 50],
  pairs: [pair(10, 20, 0.99), pair(40, 50, 0.1, 0.98)],
  operatorOfAny: 0.003,
  infrastructureOfAny: 0.003,
  operatorGroups: [[10, 20]],
  infrastructureGroups: [[40, 50]],
  verdictThreshold: 0.95,
  traits: [],
  suspicion: [],
  suspicionThreshold: 40,
  ...changes
})

describe("an evaluation", () => {
  it("finds nothing wrong with what is right", () => {
    const { backend, coverage, hostile, operator } = evaluate(verdicts(), endpoints, truth)
    expect(coverage).toEqual({ servers: 5, judged: 5, balanced: 0, joined: 0, unknown: 0, split: 0 })
    for (const question of [backend, operator]) {
      expect(question.groups.pairwise).toEqual({ precision: 1, recall: 1, f: 1 })
      expect(question.verdicts.pairs).toEqual({ right: 1, wrong: 0, missed: 0 })
      expect(question.falseAccusations).toEqual([])
      expect(question.groups.adjustedRand).toBe(1)
      expect(question.brier).toBeLessThan(0.01)
    }
    expect(hostile).toBe(null)
  })

  it("lists every false accusation with its evidence, by verdict and by group", () => {
    const { operator } = evaluate(
      verdicts({ pairs: [pair(10, 20, 0.99), pair(30, 40, 0.97)], operatorGroups: [[10, 20, 50], [30, 40]] }),
      endpoints,
      truth
    )
    expect(operator.falseAccusations.map(({ a, b, isGrouped, owners }) => [a, b, isGrouped, owners])).toEqual([
      [30, 40, true, ["ann", "bob"]],
      [10, 50, true, ["fleet", "cas"]],
      [20, 50, true, ["fleet", "cas"]]
    ])
    expect(operator.falseAccusations[0]!.evidence).toEqual([{ comparison: "same key", bits: 12, detail: { key: "k" } }])
    expect(operator.verdicts.pairs).toEqual({ right: 1, wrong: 1, missed: 0 })
    expect(operator.groups.falseGroups).toEqual([3, 2])
  })

  it("leaves balanced names out, and pairs that nobody compared have the chance of any two", () => {
    const { coverage, operator } = evaluate(verdicts({ pairs: [], operatorGroups: [] }), endpoints, [...truth, line(3, "dan", { server: "other" })])
    expect(coverage).toMatchObject({ judged: 4, balanced: 1 })
    expect(operator.bands.map(({ found, pairs }) => [pairs, found])).toEqual([[6, 1 / 6]])
    expect(operator.bands[0]!.said).toBeCloseTo(0.003, 10)
    expect(operator.groups.pairwise).toEqual({ precision: null, recall: 0, f: null })
  })

  it("judges suspicion by who deceives or attacks: the broken may not be flagged", () => {
    const said = (serverId: number, score: number | null) =>
      ({ serverId, score, indicators: score === null ? [] : [{ name: "merkle proofs", points: score }] })
    const { hostile } = evaluate(
      verdicts({ suspicion: [said(10, 80), said(20, 20), said(30, null), said(40, 60), said(50, 0)] }),
      endpoints,
      truth
    )
    expect(hostile!.hostile).toBe(2)
    // 80 beats 60, 0 and nothing; 20 beats two of three.
    expect(hostile!.auc).toBeCloseTo(5 / 6, 10)
    expect(hostile!.falselyFlagged.map(({ server }) => server)).toEqual(["server-4"])
    expect(hostile!.missed.map(({ server }) => server)).toEqual(["server-2"])
    expect(hostile!.observable).toMatchObject({ hostile: 2, auc: hostile!.auc })
    expect(hostile!.blindSpots).toEqual([])
  })

  it("judges it a second time without servers of which nobody could see anything, and names why", () => {
    const said = (serverId: number, score: number) => ({ serverId, score, indicators: [] })
    const because = "in answer to a broadcast, and nothing is ever broadcast"
    const blind = truth.map((one) => one.server === "server-2" ? { ...one, blind_spot: because } : one)
    const { hostile } = evaluate(verdicts({ suspicion: [said(10, 80), said(20, 0), said(30, 0), said(40, 60), said(50, 0)] }), endpoints, blind)
    expect([hostile!.hostile, hostile!.observable.hostile]).toEqual([2, 1])
    expect(hostile!.observable.auc).toBe(1)
    // Whoever cannot be seen is missed all the same.
    expect(hostile!.auc).toBeCloseTo(4 / 6, 10)
    expect(hostile!.missed.map(({ server }) => server)).toEqual(["server-2"])
    expect(hostile!.blindSpots).toEqual([{ because, servers: 1 }])
  })
})

describe("the baselines", () => {
  const truth = new Map([[1, 0], [2, 0], [3, 1], [4, 2]])
  const traits = [
    traitsAt(1, "a.test", { certificates: [presentedAt("a.test", { spkiSha256: "k" })], donation: writtenText("ours") }),
    traitsAt(2, "b.test", { certificates: [presentedAt("b.test", { spkiSha256: "k" })], donation: writtenText("ours") }),
    traitsAt(3, "c.test", { certificates: [presentedAt("c.test")], donation: writtenText("mine") }),
    traitsAt(4, "d.test", { certificates: [presentedAt("d.test")] })
  ]
  const groups = (partition: ReadonlyMap<number, number>): ReadonlyArray<ReadonlyArray<number>> =>
    [...Map.groupBy(partition, ([, label]) => label).values()].map((group) => group.map(([server]) => server).toSorted((a, b) => a - b))

  it("place every server, and eps that is chosen with the truth does no worse than the given one", () => {
    const [given, best, louvain] = baselinesOf(traits, truth)
    for (const { partition } of [given!, best!, louvain!]) expect([...partition.keys()].toSorted()).toEqual([1, 2, 3, 4])
    expect(groups(best!.partition)).toEqual([[1, 2], [3], [4]])
    expect(best!.setting).toContain("chosen with the truth")
  })

  it("have servers of which nothing is known alone", () => {
    expect(groups(baselinesOf([], truth)[2]!.partition)).toHaveLength(4)
  })
})

import { type Partition, relabelled } from "../graph/partition.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { baselinesOf } from "./baselines.ts"
import { brierScore, type CalibrationBand, calibrationBands, type CalibrationCell, calibrationCells } from "./calibration.ts"
import { type ChangedTogether, changedTogetherOf } from "./changed-together.ts"
import { type GroupingScores, groupingScores, type PairCounts, pairScores, partitionBy, type PrecisionRecall } from "./partition-metrics.ts"
import { type Hostility, judgeSuspicion, type Suspicion } from "./suspicion-scores.ts"
import type { CrawledEndpoint, ServerTruth } from "./server-truth.ts"
import { mapTruth } from "./server-truth.ts"
import type { TruthEndpoint } from "./truth-file.ts"

/** What an analysis says of two servers, `a` the smaller number. */
export interface PairVerdict {
  readonly a: number
  readonly b: number
  /** Probably one operator, 0 to 1. */
  readonly operator: number
  /** Probably one node or proxy behind both, 0 to 1. */
  readonly infrastructure: number
  /** For the reader, the strongest first. */
  readonly evidence: ReadonlyArray<{ readonly comparison: string; readonly bits: number; readonly detail: unknown }>
}

/** What an analysis said of a crawl, as far as it is judged. */
export interface Verdicts {
  /** Servers that were compared. */
  readonly servers: ReadonlyArray<number>
  /** Pairs that are not here were never worth a comparison; they have the probability of two servers taken at random. */
  readonly pairs: ReadonlyArray<PairVerdict>
  readonly operatorOfAny: number
  readonly infrastructureOfAny: number
  /** Groups published, as lists of servers; who is in none stands alone. */
  readonly operatorGroups: ReadonlyArray<ReadonlyArray<number>>
  readonly infrastructureGroups: ReadonlyArray<ReadonlyArray<number>>
  /** From this probability on something is said of two servers. */
  readonly verdictThreshold: number
  readonly traits: ReadonlyArray<ServerTraits>
  readonly suspicion: ReadonlyArray<Suspicion>
  /** Scores from here on say something. */
  readonly suspicionThreshold: number
}

/** Two servers of which something is said that is not so. */
export interface FalseAccusation {
  readonly a: number
  readonly b: number
  /** Names of the truth. */
  readonly servers: readonly [string, string]
  /** What they are in truth: operators, or nodes. */
  readonly owners: readonly [string, string]
  readonly probability: number
  /** Both are in one published group. */
  readonly isGrouped: boolean
  readonly evidence: PairVerdict["evidence"]
}

/** A node or operator of the truth whose servers are not all in one published group. */
export interface NotWhole {
  readonly owner: string
  readonly servers: number
  readonly pairs: number
  /** Pairs that are in no group together. */
  readonly missed: number
}

/** How one question about pairs of servers was answered. */
export interface QuestionScores {
  readonly question: "backend" | "operator"
  /** Of the groups published. */
  readonly groups: GroupingScores
  /** Of single pairs, from the verdict threshold on. */
  readonly verdicts: { readonly threshold: number; readonly pairs: PairCounts; readonly scores: PrecisionRecall }
  readonly brier: number | null
  readonly bands: ReadonlyArray<CalibrationBand>
  readonly cells: ReadonlyArray<CalibrationCell>
  readonly falseAccusations: ReadonlyArray<FalseAccusation>
  /** Most missed pairs first. */
  readonly notWhole: ReadonlyArray<NotWhole>
  readonly baselines: ReadonlyArray<{ readonly name: string; readonly setting: string; readonly scores: GroupingScores }>
}

/** Servers of a crawl by whether they can be judged. */
export interface Coverage {
  readonly servers: number
  readonly judged: number
  readonly balanced: number
  readonly joined: number
  readonly unknown: number
  readonly split: number
}

export interface Evaluation {
  readonly coverage: Coverage
  readonly backend: QuestionScores
  readonly operator: QuestionScores
  /** Null where nobody was changed together while it was watched. */
  readonly changedTogether: ChangedTogether | null
  /** Null where the analysis has no scores. */
  readonly hostile: Hostility | null
}

const pairKey = (a: number, b: number): string => `${a} ${b}`

/** Groups as a partition of all servers; the rest alone. A server in two groups stays in the first. */
const partitionOf = (groups: ReadonlyArray<ReadonlyArray<number>>, servers: ReadonlyArray<number>): Partition => {
  const labels = new Map<number, number>()
  for (const [label, group] of groups.entries()) for (const server of group) if (!labels.has(server)) labels.set(server, label)
  let next = groups.length
  return relabelled(new Map(servers.map((server) => [server, labels.get(server) ?? next++])))
}

const pairsOf = (servers: number): number => servers * (servers - 1) / 2

const notWholeOf = (servers: ReadonlyMap<number, string>, found: Partition): ReadonlyArray<NotWhole> =>
  [...Map.groupBy(servers, ([, owner]) => owner)]
    .map(([owner, own]): NotWhole => {
      const together = [...Map.groupBy(own, ([server]) => found.get(server)).values()]
      const pairs = pairsOf(own.length)
      return { owner, servers: own.length, pairs, missed: pairs - together.reduce((sum, some) => sum + pairsOf(some.length), 0) }
    })
    .filter(({ missed }) => missed > 0)
    .toSorted((x, y) => y.missed - x.missed || (x.owner < y.owner ? -1 : 1))

interface Question {
  readonly question: QuestionScores["question"]
  readonly ownerOf: (server: ServerTruth) => string
  readonly probabilityOf: (pair: PairVerdict) => number
  readonly ofAny: number
  readonly groups: ReadonlyArray<ReadonlyArray<number>>
}

const judgeQuestion = (verdicts: Verdicts, known: ReadonlyMap<number, ServerTruth>, asked: Question): QuestionScores => {
  const servers = verdicts.servers.filter((server) => known.has(server)).toSorted((a, b) => a - b)
  const judged = new Map(servers.map((server) => [server, known.get(server)!]))
  const truth = partitionBy(judged, asked.ownerOf)
  const found = partitionOf(asked.groups, servers)
  const said = new Map(verdicts.pairs.map((pair) => [pairKey(pair.a, pair.b), pair]))
  const counts = { right: 0, wrong: 0, missed: 0 }
  const falseAccusations: Array<FalseAccusation> = []
  const pairs = servers.flatMap((a, i) =>
    servers.slice(i + 1).map((b) => {
      const pair = said.get(pairKey(a, b))
      const probability = pair === undefined ? asked.ofAny : asked.probabilityOf(pair)
      const [one, other] = [judged.get(a)!, judged.get(b)!]
      const isSame = truth.get(a) === truth.get(b)
      const isSaid = probability >= verdicts.verdictThreshold
      if (isSaid && isSame) counts.right++
      else if (isSaid) counts.wrong++
      else if (isSame) counts.missed++
      const isGrouped = found.get(a) === found.get(b)
      if (!isSame && (isSaid || isGrouped)) {
        falseAccusations.push({
          a,
          b,
          servers: [one.server, other.server],
          owners: [asked.ownerOf(one), asked.ownerOf(other)],
          probability,
          isGrouped,
          evidence: pair?.evidence ?? []
        })
      }
      // Operators are drawn anew, whatever the question: they are who decides independently.
      return { a: one.operator, b: other.operator, probability, isSame }
    })
  )
  const cells = calibrationCells(pairs)
  return {
    question: asked.question,
    groups: groupingScores(found, truth),
    verdicts: { threshold: verdicts.verdictThreshold, pairs: counts, scores: pairScores(counts) },
    brier: brierScore(cells),
    bands: calibrationBands(cells),
    cells,
    falseAccusations: falseAccusations.toSorted((x, y) => y.probability - x.probability || x.a - y.a || x.b - y.b),
    notWhole: notWholeOf(new Map(judged.entries().map(([server, one]) => [server, asked.ownerOf(one)])), found),
    baselines: baselinesOf(verdicts.traits, truth).map(({ name, partition, setting }) => ({
      name,
      setting,
      scores: groupingScores(partition, truth)
    }))
  }
}

/**
 * What an analysis said of a crawl against what is so: three questions, each by
 * itself. Servers whose truth nobody can say are left out and counted.
 */
export const evaluate = (
  verdicts: Verdicts,
  endpoints: ReadonlyArray<CrawledEndpoint>,
  truth: ReadonlyArray<TruthEndpoint>
): Evaluation => {
  const mapping = mapTruth(truth, endpoints)
  const compared = new Set(verdicts.servers)
  const { known } = mapTruth(truth, endpoints.filter(({ serverId }) => compared.has(serverId)))
  const count = (ids: ReadonlyArray<number>): number => ids.filter((id) => compared.has(id)).length
  return {
    coverage: {
      servers: compared.size,
      judged: known.size,
      balanced: count(mapping.balanced),
      joined: count(mapping.joined),
      unknown: count(mapping.unknown),
      split: mapping.split.filter((group) => count(group) > 1).length
    },
    operator: judgeQuestion(verdicts, known, {
      question: "operator",
      ownerOf: ({ operator }) => operator,
      probabilityOf: ({ operator }) => operator,
      ofAny: verdicts.operatorOfAny,
      groups: verdicts.operatorGroups
    }),
    backend: judgeQuestion(verdicts, known, {
      question: "backend",
      ownerOf: ({ same_backend }) => same_backend,
      probabilityOf: ({ infrastructure }) => infrastructure,
      ofAny: verdicts.infrastructureOfAny,
      groups: verdicts.infrastructureGroups
    }),
    changedTogether: changedTogetherOf(
      known,
      verdicts.traits,
      partitionOf(verdicts.operatorGroups, verdicts.servers),
      partitionOf(verdicts.infrastructureGroups, verdicts.servers)
    ),
    // Of servers of other chains nothing is compared, but suspicion may be said.
    hostile: verdicts.suspicion.length === 0 ? null : judgeSuspicion(verdicts.suspicion, verdicts.suspicionThreshold, mapping.known)
  }
}

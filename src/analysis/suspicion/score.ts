import { type CrawlEvidence, crawlEvidence, type CrawlFacts, type ServerEvidence } from "./evidence.ts"
import { isUntested, type Reading } from "./indicator.ts"
import { type IndicatorEntry, type IndicatorTable, isViolation } from "./indicator-table.ts"
import { indicators } from "./indicators/indicators.ts"
import type { Relations } from "./relations.ts"

/** One indicator of one server, with what it adds to the score. */
export interface ScoredIndicator {
  readonly entry: IndicatorEntry
  readonly reading: Reading
  /** Null where untested. */
  readonly points: number | null
}

/** How suspicious a server is, and why. */
export interface Suspicion {
  readonly serverId: number
  /** Sum of the points of its indicators, 0 to 100; null when none could be tested. */
  readonly score: number | null
  /** Sum of the weights of the indicators that were tested. */
  readonly testedWeight: number
  readonly indicators: ReadonlyArray<ScoredIndicator>
  /** The sum in a sentence. */
  readonly explanation: string
}

const mostPoints = 100

/** Whether one indicator alone shows a violation of the protocol. */
export const showsViolation = ({ indicators }: Pick<Suspicion, "indicators">): boolean =>
  indicators.some(({ entry, reading }) => isViolation(entry, isUntested(reading) ? null : reading.share))

const rounded = (points: number): number => Math.round(points * 100) / 100

const explain = (score: number | null, scored: ReadonlyArray<ScoredIndicator>, table: IndicatorTable): string => {
  const untested = scored.filter(({ points }) => points === null)
  if (score === null) return "no indicator could be tested"
  const earned = scored.filter(({ points }) => points !== null && points > 0).toSorted((a, b) => b.points! - a.points!)
  return [
    earned.length === 0
      ? "nothing found"
      : `${score} of ${mostPoints} points: ${earned.map(({ entry, points }) => `${entry.name} ${points}`).join(" + ")}`,
    ...(score >= table.threshold ? [showsViolation({ indicators: scored }) ? table.threshold_means : table.sum_means] : []),
    ...(untested.length > 0 ? [`not tested: ${untested.map(({ entry }) => entry.name).join(", ")}`] : [])
  ].join("; ")
}

const scoreOf = (server: ServerEvidence, crawl: CrawlEvidence, table: IndicatorTable): Suspicion => {
  let sum = 0
  let testedWeight = 0
  const scored = table.indicators.map((entry): ScoredIndicator => {
    const reading = indicators[entry.name](server, crawl)
    if (isUntested(reading)) return { entry, reading, points: null }
    // Beyond the most nothing adds: points are what is added, so that they always sum up.
    const points = rounded(Math.min(mostPoints - sum, entry.weight * reading.share))
    sum = rounded(sum + points)
    testedWeight = rounded(testedWeight + entry.weight)
    return { entry, reading, points }
  })
  const score = scored.every(({ points }) => points === null) ? null : sum
  return { serverId: server.serverId, score, testedWeight, indicators: scored, explanation: explain(score, scored, table) }
}

/**
 * The score of every server, ascending by number, as an explained sum of
 * indicators. Depends on what was seen of the server and of those it is related
 * to, not on order or on how many others there are.
 */
export const suspicions = (
  crawl: CrawlFacts,
  servers: Iterable<ServerEvidence>,
  relations: Relations,
  table: IndicatorTable
): ReadonlyArray<Suspicion> => {
  const around = crawlEvidence(crawl, servers, relations)
  return [...around.servers.values()].map((server) => scoreOf(server, around, table))
}

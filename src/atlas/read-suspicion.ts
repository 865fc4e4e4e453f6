import { Effect, Schema } from "effect"
import { isViolation, shippedIndicators } from "../analysis/suspicion/indicator-table.ts"
import { Database } from "../store/database.ts"
import { bounded } from "./bounded.ts"
import { jsonOf } from "./json.ts"
import { answeredHere } from "./overview.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import type { IndicatorRow, SuspicionPage } from "./shapes/suspicion.ts"

/** What the shipped table says of an indicator; an analysis with a table of its own may know others. */
const entryOf = (name: string) => shippedIndicators.indicators.find((entry) => entry.name === name)

const SummaryRow = Schema.Struct({
  name: Schema.String,
  weight: Schema.Finite,
  tested: Schema.Int,
  untested: Schema.Int,
  shown: Schema.Int,
  base_rate: Schema.NullOr(Schema.Finite)
})

const summarySql = `
  SELECT name, any_value(weight) AS weight, count(share) AS tested, count(untested) AS untested,
    count(*) FILTER (share > 0) AS shown, any_value(base_rate) AS base_rate
  FROM indicator WHERE crawl_id = $crawl_id GROUP BY name ORDER BY weight DESC, name`

const FullRow = Schema.Struct({ server_id: Schema.Int, name: Schema.String, share: Schema.Finite })

const fullSql = "SELECT server_id, name, share FROM indicator WHERE crawl_id = $crawl_id AND share = 1"

const ScoreRow = Schema.Struct({
  server_id: Schema.Int,
  score: Schema.NullOr(Schema.Finite),
  tested_weight: Schema.Finite,
  explanation: Schema.String
})

const scoreSql = `
  SELECT server_id, score, tested_weight, explanation FROM suspicion WHERE crawl_id = $crawl_id
  ORDER BY score DESC NULLS LAST, tested_weight DESC, server_id`

/** The indicators over a crawl, and its servers by score. */
export const readSuspicion = Effect.fnUntraced(function*(crawl: CrawlRow, servers: ReadonlyMap<number, ServerRow>) {
  const { crawlId } = crawl
  const database = yield* Database
  const summaries = yield* database.rows(SummaryRow, summarySql, { crawl_id: crawlId })
  const scores = yield* database.rows(ScoreRow, scoreSql, { crawl_id: crawlId })
  const full = yield* database.rows(FullRow, fullSql, { crawl_id: crawlId })
  const violators = new Set(full.filter(({ name, share }) => isViolation(entryOf(name), share)).map(({ server_id }) => server_id))
  const { threshold } = shippedIndicators
  const isHere = answeredHere(crawl)
  const judged = scores.filter(({ score }) => score !== null)
  const here = judged.filter(({ server_id }) => {
    const row = servers.get(server_id)
    return row !== undefined && isHere(row)
  })
  const high = here.filter(({ score }) => score! >= threshold)
  const violating = high.filter(({ server_id }) => violators.has(server_id)).length
  const clean = here.filter(({ score }) => score === 0).length
  const bands = Array.from({ length: 10 }, () => 0)
  for (const { score } of judged) bands[Math.min(9, Math.floor(score! / 10))]! += 1
  const page: SuspicionPage = {
    crawlId,
    threshold,
    servers: scores.length,
    flagged: judged.filter(({ score }) => score! >= threshold).length,
    answered: { judged: here.length, violating, severalWeak: high.length - violating, weaker: here.length - high.length - clean, clean },
    judgedAside: judged.length - here.length,
    indicators: summaries.map((row) => ({
      name: row.name,
      definition: entryOf(row.name)?.definition ?? "",
      weight: row.weight,
      innocent: entryOf(row.name)?.innocent ?? [],
      tested: row.tested,
      untested: row.untested,
      shown: row.shown,
      baseRate: row.base_rate
    })),
    histogram: bands,
    ranking: scores.map((row) => ({
      serverId: row.server_id,
      host: servers.get(row.server_id)?.host ?? "",
      score: row.score,
      testedWeight: row.tested_weight,
      explanation: row.explanation
    }))
  }
  return page
})

const PartRow = Schema.Struct({
  name: Schema.String,
  value: Schema.NullOr(Schema.Finite),
  weight: Schema.Finite,
  points: Schema.NullOr(Schema.Finite),
  base_rate: Schema.NullOr(Schema.Finite),
  detail: Schema.NullOr(Schema.String),
  untested: Schema.NullOr(Schema.String)
})

/** The score of one server and its parts, most points first; null where it is not judged. */
export const readScore = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  const given = { crawl_id: crawlId, server_id: serverId }
  const [score] = yield* database.rows(
    ScoreRow,
    "SELECT server_id, score, tested_weight, explanation FROM suspicion WHERE crawl_id = $crawl_id AND server_id = $server_id",
    given
  )
  if (score === undefined) return null
  const parts = yield* database.rows(
    PartRow,
    `SELECT name, value, weight, points, base_rate, detail::VARCHAR AS detail, untested
    FROM indicator WHERE crawl_id = $crawl_id AND server_id = $server_id
    ORDER BY points DESC NULLS LAST, weight DESC, name`,
    given
  )
  return {
    score: score.score,
    testedWeight: score.tested_weight,
    explanation: score.explanation,
    indicators: parts.map((part): IndicatorRow => ({
      name: part.name,
      definition: entryOf(part.name)?.definition ?? "",
      value: part.value,
      weight: part.weight,
      points: part.points,
      baseRate: part.base_rate,
      untested: part.untested,
      innocent: entryOf(part.name)?.innocent ?? [],
      detail: bounded(jsonOf(part.detail))
    }))
  }
})

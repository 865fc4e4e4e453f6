import { Effect } from "effect"
import type { AnalysedCrawl } from "../analysis/analysis-input.ts"
import { bitsOf } from "../analysis/linkage/model.ts"
import { readPair, readRun, type StoredEvidence } from "../analysis/verdict-reader.ts"
import { bounded } from "./bounded.ts"
import { jsonOf } from "./json.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { EvidenceRow, PairDetail } from "./shapes/evidence.ts"

/** A crawl as `verdict-reader.ts` takes it. */
export const analysedCrawl = ({ counts, crawlId, network, simulated, state }: CrawlRow): AnalysedCrawl => ({
  crawl_id: crawlId,
  network,
  simulated,
  state,
  servers: counts.servers
})

const rowOf = (stored: StoredEvidence): EvidenceRow => ({
  comparison: stored.comparison,
  definition: stored.definition,
  question: stored.question,
  level: stored.level,
  value: stored.value,
  bits: stored.bits,
  counted: stored.counted,
  reduction: stored.reduction,
  forgeability: stored.forgeability,
  innocent: stored.innocent,
  detail: bounded(jsonOf(stored.detail))
})

const sentence = ({ bits, comparison, level, value }: EvidenceRow): string =>
  `${comparison}: ${level}${value === null ? "" : ` (${value})`}, ${bits < 0 ? "" : "+"}${bits.toFixed(1)} bits`

const endOf = ({ host, serverId }: PairDetail["a"]): PairDetail["a"] => ({ serverId, host })

/** What is said of two servers and why. Fails with `not analysed` before there is an analysis. */
export const readPairDetail = Effect.fnUntraced(function*(crawl: CrawlRow, one: PairDetail["a"], other: PairDetail["a"]) {
  const { operator_prior } = yield* readRun(analysedCrawl(crawl))
  const stored = yield* readPair(analysedCrawl(crawl), one.serverId, other.serverId)
  const [a, b] = one.serverId <= other.serverId ? [one, other] : [other, one]
  const evidence = (stored?.evidence ?? []).map(rowOf)
  const deciding = evidence.filter(({ counted, question }) => counted && question === "same operator")
  const [first, last] = [deciding[0], deciding.at(-1)]
  const detail: PairDetail = {
    crawlId: crawl.crawlId,
    a: endOf(a),
    b: endOf(b),
    compared: stored !== undefined,
    sameServer: stored?.pair.same_server ?? null,
    sameMachine: stored?.pair.same_machine ?? null,
    sharedInfrastructure: stored?.pair.shared_infrastructure ?? null,
    sameOperator: stored?.pair.same_operator ?? null,
    priorBits: bitsOf(operator_prior),
    operatorBits: stored?.pair.operator_bits ?? null,
    hypothesis: stored?.pair.hypothesis ?? null,
    heldBy: stored?.pair.held_by ?? null,
    copierId: stored?.pair.copier_id ?? null,
    evidence,
    strongestFor: first !== undefined && first.bits > 0 ? sentence(first) : null,
    strongestAgainst: last !== undefined && last.bits < 0 ? sentence(last) : null
  }
  return detail
})

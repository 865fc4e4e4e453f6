import { isInRange, type ReleaseRange } from "../../src/domain/implementation.ts"
import type { VisitKind } from "../../src/domain/visit.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import type { CrawledScenario } from "./crawled-scenario.ts"
import { queryFile } from "./duck.ts"

/** One visit's verdict beside the truth. */
export interface IdentifiedCase {
  readonly kind: VisitKind
  readonly host: string
  readonly port: number
  readonly transport: "tcp" | "tls"
  /** A balanced name has several servers, of which one was met. */
  readonly behind: ReadonlyArray<TruthLine>
  /** It calls itself by the name of another software or release. */
  readonly isLying: boolean
  /** What is named; null where nothing fits well enough. */
  readonly implementation: string | null
  readonly range: ReleaseRange
  /** The likeliest, named or not; null where something unknown is likelier than what is known. */
  readonly likeliest: string | null
  readonly confidence: number
}

/** The verdict of every visit whose handshake was answered, regular or deep. */
export const identifiedCases = async ({ db, truth }: CrawledScenario): Promise<ReadonlyArray<IdentifiedCase>> => {
  const rows = await queryFile(db, `
    SELECT v.kind, e.host, e.port, e.transport, i.implementation, i.since_release AS since, i.before_release AS before, i.confidence, i.candidates
    FROM identification i JOIN visit v USING (visit_id) JOIN endpoint e USING (endpoint_id)
    WHERE v.kind IN ('regular', 'deep') AND v.software IS NOT NULL ORDER BY e.host, e.port, v.kind`)
  return rows.map((row) => {
    const candidates = Object.entries(JSON.parse(String(row["candidates"])) as Record<string, number>)
    const behind = truth.filter((line) => line.host === row["host"] && line.port === row["port"] && line.transport === row["transport"])
    return {
      kind: row["kind"] as VisitKind,
      host: String(row["host"]),
      port: Number(row["port"]),
      transport: row["transport"] as "tcp" | "tls",
      behind,
      isLying: behind.some(({ traits }) => traits.some((trait) => trait.startsWith("reports "))),
      implementation: row["implementation"] as string | null,
      range: { since: row["since"] as string | null, before: row["before"] as string | null },
      likeliest: candidates.toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null,
      confidence: Number(row["confidence"])
    }
  })
}

export const isFamilyRight = ({ behind, implementation }: IdentifiedCase): boolean =>
  behind.some((line) => line.implementation === implementation)

/** Whether the releases named hold the true one; of a wrong or no family there is nothing to say. */
export const isRangeRight = ({ behind, implementation, range }: IdentifiedCase): boolean =>
  behind.some((line) => line.implementation === implementation && isInRange(line.version, range))

/** How verdicts of one kind go with the truth. */
export interface Tally {
  readonly visits: number
  readonly right: number
  readonly unnamed: number
  readonly wrong: number
  /** Of those right: the releases hold the true one. */
  readonly inRange: number
}

export const tallyOf = (cases: ReadonlyArray<IdentifiedCase>): Tally => {
  const unnamed = cases.filter(({ implementation }) => implementation === null).length
  const right = cases.filter(isFamilyRight)
  return {
    visits: cases.length,
    right: right.length,
    unnamed,
    wrong: cases.length - unnamed - right.length,
    inRange: right.filter(isRangeRight).length
  }
}

/** Confidence as claimed and as it turns out, of verdicts between two bounds. */
export interface Calibration {
  readonly from: number
  readonly below: number
  readonly visits: number
  readonly claimed: number
  readonly right: number
}

const bounds = [0, 0.5, 0.8, 0.9, 0.99, 1.01]

export const calibrationOf = (cases: ReadonlyArray<IdentifiedCase>): ReadonlyArray<Calibration> =>
  bounds.slice(1).flatMap((below, i) => {
    const from = bounds[i]!
    const some = cases.filter(({ confidence }) => confidence >= from && confidence < below)
    if (some.length === 0) return []
    const right = some.filter(({ behind, likeliest }) => behind.some((line) => line.implementation === likeliest))
    return [{
      from,
      below,
      visits: some.length,
      claimed: some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length,
      right: right.length / some.length
    }]
  })

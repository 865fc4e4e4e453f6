import { rocAuc, type Scored } from "./ranking.ts"
import type { ServerTruth } from "./server-truth.ts"

/** What an analysis says of one server's conduct. */
export interface Suspicion {
  readonly serverId: number
  /** 0 to 100; null: nothing could be said. */
  readonly score: number | null
  /** Indicators that earned points, the most first. */
  readonly indicators: ReadonlyArray<{ readonly name: string; readonly points: number }>
}

/** A server flagged that means no harm, or one that does and was not. */
export interface Misjudged {
  readonly serverId: number
  readonly server: string
  readonly score: number | null
  readonly traits: ReadonlyArray<string>
  readonly indicators: ReadonlyArray<string>
}

/** How suspicion went with the truth. */
export interface Hostility {
  readonly judged: number
  /** Servers that deceive or attack. */
  readonly hostile: number
  /** Every server's score, a missing one counted as 0, to be pooled with those of other crawls. */
  readonly scored: ReadonlyArray<Scored>
  /** Of the score; null without both kinds. */
  readonly auc: number | null
  /** The same without servers of which nobody could see anything. */
  readonly observable: { readonly hostile: number; readonly scored: ReadonlyArray<Scored>; readonly auc: number | null }
  /** Why nobody could, and of how many of the hostile servers; the most first. */
  readonly blindSpots: ReadonlyArray<{ readonly because: string; readonly servers: number }>
  /** Of each indicator alone, the best first. */
  readonly indicators: ReadonlyArray<{ readonly name: string; readonly servers: number; readonly auc: number | null }>
  /** From this score on a server is flagged. */
  readonly threshold: number
  readonly falselyFlagged: ReadonlyArray<Misjudged>
  readonly missed: ReadonlyArray<Misjudged>
}

const misjudged = ({ indicators, score, serverId }: Suspicion, truth: ServerTruth): Misjudged => ({
  serverId,
  server: truth.server,
  score,
  traits: truth.traits,
  indicators: indicators.map(({ name }) => name)
})

/** Hostile is who deceives or attacks; broken servers mean no harm and may not be flagged. */
export const judgeSuspicion = (
  suspicion: ReadonlyArray<Suspicion>,
  threshold: number,
  known: ReadonlyMap<number, ServerTruth>
): Hostility => {
  const judged = suspicion.flatMap((one) => {
    const truth = known.get(one.serverId)
    return truth === undefined ? [] : [{ one, truth, isHostile: truth.hostility === "deceives" || truth.hostility === "attacks" }]
  })
  const isFlagged = ({ score }: Suspicion): boolean => score !== null && score >= threshold
  const names = [...new Set(judged.flatMap(({ one }) => one.indicators.map(({ name }) => name)))].toSorted()
  const indicators = names.map((name) => ({
    name,
    servers: judged.filter(({ one }) => one.indicators.some((indicator) => indicator.name === name)).length,
    auc: rocAuc(judged.map(({ isHostile, one }) => ({
      score: one.indicators.find((indicator) => indicator.name === name)?.points ?? 0,
      isHit: isHostile
    })))
  }))
  const scoredOf = (some: typeof judged): ReadonlyArray<Scored> => some.map(({ isHostile, one }) => ({ score: one.score ?? 0, isHit: isHostile }))
  const scored = scoredOf(judged)
  const blind = judged.filter(({ isHostile, truth }) => isHostile && (truth.blind_spot ?? null) !== null)
  const observable = scoredOf(judged.filter((one) => !blind.includes(one)))
  return {
    judged: judged.length,
    hostile: judged.filter(({ isHostile }) => isHostile).length,
    scored,
    auc: rocAuc(scored),
    observable: { hostile: observable.filter(({ isHit }) => isHit).length, scored: observable, auc: rocAuc(observable) },
    blindSpots: [...Map.groupBy(blind, ({ truth }) => truth.blind_spot!)]
      .map(([because, servers]) => ({ because, servers: servers.length }))
      .toSorted((a, b) => b.servers - a.servers || (a.because < b.because ? -1 : 1)),
    indicators: indicators.toSorted((a, b) => (b.auc ?? 0) - (a.auc ?? 0) || (a.name < b.name ? -1 : 1)),
    threshold,
    falselyFlagged: judged.filter(({ isHostile, one }) => !isHostile && isFlagged(one)).map(({ one, truth }) => misjudged(one, truth)),
    missed: judged.filter(({ isHostile, one }) => isHostile && !isFlagged(one)).map(({ one, truth }) => misjudged(one, truth))
  }
}

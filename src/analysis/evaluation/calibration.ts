import { seededRandom } from "../seeded-random.ts"

/** Pairs of servers of two operators (or of one) that were given much the same probability. */
export interface CalibrationCell {
  /** Index of the band. */
  readonly band: number
  /** Names of both operators, apart between crawls that are pooled; equal for pairs of one operator. */
  readonly a: string
  readonly b: string
  readonly pairs: number
  /** Sum of the probabilities. */
  readonly probability: number
  /** Sum of squared differences from what is so. */
  readonly squared: number
  /** Pairs of which it is so. */
  readonly same: number
}

/** A pair of servers, what was said of it and what is so. */
export interface JudgedPair {
  readonly a: string
  readonly b: string
  readonly probability: number
  readonly isSame: boolean
}

/** Lower ends of the bands: most pairs are strangers, so they are narrow at the bottom, and at the top, where verdicts are made. */
const bandStarts: ReadonlyArray<number> = [0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99]

const bandOf = (probability: number): number => bandStarts.findLastIndex((start) => probability >= start)

/** The pairs by band and operators: all that calibration needs of them, small enough to keep for many crawls. */
export const calibrationCells = (pairs: Iterable<JudgedPair>): ReadonlyArray<CalibrationCell> => {
  const cells = new Map<string, { -readonly [K in keyof CalibrationCell]: CalibrationCell[K] }>()
  for (const { isSame, probability, ...operators } of pairs) {
    const [a, b] = operators.a < operators.b ? [operators.a, operators.b] : [operators.b, operators.a]
    const band = bandOf(probability)
    const key = JSON.stringify([band, a, b])
    const cell = cells.get(key) ?? { band, a, b, pairs: 0, probability: 0, squared: 0, same: 0 }
    cell.pairs += 1
    cell.probability += probability
    cell.squared += (probability - (isSame ? 1 : 0)) ** 2
    cell.same += isSame ? 1 : 0
    cells.set(key, cell)
  }
  return [...cells.values()]
}

/** Mean squared difference between what was said and what is so, 0 the best; null without pairs. */
export const brierScore = (cells: ReadonlyArray<CalibrationCell>): number | null => {
  const pairs = cells.reduce((sum, cell) => sum + cell.pairs, 0)
  return pairs === 0 ? null : cells.reduce((sum, cell) => sum + cell.squared, 0) / pairs
}

/** How right the probabilities between two bounds are. */
export interface CalibrationBand {
  readonly from: number
  readonly to: number
  readonly pairs: number
  /** Operators of its pairs; few of them say little, however many pairs they make. */
  readonly operators: number
  /** Mean of the probabilities. */
  readonly said: number
  /** Share of the pairs of which it is so. */
  readonly found: number
  /** 95 % interval of `found - said`, by drawing operators anew; null with fewer than two operators. */
  readonly interval: readonly [low: number, high: number] | null
}

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!

/**
 * Operators are drawn with replacement, and a pair counts as often as both of
 * its operators were drawn: pairs of one operator are no independent witnesses
 * (Owen, "The pigeonhole bootstrap", 2007).
 */
const resampled = (cells: ReadonlyArray<CalibrationCell>, operators: ReadonlyArray<string>, resamples: number, randomSeed: number) => {
  const random = seededRandom(randomSeed)
  const index = new Map(operators.map((operator, i) => [operator, i]))
  const ends = cells.map(({ a, b }) => [index.get(a)!, index.get(b)!] as const)
  const errors: Array<number> = []
  const drawn = new Uint32Array(operators.length)
  for (let i = 0; i < resamples; i++) {
    drawn.fill(0)
    for (let j = 0; j < operators.length; j++) drawn[Math.floor(random() * operators.length)]! += 1
    let [weight, error] = [0, 0]
    for (const [k, { pairs, probability, same }] of cells.entries()) {
      const [a, b] = ends[k]!
      const times = a === b ? drawn[a]! : drawn[a]! * drawn[b]!
      weight += times * pairs
      error += times * (same - probability)
    }
    if (weight > 0) errors.push(error / weight)
  }
  return errors.toSorted((a, b) => a - b)
}

/** The bands that have pairs, ascending. The same cells in any order and the same seed give the same result. */
export const calibrationBands = (
  cells: ReadonlyArray<CalibrationCell>,
  { randomSeed = 1, resamples = 1000 }: { readonly randomSeed?: number; readonly resamples?: number } = {}
): ReadonlyArray<CalibrationBand> =>
  bandStarts.flatMap((from, band) => {
    const own = cells
      .filter((cell) => cell.band === band)
      .toSorted((x, y) => x.a < y.a ? -1 : x.a > y.a ? 1 : x.b < y.b ? -1 : x.b > y.b ? 1 : 0)
    if (own.length === 0) return []
    const sum = (of: (cell: CalibrationCell) => number): number => own.reduce((total, cell) => total + of(cell), 0)
    const pairs = sum((cell) => cell.pairs)
    const operators = [...new Set(own.flatMap(({ a, b }) => [a, b]))].toSorted()
    const errors = operators.length < 2 ? [] : resampled(own, operators, resamples, randomSeed)
    return [{
      from,
      to: bandStarts[band + 1] ?? 1,
      pairs,
      operators: operators.length,
      said: sum((cell) => cell.probability) / pairs,
      found: sum((cell) => cell.same) / pairs,
      interval: errors.length === 0 ? null : [percentile(errors, 0.025), percentile(errors, 0.975)] as const
    }]
  })

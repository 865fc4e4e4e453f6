import type { QueryAnswer } from "../../../src/atlas/shapes/query.ts"

export interface Point {
  readonly label: string
  /** Place on the axis of a line: number or time; null where x is neither. */
  readonly x: number | null
  readonly y: number
}

const numeric = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL(?:\(\d+,\s*\d+\))?)$/

/** Places of the columns that can be an axis of figures. */
export const numberColumns = ({ columns }: QueryAnswer): ReadonlyArray<number> =>
  columns.flatMap(({ type }, i) => (numeric.test(type) ? [i] : []))

const isTime = (type: string): boolean => /^(?:DATE|TIMESTAMP)/.test(type)

/** A first choice of axes: the first column that is no figure, else the first, against the first figure. */
export const usualAxes = (answer: QueryAnswer): { readonly x: number; readonly y: number } | null => {
  const figures = numberColumns(answer)
  const y = figures[0]
  if (y === undefined) return null
  const x = answer.columns.findIndex((_, i) => !figures.includes(i))
  return { x: x >= 0 ? x : figures.find((i) => i !== y) ?? y, y }
}

/** Axes by the words of the address, the usual ones where these fit no column; null where nothing can be drawn. */
export const axesOf = (answer: QueryAnswer, wordX: string, wordY: string): { readonly x: number; readonly y: number } | null => {
  const usual = usualAxes(answer)
  if (usual === null) return null
  const columnOf = (word: string): number => /^\d{1,4}$/.test(word) ? Number(word) : -1
  const [x, y] = [columnOf(wordX), columnOf(wordY)]
  return { x: x >= 0 && x < answer.columns.length ? x : usual.x, y: numberColumns(answer).includes(y) ? y : usual.y }
}

/** Whether x goes along a line, or is a list of names. */
export const isAlongLine = ({ columns }: QueryAnswer, x: number): boolean => numeric.test(columns[x]?.type ?? "") || isTime(columns[x]?.type ?? "")

/** The rows that have a figure in y, as points; rows without one are left out, never drawn as zero. */
export const points = (answer: QueryAnswer, x: number, y: number): ReadonlyArray<Point> =>
  answer.rows.flatMap((row) => {
    const value = row[y]
    const figure = value === null || value === undefined || value === "" ? Number.NaN : Number(value)
    if (!Number.isFinite(figure)) return []
    const at = row[x]
    const place = at === null || at === undefined ? Number.NaN : isTime(answer.columns[x]?.type ?? "") ? Date.parse(String(at)) : Number(at)
    return [{
      label: at === null || at === undefined ? "unknown" : typeof at === "string" ? at : JSON.stringify(at),
      x: Number.isFinite(place) ? place : null,
      y: figure
    }]
  })

/** Round steps that cover a range, at most `most` of them. */
export const ticks = (low: number, high: number, most = 5): ReadonlyArray<number> => {
  if (!(high > low)) return [low]
  const rough = (high - low) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

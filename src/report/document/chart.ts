/** A bar with its length; limits draw a whisker. `quiet`: what is not known, drawn beside the others and not as one of them. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly low?: number | null
  readonly high?: number | null
  readonly quiet?: boolean
}

/** Bars from the left, in the order given. */
export interface BarChart {
  readonly kind: "bars"
  /** What the length is, with its unit. */
  readonly axis: string
  readonly bars: ReadonlyArray<Bar>
  /** Lengths are shares from 0 to 1. */
  readonly isShare?: boolean
}

/** Parts of one whole, one bar for each row. */
export interface PartsChart {
  readonly kind: "parts"
  readonly axis: string
  /** In the order in which they are drawn; at most ten, a part named `rest` is grey. */
  readonly parts: ReadonlyArray<string>
  /** The last part is what is not known. */
  readonly rest?: string
  readonly rows: ReadonlyArray<{ readonly label: string; readonly values: ReadonlyArray<number> }>
}

/** How often values fall between steps, with a smoothed density over it where there are enough. */
export interface HistogramChart {
  readonly kind: "histogram"
  readonly axis: string
  readonly count: string
  readonly values: ReadonlyArray<number>
  readonly steps: ReadonlyArray<number>
  readonly hasDensity: boolean
}

/** The middle half, the median, and all values beyond one and a half times that width. */
export interface BoxChart {
  readonly kind: "boxes"
  readonly axis: string
  readonly boxes: ReadonlyArray<{ readonly label: string; readonly values: ReadonlyArray<number> }>
}

/** Countries by a number; those without are left blank. */
export interface WorldChart {
  readonly kind: "world"
  /** What the colour stands for. */
  readonly axis: string
  readonly countries: ReadonlyArray<{ readonly code: string; readonly value: number }>
  /** Lower ends of the classes of colour, ascending; the first is the least value shown. */
  readonly classes: ReadonlyArray<number>
}

/** Nodes where the stored layout put them, and how many announcements go between groups. */
export interface NetworkChart {
  readonly kind: "network"
  readonly nodes: ReadonlyArray<{ readonly x: number; readonly y: number; readonly weight: number; readonly colour: number | null; readonly hollow: boolean }>
  readonly edges: ReadonlyArray<{ readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number; readonly share: number }>
  readonly legend: ReadonlyArray<{ readonly label: string; readonly colour: number | null }>
}

/** Watched time, one strip a row: how many steps in a row have which letter of `atlas/shapes/watched-words.ts`. Times in milliseconds since 1970. */
export interface StripChart {
  readonly kind: "strips"
  readonly from: number
  readonly until: number
  readonly stepMs: number
  readonly rows: ReadonlyArray<{ readonly label: string; readonly runs: ReadonlyArray<{ readonly letter: string; readonly steps: number }> }>
}

export type Chart = BarChart | PartsChart | HistogramChart | BoxChart | WorldChart | NetworkChart | StripChart

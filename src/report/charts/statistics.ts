/** The value below which a share of sorted values lies, interpolated between neighbours. */
export const quantile = (sorted: ReadonlyArray<number>, share: number): number | null => {
  if (sorted.length === 0) return null
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)]!
  const above = sorted[Math.ceil(at)]!
  return below + (above - below) * (at - Math.floor(at))
}

/** What describes numbers; all null but `count` where there are none, `deviation` (of the sample) where there is one. */
export interface Description {
  readonly count: number
  readonly mean: number | null
  readonly deviation: number | null
  readonly least: number | null
  readonly quarter: number | null
  readonly median: number | null
  readonly threeQuarters: number | null
  readonly most: number | null
}

export const describe = (values: ReadonlyArray<number>): Description => {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  const mean = count === 0 ? null : sorted.reduce((sum, value) => sum + value, 0) / count
  return {
    count,
    mean,
    deviation: mean === null || count < 2 ? null : Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)),
    least: sorted[0] ?? null,
    quarter: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    threeQuarters: quantile(sorted, 0.75),
    most: sorted.at(-1) ?? null
  }
}

const points = 160

/**
 * Gaussian kernel density, per unit of the values, at even points from `from` to
 * `to`. Bandwidth: Silverman's rule on the smaller of standard deviation and
 * interquartile range ("Density Estimation", 1986, eq. 3.31), and no narrower
 * than the points are apart, or nearly equal values would fall between them.
 */
export const density = (values: ReadonlyArray<number>, from: number, to: number): ReadonlyArray<{ readonly at: number; readonly per: number }> => {
  const { count, deviation, quarter, threeQuarters } = describe(values)
  if (deviation === null || deviation === 0) return []
  const spread = (threeQuarters! - quarter!) / 1.34
  const rule = 0.9 * (spread > 0 ? Math.min(deviation, spread) : deviation) * count ** -0.2
  const bandwidth = Math.max(rule, (to - from) / points)
  return Array.from({ length: points + 1 }, (_, i) => {
    const at = from + ((to - from) * i) / points
    const sum = values.reduce((all, value) => all + Math.exp(-0.5 * ((at - value) / bandwidth) ** 2), 0)
    return { at, per: sum / (count * bandwidth * Math.sqrt(2 * Math.PI)) }
  })
}

/** Even steps of 1, 2 or 5 times a power of ten that cover the values, about `wanted` of them; two at least. */
export const evenSteps = (values: ReadonlyArray<number>, wanted: number): ReadonlyArray<number> => {
  const most = Math.max(0, ...values)
  if (most === 0) return [0, 1]
  const rough = most / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!
  const count = Math.max(1, Math.ceil(most / step + 1e-9))
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

/** What grows with the size of a crawl: a value above 0 for each size. */
export interface Growth {
  /** One character, which stands for it in the plot. */
  readonly sign: string
  readonly name: string
  readonly values: ReadonlyArray<number>
}

const [height, width] = [16, 60]

/** Place of a value between two others, 0 to 1, on a logarithmic scale. */
const between = (value: number, least: number, most: number): number => most > least ? Math.log(value / least) / Math.log(most / least) : 0

/**
 * A plot in text, both axes logarithmic: what doubles with the size rises as the
 * dots do, which is linear growth from the first value of the first line; what is
 * steeper grows faster.
 *
 * @param sizes above 0, ascending
 */
export const growthPlot = (sizes: ReadonlyArray<number>, growths: ReadonlyArray<Growth>, unit: string): string => {
  const [first, last] = [sizes[0]!, sizes.at(-1)!]
  const linear = (size: number): number => growths[0]!.values[0]! * size / first
  const all = [...growths.flatMap(({ values }) => values), linear(last)]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const lines = Array.from({ length: height }, () => Array.from({ length: width }, () => " "))
  const draw = (size: number, value: number, sign: string): void => {
    const column = Math.round(between(size, first, last) * (width - 1))
    lines[height - 1 - Math.round(between(value, least, most) * (height - 1))]![column] = sign
  }
  for (let column = 0; column < width; column += 2) {
    const size = first * (last / first) ** (column / (width - 1))
    draw(size, linear(size), "·")
  }
  for (const { sign, values } of growths.toReversed()) values.forEach((value, i) => draw(sizes[i]!, value, sign))
  const label = (row: number): string => {
    const value = most * (least / most) ** (row / (height - 1))
    return `${String(Number(value.toPrecision(2))).padStart(8)} ${unit} |`
  }
  const axis = Array.from({ length: width + 8 }, () => " ")
  for (const size of sizes) {
    const text = String(size)
    const from = Math.max(0, Math.round(between(size, first, last) * (width - 1)) - (text.length >> 1))
    axis.splice(from, text.length, ...text)
  }
  const edge = label(0).length - 1
  return [
    ...lines.map((line, row) => `${row % 5 === 0 ? label(row) : `${" ".repeat(edge)}|`}${line.join("").trimEnd()}`),
    `${" ".repeat(edge)}+${"-".repeat(width)}`,
    `${" ".repeat(edge + 1)}${axis.join("").trimEnd()} servers`,
    `${growths.map(({ name, sign }) => `${sign} ${name}`).join(", ")}, · linear growth`
  ].join("\n")
}

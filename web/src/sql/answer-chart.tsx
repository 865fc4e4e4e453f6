import type { QueryAnswer } from "../../../src/atlas/shapes/query.ts"
import { Choice } from "../parts/choice.tsx"
import { own, setOwn } from "../state/store.ts"
import { shortened, shown } from "../text/display.ts"
import { count, time } from "../text/format.ts"
import { axesOf, isAlongLine, numberColumns, type Point, points, ticks } from "./chart-data.ts"

const mostBars = 40

const figure = (value: number): string => Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)))

const BarChart = ({ data, title }: { readonly data: ReadonlyArray<Point>; readonly title: string }) => {
  const drawn = data.slice(0, mostBars)
  const high = Math.max(0, ...drawn.map(({ y }) => y))
  const low = Math.min(0, ...drawn.map(({ y }) => y))
  const row = 22
  const [left, right, width] = [230, 80, 860]
  const x = (value: number): number => left + ((value - low) / Math.max(high - low, Number.MIN_VALUE)) * (width - left - right)
  return (
    <>
      <svg class="answer-chart" viewBox={`0 0 ${width} ${drawn.length * row + 8}`} role="img" aria-label={title}>
        {drawn.map(({ label, y }, i) => (
          <g key={i} transform={`translate(0 ${i * row + 4})`}>
            <text x={left - 10} y={15} text-anchor="end">{shortened(label, 32)}<title>{shown(label)}</title></text>
            <rect x={Math.min(x(0), x(y))} y={3} width={Math.max(1, Math.abs(x(y) - x(0)))} height={row - 7} />
            <text class="quiet-text" x={Math.max(x(0), x(y)) + 6} y={15}>{figure(y)}</text>
          </g>
        ))}
        <line class="axis" x1={x(0)} x2={x(0)} y1={0} y2={drawn.length * row + 8} />
      </svg>
      {data.length > mostBars ? <p class="quiet">{`The first ${mostBars} of ${data.length} rows are drawn; the table has all.`}</p> : null}
    </>
  )
}

const LineChart = ({ data, isTime, title }: { readonly data: ReadonlyArray<Point>; readonly isTime: boolean; readonly title: string }) => {
  const placed = data.flatMap((point) => (point.x === null ? [] : [{ ...point, x: point.x }])).sort((a, b) => a.x - b.x)
  if (placed.length === 0) return <p class="quiet">No row has a place on this axis.</p>
  const [left, bottom, top, right, width, height] = [80, 34, 12, 24, 860, 320]
  const xs = placed.map((point) => point.x)
  const ys = placed.map((point) => point.y)
  const [lowX, highX] = [xs[0]!, xs.at(-1)!]
  const [lowY, highY] = [Math.min(0, ...ys), Math.max(...ys, Number.MIN_VALUE)]
  const x = (value: number): number => left + ((value - lowX) / Math.max(highX - lowX, Number.MIN_VALUE)) * (width - left - right)
  const y = (value: number): number => height - bottom - ((value - lowY) / (highY - lowY)) * (height - bottom - top)
  const label = (value: number): string => isTime ? time(new Date(value).toISOString()) : figure(value)
  return (
    <svg class="answer-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      {ticks(lowY, highY).map((value) => (
        <g key={value}>
          <line class="axis" x1={left} x2={width - right} y1={y(value)} y2={y(value)} />
          <text class="quiet-text" x={left - 8} y={y(value) + 4} text-anchor="end">{figure(value)}</text>
        </g>
      ))}
      {[...new Set([lowX, highX])].map((value, i) => <text key={value} class="quiet-text" x={x(value)} y={height - 10} text-anchor={i === 0 ? "start" : "end"}>{label(value)}</text>)}
      <polyline points={placed.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ")} />
      {placed.length > 200 ? null : placed.map((point, i) => <circle key={i} cx={x(point.x)} cy={y(point.y)} r={2.5}><title>{`${label(point.x)}: ${figure(point.y)}`}</title></circle>)}
    </svg>
  )
}

/** One column of an answer against another; the address says which. */
export const AnswerChart = ({ answer }: { readonly answer: QueryAnswer }) => {
  const axes = axesOf(answer, own("x"), own("y"))
  const chosenKind = own("draw")
  if (axes === null) return <p class="quiet">No column of this answer is a figure, so there is nothing to draw.</p>
  const figures = numberColumns(answer)
  const { x, y } = axes
  const isLine = isAlongLine(answer, x)
  const kind = chosenKind === "line" || chosenKind === "bar" ? chosenKind : isLine ? "line" : "bar"
  const data = points(answer, x, y)
  const name = (i: number): string => shortened(answer.columns[i]!.name, 30)
  const title = `${name(y)} by ${name(x)}`
  const missing = answer.rows.length - data.length
  return (
    <div class="answer-chart-box">
      <div class="actions">
        <Choice label="x" value={String(x)} options={answer.columns.map((_, i) => [String(i), name(i)])} onChoose={(value) => setOwn({ x: value }, "replace")} />
        <Choice label="y" value={String(y)} options={figures.map((i) => [String(i), name(i)])} onChoose={(value) => setOwn({ y: value }, "replace")} />
        <Choice label="as" value={kind} options={[["bar", "bars"], ["line", "line"]]} onChoose={(value) => setOwn({ draw: value }, "replace")} />
      </div>
      {kind === "line" && isLine ? <LineChart data={data} isTime={!figures.includes(x)} title={title} /> : <BarChart data={data} title={title} />}
      {missing > 0 ? <p class="quiet">{`${missing} rows have no figure in ${name(y)} and are left out.`}</p> : null}
    </div>
  )
}

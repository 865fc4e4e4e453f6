import { useMemo, useState } from "preact/hooks"
import type { QueryAnswer } from "../../../src/atlas/shapes/query.ts"
import { dataLicence } from "../../../src/domain/licence.ts"
import { useAbout, useCrawl } from "../client/atlas.ts"
import { download } from "../parts/download.ts"
import { own, setOwn } from "../state/store.ts"
import { csvFile } from "../table/csv.ts"
import { Grid, type GridColumn } from "../table/grid.tsx"
import { orderText, readOrder, sorted, type Order } from "../table/sort.ts"
import { jsonLines, shown } from "../text/display.ts"
import { count, counted, milliseconds } from "../text/format.ts"
import { AnswerChart } from "./answer-chart.tsx"
import { numberColumns } from "./chart-data.ts"

interface Line {
  readonly index: number
  readonly values: ReadonlyArray<unknown>
}

const cellText = (value: unknown): string => value === null || value === undefined ? "null" : typeof value === "string" ? value : JSON.stringify(value)

/** A value as something that has an order. */
const key = (value: unknown): string | number | boolean | null =>
  value === null || value === undefined ? null : typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value)

/** One row with its values whole. */
const WholeRow = ({ answer, line, onClose }: { readonly answer: QueryAnswer; readonly line: Line; readonly onClose: () => void }) => (
  <section class="whole-row" aria-label={`Row ${line.index + 1}`}>
    <div class="actions"><h3>{`Row ${count(line.index + 1)}`}</h3><span class="spring" /><button type="button" onClick={onClose}>Close row</button></div>
    <dl>
      {answer.columns.map(({ name }, i) => {
        const value = line.values[i]
        return <div key={i}><dt>{shown(name, 80)}</dt><dd>{value !== null && typeof value === "object" ? <pre>{jsonLines(value)}</pre> : shown(cellText(value), 20_000)}</dd></div>
      })}
    </dl>
  </section>
)

const asAnswered: Order = { column: "", direction: "up" }

/** Rows of a query as table and chart, which the address says, and as files. */
export const Answer = ({ answer, name }: { readonly answer: QueryAnswer; readonly name: string }) => {
  const isChart = own("as") === "chart"
  const [open, setOpen] = useState<Line | null>(null)
  const crawl = useCrawl().value
  const version = useAbout().value?.version ?? null
  const columns = useMemo((): ReadonlyArray<GridColumn<Line>> => {
    const figures = new Set(numberColumns(answer))
    return answer.columns.map(({ name, type }, i) => ({
      id: String(i), title: shown(name, 60), meaning: `${shown(name)}, ${type}`, width: figures.has(i) ? 120 : 190, numeric: figures.has(i),
      cell: ({ values }) => values[i] === null || values[i] === undefined ? <span class="quiet">null</span> : shown(cellText(values[i]), 200)
    }))
  }, [answer])
  const order = readOrder(own("sort"), columns.map(({ id }) => id), asAnswered)
  const lines = useMemo(() => {
    const all = answer.rows.map((values, index): Line => ({ index, values }))
    return order.column === "" ? all : sorted(all, ({ values }) => key(values[Number(order.column)]), order.direction)
  }, [answer, order.column, order.direction])
  const file = `${crawl?.simulated === true ? "SIMULATED-" : ""}${name}`
  const saveJson = (): void => download(`${file}.json`, "application/json", JSON.stringify({
    name, codeVersion: version, licence: dataLicence, simulated: crawl?.simulated ?? null, truncated: answer.truncated,
    columns: answer.columns, rows: answer.rows
  }, null, 1))
  return (
    <div class="answer">
      <div class="tools">
        <output>{`${counted(answer.rows.length, "row")}${answer.truncated ? `; there were more than ${count(answer.maxRows)}, which is the limit` : ""}, ${milliseconds(answer.ms)}`}</output>
        <span class="spring" />
        <span class="tabs" role="group" aria-label="Show as">
          <button type="button" aria-pressed={!isChart} onClick={() => setOwn({ as: "" })}>Table</button>
          <button type="button" aria-pressed={isChart} onClick={() => setOwn({ as: "chart" })}>Chart</button>
        </span>
        <button type="button" onClick={() => download(`${file}.csv`, "text/csv;charset=utf-8", csvFile(answer.columns.map((column) => column.name), answer.rows))}>Download CSV</button>
        <button type="button" onClick={saveJson}>Download JSON</button>
      </div>
      {answer.withheld === undefined ? null : <p class="quiet answer-none">{shown(answer.withheld, 600)}</p>}
      {isChart
        ? <AnswerChart answer={answer} />
        : answer.rows.length === 0
          ? <p class="quiet answer-none">No row answers this.</p>
          : <Grid<Line> label="Answer" columns={columns} rows={lines} idOf={({ index }) => index} order={order} onOrder={(next) => setOwn({ sort: orderText(next) }, "replace")}
            onOpen={setOpen} isOpen={({ index }) => open?.index === index} />}
      {open === null || isChart ? null : <WholeRow answer={answer} line={open} onClose={() => setOpen(null)} />}
    </div>
  )
}

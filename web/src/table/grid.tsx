import type { ComponentChildren } from "preact"
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { Order } from "./sort.ts"
import { rowWindow, scrollToRow } from "./window.ts"

export interface GridColumn<Row> {
  readonly id: string
  readonly title: string
  /** What it says and at which level; shown when pointed at, and in the chooser. */
  readonly meaning: string
  /** Pixels. */
  readonly width: number
  readonly numeric?: boolean
  readonly cell: (row: Row) => ComponentChildren
}

interface GridProps<Row> {
  readonly label: string
  readonly columns: ReadonlyArray<GridColumn<Row>>
  readonly rows: ReadonlyArray<Row>
  readonly idOf: (row: Row) => number
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly onOpen: (row: Row) => void
  readonly isOpen: (row: Row) => boolean
  /** Servers chosen to be compared; absent where rows are not compared. */
  readonly marks?: { readonly has: (id: number) => boolean; readonly toggle: (id: number) => void; readonly label: (row: Row) => string }
}

const rowHeight = 30
const headHeight = 32

/** Steps of the keys that move; a page is ten rows less than what is visible, at least one. */
const moved = (key: string, at: number, rows: number, visible: number): number | null => {
  const page = Math.max(1, visible - 2)
  const to = ({ ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows - 1, j: at + 1, k: at - 1 } as Readonly<Record<string, number>>)[key]
  return to === undefined ? null : Math.max(0, Math.min(rows - 1, to))
}

/** A long sorted list of which only the visible rows are drawn. The focus stays on the table, so scrolling never loses it. */
export const Grid = <Row,>({ columns, idOf, isOpen, label, marks, onOpen, onOrder, order, rows }: GridProps<Row>) => {
  const name = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ top: 0, height: 600 })
  const [active, setActive] = useState(-1)
  const { end, first } = rowWindow(rows.length, rowHeight, place.top, place.height)
  const visible = Math.floor((place.height - headHeight) / rowHeight)

  useLayoutEffect(() => {
    const element = scroller.current!
    const watch = new ResizeObserver(() => setPlace((now) => ({ ...now, height: element.clientHeight })))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  useEffect(() => setActive((now) => Math.min(now, rows.length - 1)), [rows.length])

  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to = moved(event.key, active, rows.length, visible)
    const row = rows[active]
    if (to !== null) {
      setActive(to)
      const element = scroller.current!
      element.scrollTop = scrollToRow(to, rowHeight, element.scrollTop, element.clientHeight - headHeight)
    } else if (event.key === "Enter" && row !== undefined) onOpen(row)
    else if (event.key === "x" && row !== undefined) marks?.toggle(idOf(row))
    else return
    event.preventDefault()
  }

  const width = columns.reduce((sum, column) => sum + column.width, marks === undefined ? 0 : 34)
  return (
    <div class="grid-scroll" ref={scroller} onScroll={({ currentTarget: { scrollTop } }) => setPlace((now) => ({ ...now, top: scrollTop }))}>
      <table class="grid" role="grid" aria-label={label} aria-rowcount={rows.length + 1} tabIndex={0} onKeyDown={press}
        onFocus={() => { if (active < 0 && rows.length > 0) setActive(first) }}
        aria-activedescendant={active >= first && active < end ? `${name}-${active}` : undefined} style={{ minWidth: `${width}px` }}>
        <colgroup>
          {marks === undefined ? null : <col style={{ width: "34px" }} />}
          {columns.map((column, i) => <col key={column.id} style={i === 0 ? {} : { width: `${column.width}px` }} />)}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {marks === undefined ? null : <th scope="col"><span class="unseen">Compare</span></th>}
            {columns.map((column) => {
              const isBy = order.column === column.id
              return (
                <th key={column.id} scope="col" class={column.numeric === true ? "number" : undefined} title={column.meaning}
                  aria-sort={isBy ? order.direction === "up" ? "ascending" : "descending" : undefined}>
                  <button type="button" onClick={() => onOrder({
                    column: column.id,
                    direction: isBy ? order.direction === "up" ? "down" : "up" : column.numeric === true ? "down" : "up"
                  })}>{column.title}<span aria-hidden="true">{isBy ? order.direction === "up" ? " ↑" : " ↓" : ""}</span></button>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {first > 0 ? <tr class="spacer" aria-hidden="true"><td colSpan={columns.length + 1} style={{ height: `${first * rowHeight}px` }} /></tr> : null}
          {rows.slice(first, end).map((row, i) => {
            const index = first + i
            const id = idOf(row)
            return (
              <tr key={id} id={`${name}-${index}`} aria-rowindex={index + 2} aria-selected={isOpen(row)} data-active={index === active}
                onClick={() => { setActive(index); onOpen(row) }}>
                {marks === undefined ? null : (
                  <td onClick={(event) => event.stopPropagation()}>
                    <input type="checkbox" tabIndex={-1} checked={marks.has(id)} aria-label={marks.label(row)} onChange={() => marks.toggle(id)} />
                  </td>
                )}
                {columns.map((column) => <td key={column.id} class={column.numeric === true ? "number" : undefined}>{column.cell(row)}</td>)}
              </tr>
            )
          })}
          {end < rows.length ? <tr class="spacer" aria-hidden="true"><td colSpan={columns.length + 1} style={{ height: `${(rows.length - end) * rowHeight}px` }} /></tr> : null}
        </tbody>
      </table>
    </div>
  )
}

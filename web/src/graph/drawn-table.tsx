import { useMemo } from "preact/hooks"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { type ServerColumn, serverColumns, usualColumns } from "../pages/server-columns.tsx"
import { select, own, setOwn } from "../state/store.ts"
import { Grid } from "../table/grid.tsx"
import { orderText, readOrder, sorted, type Order } from "../table/sort.ts"
import { shown } from "../text/display.ts"
import type { Colouring } from "./colouring.ts"
import { useIsSelected } from "./use-selection.ts"

const usualOrder: Order = { column: "namedBy", direction: "down" }

/** The same servers as in a picture, for those who cannot see it or want to read it; what they are coloured by comes second. */
export const DrawnTable = ({ colouring, label, more = [], rows }: { readonly rows: ReadonlyArray<ServerRow>; readonly colouring: Colouring; readonly label: string; readonly more?: ReadonlyArray<string> }) => {
  const columns = useMemo((): ReadonlyArray<ServerColumn> => {
    const colour: ServerColumn = {
      id: "colour", title: `Colour: ${colouring.attribute.title}`, meaning: "What the picture is coloured by", width: 190, usual: true,
      key: (row) => colouring.attribute.of(row), raw: colouring.labelOf, cell: (row) => shown(colouring.labelOf(row), 60)
    }
    const [host, ...others] = serverColumns.filter(({ id }) => usualColumns.includes(id) || more.includes(id) || id === "names" || id === "mutual" || id === "communityId")
    return [host!, colour, ...others]
  }, [colouring, more.join(",")])
  const order = readOrder(own("sort"), columns.map(({ id }) => id), usualOrder)
  const by = columns.find(({ id }) => id === order.column)!
  const inOrder = useMemo(() => sorted(rows, by.key, order.direction), [rows, by, order.direction])
  const isSelected = useIsSelected()
  return (
    <Grid<ServerRow> label={label} columns={columns} rows={inOrder} idOf={({ serverId }) => serverId}
      order={order} onOrder={(next) => setOwn({ sort: orderText(next) }, "replace")}
      onOpen={({ serverId }) => select({ kind: "server", id: serverId })} isOpen={isSelected} />
  )
}

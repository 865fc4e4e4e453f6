export interface Order {
  readonly column: string
  readonly direction: "up" | "down"
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" })

type Key = string | number | boolean | null

const compareKnown = (a: Exclude<Key, null>, b: Exclude<Key, null>): number =>
  typeof a === "string" && typeof b === "string" ? collator.compare(a, b) : Number(a) - Number(b)

/** Sorted by a key; what is not known comes last in both directions, and equals keep their order. */
export const sorted = <A>(rows: ReadonlyArray<A>, key: (row: A) => Key, direction: Order["direction"]): ReadonlyArray<A> => {
  const sign = direction === "up" ? 1 : -1
  return rows
    .map((row, index) => ({ row, index, key: key(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return a.key === b.key ? a.index - b.index : a.key === null ? 1 : -1
      return sign * compareKnown(a.key, b.key) || a.index - b.index
    })
    .map(({ row }) => row)
}

/** `-score` or `host`, as the URL says an order. */
export const orderText = ({ column, direction }: Order): string => direction === "down" ? `-${column}` : column

export const readOrder = (text: string, columns: ReadonlyArray<string>, otherwise: Order): Order => {
  const column = text.replace(/^-/, "")
  return columns.includes(column) ? { column, direction: text.startsWith("-") ? "down" : "up" } : otherwise
}

/** The rows of a long list that are near the visible part. */
export interface RowWindow {
  readonly first: number
  /** One behind the last. */
  readonly end: number
}

/** Which rows to draw: those visible and `spare` on both sides, in steps of `spare` so that few scrolls draw anew. */
export const rowWindow = (rows: number, rowHeight: number, scrollTop: number, height: number, spare = 12): RowWindow => {
  const topmost = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const first = Math.max(0, Math.min(rows, Math.floor(topmost / spare) * spare - spare))
  const end = Math.min(rows, first + Math.ceil(height / rowHeight) + 3 * spare)
  return { first, end }
}

/** Where to scroll so that a row is fully visible below the head; as little as possible. */
export const scrollToRow = (row: number, rowHeight: number, scrollTop: number, height: number): number =>
  row * rowHeight < scrollTop
    ? row * rowHeight
    : (row + 1) * rowHeight > scrollTop + height ? (row + 1) * rowHeight - height : scrollTop

/**
 * Columns of `server_metadata` that are never null, or whose null says that
 * there is none of it; and `server_id`, which an unfinished crawl has not.
 */
const withoutReason = new Set([
  "crawl_id", "endpoint_id", "server_id", "host", "network", "simulated", "port", "ssl", "uptime_observations", "untested",
  "first_known", "notes", "place_note"
])

/** Columns that are null without a reason, and reasons without a null: none, where all is well. */
export const wrongReasons = (row: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const reasons = new Set(Object.keys(row["untested"] as object))
  return Object.keys(row).filter((column) =>
    !withoutReason.has(column) && (row[column] === null) !== reasons.has(column))
}

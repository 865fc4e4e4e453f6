/** Characters of one text that a report keeps; the database has the rest. */
const longest = 2_000

/** A value with all its texts cut to what a report can show, saying so: servers may send megabytes for a version. */
export const bounded = <A>(value: A): A => {
  if (typeof value === "string") {
    return (value.length <= longest ? value : `${value.slice(0, longest)}… (${value.length} characters)`) as A
  }
  if (Array.isArray(value)) return value.map((item: unknown) => bounded(item)) as A
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bounded(item as unknown)])) as A
}

/** Characters of one text that a page or a report shows of a value; the database has the rest. */
const usual = 2_000

/** A text cut to so many characters, saying so. */
const boundedText = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`

/** A value with all its texts cut to what can be shown, saying so: servers may send megabytes for a version. */
export const bounded = <A>(value: A, longest: number = usual): A => {
  if (typeof value === "string") return boundedText(value, longest) as A
  if (Array.isArray(value)) return value.map((item: unknown) => bounded(item, longest)) as A
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bounded(item as unknown, longest)])) as A
}

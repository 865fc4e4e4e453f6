import { percent } from "../../analysis/exposure/recommendation.ts"
import { cellText } from "./texts.ts"

/** A count with its noun: "1 server", "1,204 servers". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${cellText(count, { as: "count" })} ${count === 1 ? one : many}`

/** A share of a whole: "12 of 259 (4.6 %)". */
export const partOf = (part: number, whole: number): string =>
  whole === 0 ? `${cellText(part, { as: "count" })} of 0` : `${cellText(part, { as: "count" })} of ${cellText(whole, { as: "count" })} (${percent(part / whole)})`

/** A share with its limits: "32 % (26 % to 39 %)". */
export const shareWithin = (value: number, low: number | null, high: number | null): string =>
  low === null || high === null ? percent(value) : `${percent(value)} (${percent(low)} to ${percent(high)})`

/** Two limits, or one number where they round to the same. */
export const between = (low: number, high: number): string => {
  const [from, to] = [Math.round(low), Math.round(high)].map((value) => cellText(value, { as: "count" }))
  return from === to ? from! : `${from} to ${to}`
}

/** Words with commas and "and". */
export const listed = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`

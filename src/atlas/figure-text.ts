/** A whole number as people write it. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** A share in whole per cent; below one per cent says so, and nothing is rounded up to all. */
export const percent = (share: number): string =>
  share > 0 && share < 0.005 ? "below 1 %" : share < 1 && share >= 0.995 ? "above 99 %" : `${Math.round(share * 100)} %`

/** "55 to 70", or one number where both ends read the same. */
export const between = (low: number, high: number, text: (value: number) => string): string =>
  text(low) === text(high) ? text(low) : `${text(low).replace(/ %$/, "")} to ${text(high)}`

/** "1 server", "12 servers". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${whole(count)} ${count === 1 ? one : many}`

/** A part of a whole: "12 of 54 (22 %)". */
export const ofAll = (part: number, all: number): string => `${whole(part)} of ${whole(all)}${all === 0 ? "" : ` (${percent(part / all)})`}`

/** Figures and times as words. Null is never a zero: it is "unknown", or what the caller says it is. */

/** A narrow space that no line breaks at, between thousands and before units. */
const thin = "\u202f"

export const unknown = "unknown"

export const count = (value: number | null): string =>
  value === null ? unknown : String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, thin)

/** `count` with its noun; a plural of its own where "s" is not it. */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`

export const decimal = (value: number | null, digits = 1): string => value === null ? unknown : value.toFixed(digits)

/** A share of 1 in per cent; below one per cent with a digit, so that little is not nothing, and most is not all. */
export const share = (value: number | null): string => {
  if (value === null) return unknown
  const percent = value * 100
  if (percent < 100 && percent >= 99.5) return `above 99${thin}%`
  const text = percent !== 0 && Math.abs(percent) < 1 ? percent.toFixed(1) : percent.toFixed(0)
  return `${text === "0.0" ? "below 0.1" : text}${thin}%`
}

/** "40 to 50 %"; one figure where both ends read the same. */
export const shareInterval = (low: number | null, high: number | null): string => {
  if (low === null || high === null) return unknown
  const [a, b] = [share(low), share(high)]
  return a === b ? a : `${a.replace(`${thin}%`, "")} to ${b.startsWith("above") ? `100${thin}%` : b}`
}

/** A share with its limits, or the value alone where it has none. */
export const limitedShare = ({ high, low, value }: { readonly value: number | null; readonly low: number | null; readonly high: number | null }): string =>
  value === null ? unknown : low === null ? share(value) : shareInterval(low, high)

export const interval = (low: number | null, high: number | null, digits = 0): string => {
  if (low === null || high === null) return unknown
  const [a, b] = [low.toFixed(digits), high.toFixed(digits)]
  return a === b ? a : `${a} to ${b}`
}

/** Two digits, never rounded up to certainty nor down to impossibility. */
export const probability = (p: number | null): string =>
  p === null ? unknown : p >= 0.995 ? (Math.floor(p * 1000) / 1000).toFixed(3) : p < 0.01 ? "below 0.01" : p.toFixed(2)

/** Bits with their sign; the minus is the long one, as wide as the plus. */
export const bits = (value: number | null): string =>
  value === null ? unknown : `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(1)}`

/** "2025-12-03 14:05 UTC" of an ISO time. */
export const time = (iso: string | null): string => {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/.exec(iso ?? "")
  return parts === null ? iso ?? unknown : `${parts[1]} ${parts[2]} UTC`
}

export const day = (iso: string | null): string => /^\d{4}-\d\d-\d\d/.exec(iso ?? "")?.[0] ?? unknown

/** "14:05:09" of an ISO time, for what just happened. */
export const clock = (iso: string | null): string => /[T ](\d\d:\d\d:\d\d)/.exec(iso ?? "")?.[1] ?? unknown

export const milliseconds = (value: number | null): string => value === null ? unknown : `${count(value)} ms`

/** Whether a server answered, of which null is a third case and not a no. */
export const answered = (reachable: boolean | null): string =>
  reachable === null ? "not asked by us" : reachable ? "answered" : "did not answer us"

/** A sentence begins with a capital. */
export const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

export const yesNo = (value: boolean | null): string => value === null ? unknown : value ? "yes" : "no"

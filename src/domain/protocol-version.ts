/** A protocol version as numbers, e.g. `1.4.3` is [1, 4, 3]; trailing zeros dropped, so 1.6.0 equals 1.6. */
export type ProtocolVersion = ReadonlyArray<number>

/** Read a version like `1.4`, `v1.4.2` or `1.6.0`; undefined for anything else (at most five parts of four digits). */
export const parseProtocolVersion = (text: string): ProtocolVersion | undefined => {
  if (!/^v?[0-9]{1,4}(?:\.[0-9]{1,4}){0,4}$/.test(text)) return undefined
  const parts = text.replace(/^v/, "").split(".").map(Number)
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop()
  return parts
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export const compareProtocolVersions = (a: ProtocolVersion, b: ProtocolVersion): number => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

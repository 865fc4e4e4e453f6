/** Reads `90`, `90s`, `10m`, `1.5h`, `500ms`: milliseconds; a bare number is seconds. Undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|min|m|h|d)?$/.exec(text.trim())
  if (match === null) return undefined
  const unit = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? "s"]!
  const milliseconds = Math.round(Number(match[1]) * unit)
  return milliseconds > 0 ? milliseconds : undefined
}

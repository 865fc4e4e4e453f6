/** Where a server was laid out, in the units of the layout. */
export interface LaidPlace {
  readonly serverId: number
  readonly x: number
  readonly y: number
}

/** Steps of either axis: finer than a pixel of the whole picture. */
const steps = 4_095

/** Base64 for addresses, RFC 4648 section 5. */
const asText = (bytes: ReadonlyArray<number>): string =>
  btoa(bytes.map((byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

const asBytes = (text: string): Uint8Array | null => {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0))
  } catch {
    return null
  }
}

const varint = (value: number): ReadonlyArray<number> => value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]

/** Bounds of the places as whole numbers, the span along the longer axis. */
const boxOf = (places: ReadonlyArray<LaidPlace>): readonly [number, number, number] => {
  const [left, top] = [Math.floor(Math.min(...places.map(({ x }) => x))), Math.floor(Math.min(...places.map(({ y }) => y)))]
  const span = Math.ceil(Math.max(1, ...places.map(({ x }) => x - left), ...places.map(({ y }) => y - top)))
  return [left, top, span]
}

/**
 * Places of servers as a text for an address: `left,top,span,` and four or five bytes a
 * server, which are the distance of its number from the one before and both axes in
 * steps of the span. Some 5.4 characters a server.
 */
export const laidText = (places: ReadonlyArray<LaidPlace>): string => {
  if (places.length === 0) return ""
  const sorted = places.toSorted((a, b) => a.serverId - b.serverId)
  const [left, top, span] = boxOf(sorted)
  const step = (value: number, from: number): number => Math.round(((value - from) / span) * steps)
  let before = 0
  const bytes = sorted.flatMap(({ serverId, x, y }) => {
    const [gap, atX, atY] = [serverId - before, step(x, left), step(y, top)]
    before = serverId
    return [...varint(gap), atX >> 4, ((atX & 15) << 4) | (atY >> 8), atY & 255]
  })
  return `${left},${top},${span},${asText(bytes)}`
}

/** The places that a text says; none where it says something else. */
export const readLaid = (text: string): ReadonlyArray<LaidPlace> => {
  const [, left, top, span, coded] = /^(-?\d{1,9}),(-?\d{1,9}),(\d{1,9}),([\w-]+)$/.exec(text) ?? []
  const bytes = coded === undefined ? null : asBytes(coded)
  if (bytes === null) return []
  const places: Array<LaidPlace> = []
  const value = (step: number, from: string): number => Number(from) + (step / steps) * Number(span)
  let serverId = 0
  for (let i = 0; i < bytes.length;) {
    let [gap, unit] = [0, 1]
    while (i < bytes.length && bytes[i]! >= 128) {
      gap += (bytes[i++]! - 128) * unit
      unit *= 128
    }
    if (i + 3 >= bytes.length) return []
    serverId += gap + bytes[i]! * unit
    if (!Number.isSafeInteger(serverId)) return []
    const [a, b, c] = [bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!]
    places.push({ serverId, x: value((a << 4) | (b >> 4), left!), y: value(((b & 15) << 8) | c, top!) })
    i += 4
  }
  return places
}

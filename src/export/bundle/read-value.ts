import type { Items, Ref } from "./format.ts"

/** Deeper than any reply that is one; other languages' parsers give up not far beyond. */
const deepest = 64

/** How deep a JSON text nests, without reading it as such. */
const depthOf = (text: string): number => {
  let depth = 0
  let most = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (inText) {
      if (character === "\\") i++
      else if (character === "\"") inText = false
    } else if (character === "\"") inText = true
    else if (character === "[" || character === "{") most = Math.max(most, ++depth)
    else if (character === "]" || character === "}") depth--
  }
  return most
}

/** Bytes as text; undefined where they are no UTF-8. */
export const utf8Text = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** An item's JSON; undefined where it is none, no UTF-8, or nested beyond measure. */
export const parsedItem = (bytes: Uint8Array | undefined): unknown => {
  const text = bytes === undefined ? undefined : utf8Text(bytes)
  if (text === undefined || depthOf(text) > deepest) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const step = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return /^(?:0|[1-9][0-9]*)$/.test(key) ? value[Number(key)] as unknown : undefined
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}

/** What a JSON pointer (RFC 6901) leads to; undefined for nowhere. */
export const pointed = (value: unknown, pointer: string): unknown => {
  if (pointer === "") return value
  if (!pointer.startsWith("/")) return undefined
  return pointer.slice(1).split("/").reduce((at: unknown, part) => step(at, part.replaceAll("~1", "/").replaceAll("~0", "~")), value)
}

/** Reads values of a bundle's items, each item parsed once. */
export const valueReader = (items: Items): ((ref: Ref) => unknown) => {
  const parsed = new Map<string, unknown>()
  return ({ at, from, item, to }) => {
    if (!parsed.has(item)) parsed.set(item, parsedItem(items.get(item)))
    const value = pointed(parsed.get(item), at)
    return typeof value === "string" && (from !== undefined || to !== undefined) ? value.slice(from, to) : value
  }
}

/** Whether two JSON values are the same: members in any order, numbers as IEEE 754 doubles. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [keys, others] = [Object.keys(one), Object.keys(other)]
  return keys.length === others.length && keys.every((key) =>
    Object.hasOwn(other, key) && sameJson((one as Readonly<Record<string, unknown>>)[key], (other as Readonly<Record<string, unknown>>)[key]))
}

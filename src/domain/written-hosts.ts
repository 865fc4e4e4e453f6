import { addressesIn } from "./address.ts"
import { parseHost } from "./host.ts"

/** Words that could be a host or an address; what stands around them does not matter. */
const asciiWords = /[a-z0-9._:-]{4,255}/gi

/** The same in any script; full stops of others (U+3002, U+FF0E, U+FF61) part labels too (UTS 46). */
const anyWords = /[\p{L}\p{M}\p{N}._:\u3002\uff0e\uff61-]{4,255}/gu

/** Characters beyond ASCII, as words of hosts have them. */
const beyondAscii = /[\u0080-\u{10ffff}]/u

const escapedCharacter = /\\u([0-9a-f]{4})/gi

/** A raw reply as it is read: ElectrumX's JSON writes everything beyond ASCII as escapes. */
const withoutEscapes = (text: string): string =>
  text.includes("\\u") || text.includes("\\U")
    ? text.replaceAll(escapedCharacter, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text

/** What a word may mean as a host, with a port behind it or without. */
const readingsOf = (word: string): ReadonlyArray<string> => {
  const text = word.toLowerCase()
  const host = text.replace(/^[.:-]+|[.:-]+$/g, "")
  return host.includes(":") || text.includes("::") ? [host, host.replace(/:[0-9]+$/, ""), ...addressesIn(text)] : [host]
}

/** A word of any script as the host it names: IDN as punycode. */
const internationalHost = (word: string): ReadonlyArray<string> => {
  const host = parseHost(word.replace(/:[0-9]*$/, "").replace(/^[.:\u3002\uff0e\uff61-]+|[.:\u3002\uff0e\uff61-]+$/gu, ""), { localNames: true })
  return typeof host === "string" ? [] : [host.text]
}

const wordsOf = (text: string): ReadonlyArray<string> => [
  ...(text.match(asciiWords) ?? []).flatMap(readingsOf),
  ...(beyondAscii.test(text) ? (text.match(anyWords) ?? []).filter((word) => beyondAscii.test(word)).flatMap(internationalHost) : [])
]

/** Hosts and addresses that a text may name, each in the spelling we store, among much that is none. */
export const writtenHosts = (text: string): ReadonlyArray<string> => {
  const read = withoutEscapes(text)
  return read === text ? wordsOf(text) : [...wordsOf(text), ...wordsOf(read)]
}

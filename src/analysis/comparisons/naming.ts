import { ownHosts } from "../traits/own-hosts.ts"
import type { DomainReader } from "../traits/registrable-domain.ts"
import { distinct, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { isPlain } from "./plain-words.ts"

const leastLetters = 4
/** A run of letters of this length is taken for words written together. */
const compound = 9
const wordEnd = 6

/**
 * Templates of a label by its rare words: `granite-mill7` -> `granite-*#` and
 * `*-mill#`, so that a word counts only in the same place. Of words written
 * together beginning and end are taken.
 */
export const labelTemplates = (label: string): ReadonlyArray<string> => {
  if (label.startsWith("xn--")) return []
  const parts = label.match(/[a-z]+|[0-9]+|[^a-z0-9]+/g) ?? []
  const blank = parts.map((part) => /^[a-z]/.test(part) ? "*" : /^[0-9]/.test(part) ? "#" : part)
  return parts.flatMap((part, i) => {
    if (!/^[a-z]/.test(part) || part.length < leastLetters || isPlain(part)) return []
    const pieces = part.length < compound ? [part] : [part, `${part.slice(0, wordEnd)}*`, `*${part.slice(-wordEnd)}`]
    return pieces
      .filter((piece) => !isPlain(piece.replace("*", "")))
      .map((piece) => blank.with(i, piece).join(""))
  })
}

/** Whether a pattern is of what was registered, not of a label below it, by a whole word, not by the beginning or end of one. */
export const isRegisteredWord = (pattern: string): boolean => !pattern.endsWith(".") && !/[a-z]\*|\*[a-z]/.test(pattern)

interface Patterns {
  readonly hosts: ReadonlyArray<string>
  readonly keys: ReadonlyArray<string>
  readonly domains: ReadonlyArray<string>
  readonly domainsOf: ReadonlyMap<string, ReadonlySet<string>>
}

/** What says most, whichever server is first. */
const longest = (keys: ReadonlyArray<string>): string | undefined =>
  keys.toSorted((x, y) => y.length - x.length || (x < y ? -1 : 1))[0]

/** One rare word, or one name, in domains that have nothing else in common. */
export const naming = (domainOf: DomainReader): Comparison => {
  /**
   * Key -> the domains under which the server has it, of hosts that it owns up to:
   * what others call it is their way of naming. Names that a provider gave follow
   * its pattern.
   */
  const patternsOf = once((server): Patterns => {
    const patterns = new Map<string, Set<string>>()
    const hosts = ownHosts(server)
    for (const host of hosts) {
      const domain = domainOf(host)
      if (domain === undefined || domain.byProvider) continue
      for (const [i, label] of [domain.label, ...domain.below].entries()) {
        const templates = labelTemplates(label)
        const place = i === 0 ? "" : "."
        const keys = templates.length === 0 ? [] : [`=${label}${place}`, ...templates.map((template) => `${template}${place}`)]
        for (const key of keys) patterns.set(key, (patterns.get(key) ?? new Set()).add(domain.domain))
      }
    }
    return { hosts, keys: [...patterns.keys()], domains: distinct([...patterns.values()].flatMap((domains) => [...domains])), domainsOf: patterns }
  })
  return {
    name: "naming pattern",
    definition: "Names of both, under different registered domains, have one rare word in the same place of the same template; names given by providers do not count, nor do those that the server does not say itself that it goes by.",
    question: "same operator",
    forgeability: "copyable",
    bundle: "naming",
    // u: by how many owners have the word in that place; two that share a word of ten thousand do so by chance.
    levels: [
      { name: "one name under several domains", m: 0.08, u: 1e-3, measured: true },
      { name: "one rare word in one place", m: 0.2, u: 2e-3, measured: true }
    ],
    innocent: ["a word that is in fashion, or of a place or a language", "a name chosen in allusion to somebody else's", "chance"],
    keys: (server) => patternsOf(server).keys,
    known: (server) => patternsOf(server).hosts.length > 0,
    compare: (a, b) => {
      const [ofA, ofB] = [patternsOf(a), patternsOf(b)]
      const common = shared(ofA.keys, ofB.keys)
      // Whoever holds a domain names all in it: that is evidence by itself, and the same.
      if (common.length === 0 || shared(ofA.domains, ofB.domains).length > 0) return undefined
      const key = common.find((it) => it.startsWith("=")) ?? longest(common)
      if (key === undefined) return undefined
      return {
        level: key.startsWith("=") ? 0 : 1,
        value: key,
        detail: () => ({ pattern: key, domains: distinct([...ofA.domainsOf.get(key)!, ...ofB.domainsOf.get(key)!]).slice(0, 20) })
      }
    }
  }
}

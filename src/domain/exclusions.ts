import { addressBlock, canonicalAddress, ipVersion } from "./address.ts"
import { parseEndpoint } from "./endpoint.ts"
import { parseHost } from "./host.ts"

/** One opt-out list as it was read. */
export interface OptOutList {
  /** The file or URL, as it was named to us. */
  readonly source: string
  /** Its entries, as written. */
  readonly entries: ReadonlyArray<string>
}

/** Opt-out lists, decoded once for many questions. */
export interface Exclusions {
  /**
   * The entry that excludes a host or one of its addresses, as written in the
   * list; undefined when none does. `host` and `addresses` are canonical.
   */
  readonly excludes: (host: string, addresses: ReadonlyArray<string>) => string | undefined
  /** Entries in force. */
  readonly size: number
  /** The lists it was made of; a crawl stores them, so that whatever is published later can honour them. */
  readonly lists: ReadonlyArray<OptOutList>
  /** Entries that say nothing we can follow: to be shown to the user, never silently passed over. */
  readonly unreadable: ReadonlyArray<string>
}

interface Rules {
  /** Canonical host or address -> entry. */
  readonly hosts: Map<string, string>
  /** Domain of `*.domain` and of onions -> entry. */
  readonly domains: Map<string, string>
  /** Canonical CIDR block -> entry. */
  readonly blocks: Map<string, string>
  /** Prefix lengths that occur, so that an address is looked up once per length, not once per entry. */
  readonly lengths: Readonly<Record<4 | 6, Set<number>>>
}

const addBlock = (rules: Rules, entry: string): boolean => {
  const match = /^([^/]+)\/([0-9]{1,3})$/.exec(entry)
  const address = match === null ? undefined : canonicalAddress(match[1]!.toLowerCase())
  if (match === null || address === undefined) return false
  const version = ipVersion(address)!
  const length = Number(match[2])
  if (length > (version === 4 ? 32 : 128)) return false
  rules.blocks.set(addressBlock(address, length, length)!, entry)
  rules.lengths[version].add(length)
  return true
}

const addHost = (rules: Rules, text: string, entry: string): boolean => {
  const host = parseHost(text, { localNames: true })
  if (typeof host === "string") return false
  rules.hosts.set(host.text, entry)
  // All names below one onion address are one onion service.
  if (host.networkClass === "onion") rules.domains.set(host.text.split(".").slice(-2).join("."), entry)
  return true
}

const addEntry = (rules: Rules, entry: string): boolean => {
  if (entry.includes("/")) return addBlock(rules, entry)
  if (entry.startsWith("*.")) {
    const host = parseHost(entry.slice(2), { localNames: true })
    if (typeof host === "string" || (host.networkClass !== "name" && host.networkClass !== "onion")) return false
    rules.domains.set(host.text, entry)
    return true
  }
  // Whoever opts out one port of a host hardly means us to go on with the other.
  const endpoint = parseEndpoint(entry, { localNames: true })
  return addHost(rules, typeof endpoint === "object" ? endpoint.host : entry, entry)
}

const byDomain = (domains: ReadonlyMap<string, string>, host: string): string | undefined => {
  for (let rest = host; rest !== ""; rest = rest.includes(".") ? rest.slice(rest.indexOf(".") + 1) : "") {
    const entry = domains.get(rest)
    if (entry !== undefined) return entry
  }
  return undefined
}

const byAddress = (rules: Rules, text: string): string | undefined => {
  const version = ipVersion(text)
  if (version === undefined) return undefined
  const exact = rules.hosts.get(text)
  if (exact !== undefined) return exact
  for (const length of rules.lengths[version]) {
    const entry = rules.blocks.get(addressBlock(text, length, length)!)
    if (entry !== undefined) return entry
  }
  return undefined
}

/**
 * Exclusions that remember a host once one of its addresses was excluded: the
 * next list may name it without the address.
 */
export const rememberingExclusions = (exclusions: Exclusions): Exclusions => {
  const remembered = new Map<string, string>()
  return {
    ...exclusions,
    excludes: (host, addresses) => {
      const entry = remembered.get(host) ?? exclusions.excludes(host, addresses)
      if (entry !== undefined && host !== "") remembered.set(host, entry)
      return entry
    }
  }
}

/** Nothing is excluded. */
export const noExclusions: Exclusions = { excludes: () => undefined, size: 0, lists: [], unreadable: [] }

/**
 * Decode opt-out entries: a host, `*.domain` (the domain itself and all below),
 * a CIDR block, an address, an onion, or an endpoint (its whole host).
 */
export const makeExclusions = (entries: ReadonlyArray<string>, lists: ReadonlyArray<OptOutList> = []): Exclusions => {
  const rules: Rules = {
    hosts: new Map(),
    domains: new Map(),
    blocks: new Map(),
    lengths: { 4: new Set(), 6: new Set() }
  }
  const unreadable = entries.filter((entry) => !addEntry(rules, entry))
  return {
    excludes: (host, addresses) => {
      const entry = rules.hosts.get(host) ?? byDomain(rules.domains, host) ?? byAddress(rules, host)
      if (entry !== undefined) return entry
      for (const address of addresses) {
        const entry = byAddress(rules, address)
        if (entry !== undefined) return entry
      }
      return undefined
    },
    size: entries.length - unreadable.length,
    lists,
    unreadable
  }
}

/** What several lists name together. */
export const exclusionsOf = (lists: ReadonlyArray<OptOutList>): Exclusions =>
  makeExclusions(lists.flatMap(({ entries }) => entries), lists)

/**
 * The entries of an opt-out text: one a line, `#` starts a comment, or a JSON
 * list of texts (the form of electrum.org's blacklist.json). Undefined when it
 * starts like a JSON list or a web page and is no list.
 */
export const exclusionEntries = (text: string): ReadonlyArray<string> | undefined => {
  const start = text.trimStart()
  if (start.startsWith("<") || start.startsWith("{")) return undefined
  if (start.startsWith("[\"") || start.startsWith("[]") || /^\[\s/.test(start)) {
    try {
      const json: unknown = JSON.parse(text)
      return Array.isArray(json) && json.every((entry) => typeof entry === "string") ? json : undefined
    } catch {
      return undefined
    }
  }
  return text.split("\n").map((line) => line.replace(/#.*$/, "").trim()).filter((line) => line !== "")
}

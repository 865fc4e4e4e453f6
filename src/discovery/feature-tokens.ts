import { compareProtocolVersions, parseProtocolVersion, type ProtocolVersion } from "../domain/protocol-version.ts"
import type { AdvertisedService } from "../domain/advertisement.ts"
import type { Chain } from "../domain/chain.ts"
import { quoted } from "./bounded-text.ts"

/** The ports a bare letter stands for. */
export type DefaultPorts = Chain["default_ports"]

/** What the tokens of an announcement say, in an order that does not depend on theirs. */
export interface FeatureTokens {
  readonly versionText: string | null
  readonly pruning: number | null
  readonly services: ReadonlyArray<AdvertisedService>
  readonly notes: ReadonlyArray<string>
}

/** Services kept of one advertisement; the rest is counted in a note. The crawl has its own, lower bound per host. */
const maxServices = 32

const transportOrder = ["tcp", "tls", "ws", "wss"]

/** A port number in decimal digits, 1 to 65535; undefined for anything else (sign, letters, 0, 65536 and above). */
export const readPort = (text: string): number | undefined => {
  if (!/^[0-9]{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65535 ? port : undefined
}

/** Distinct services by transport, then port, at most 32, and a note about those left out. */
export const orderServices = (services: ReadonlyArray<AdvertisedService>): {
  readonly services: ReadonlyArray<AdvertisedService>
  readonly notes: ReadonlyArray<string>
} => {
  const distinct = new Map(services.map((service) => [`${service.transport} ${service.port}`, service]))
  const ordered = [...distinct.values()].toSorted((a, b) =>
    transportOrder.indexOf(a.transport) - transportOrder.indexOf(b.transport) || a.port - b.port
  )
  return ordered.length <= maxServices
    ? { services: ordered, notes: [] }
    : { services: ordered.slice(0, maxServices), notes: [`${ordered.length - maxServices} more services ignored`] }
}

interface SeenVersion {
  readonly text: string
  readonly version: ProtocolVersion | undefined
}

/** Readable before unreadable, higher before lower, so that one of several is picked whatever their order. */
const preferVersion = (a: SeenVersion, b: SeenVersion): number => {
  if (a.version === undefined || b.version === undefined) {
    if (a.version !== b.version) return a.version === undefined ? 1 : -1
  } else {
    const difference = compareProtocolVersions(b.version, a.version)
    if (difference !== 0) return difference
  }
  return a.text < b.text ? 1 : a.text > b.text ? -1 : 0
}

// No Electrum protocol has reached 2.0; higher numbers are kept as announced.
const isPlausible = (version: ProtocolVersion): boolean => version.length <= 3 && version[0]! < 2

/**
 * Read a version text as announced, without its `v`. Texts that could not be
 * one (empty, over 32 characters, not printable ASCII) are not kept.
 */
export const readVersion = (text: string): { readonly versionText: string | null; readonly notes: Array<string> } => {
  if (!/^[\x21-\x7e]{1,32}$/.test(text)) return { versionText: null, notes: [`unreadable version ${quoted(text)}`] }
  const version = parseProtocolVersion(text)
  if (version === undefined) return { versionText: text, notes: [`unreadable version ${quoted(text)}`] }
  return { versionText: text, notes: isPlausible(version) ? [] : [`implausible version ${quoted(text)}`] }
}

/**
 * Read feature tokens: `v<version>`, `p<pruning limit>`, `s[port]` (TLS),
 * `t[port]` (TCP). A token is classified by its first letter only, as every
 * Electrum server has done since the IRC days; a bare `s` or `t` is the chain's
 * default port. What cannot be used becomes a note, the rest still counts.
 */
export const readFeatureTokens = (tokens: ReadonlyArray<unknown>, defaults: DefaultPorts): FeatureTokens => {
  const notes = new Set<string>()
  const services: Array<AdvertisedService> = []
  const versions: Array<SeenVersion> = []
  const limits = new Set<number>()
  const readService = (transport: "tcp" | "tls", rest: string): void => {
    const port = rest === "" ? defaults[transport] : readPort(rest)
    if (port === undefined) notes.add(`bad port ${quoted((transport === "tls" ? "s" : "t") + rest)}`)
    else services.push({ transport, port })
  }
  for (const token of tokens) {
    if (typeof token !== "string") {
      notes.add("feature is not a text")
      continue
    }
    const rest = token.slice(1)
    switch (token[0]) {
      case "s":
        readService("tls", rest)
        break
      case "t":
        readService("tcp", rest)
        break
      case "v": {
        const read = readVersion(rest)
        for (const note of read.notes) notes.add(note)
        if (read.versionText !== null) versions.push({ text: read.versionText, version: parseProtocolVersion(rest) })
        break
      }
      case "p":
        if (/^[1-9][0-9]{0,8}$/.test(rest)) limits.add(Number(rest))
        else notes.add(`bad pruning limit ${quoted(token)}`)
        break
      case undefined:
        notes.add("empty feature")
        break
      default:
        notes.add(`unknown feature ${quoted(token)}`)
    }
  }
  if (new Set(versions.map((version) => version.text)).size > 1) notes.add("several versions")
  if (limits.size > 1) notes.add("several pruning limits")
  const ordered = orderServices(services)
  return {
    versionText: versions.toSorted(preferVersion)[0]?.text ?? null,
    pruning: limits.size === 0 ? null : Math.max(...limits),
    services: ordered.services,
    notes: [...notes].toSorted().concat(ordered.notes)
  }
}

import type { AdvertisedService, Advertisement } from "../domain/advertisement.ts"
import { parseEndpoint } from "../domain/endpoint.ts"
import { parseHost } from "../domain/host.ts"
import { jsonText, maxRawLength, quoted } from "./bounded-text.ts"
import { advertisementOf, type ClaimRules, malformed } from "./claim.ts"
import { type DefaultPorts, orderServices, readPort, readVersion } from "./feature-tokens.ts"
import { parsePeerEntry } from "./peer-entry.ts"
import { parseRealName } from "./real-name.ts"

/** The formats a list of servers comes in. */
export type SeedFormat = "wallet servers.json" | "observatory list" | "peer entries" | "lines"

/** Entries read of one list, and lines looked at; the rest is counted. */
export const maxSeeds = 50_000

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Lists write ports as texts (Electrum's wallet) or numbers; null, `-` and a missing key mean none. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "" || value === "-"

const fromRecord = (
  raw: string,
  host: string,
  record: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<"tcp" | "tls", string>>,
  rules: ClaimRules
): Advertisement => {
  const services: Array<AdvertisedService> = []
  const notes: Array<string> = []
  for (const transport of ["tcp", "tls"] as const) {
    const value = record[keys[transport]]
    if (isAbsent(value)) continue
    const port = typeof value === "string" || typeof value === "number" ? readPort(String(value)) : undefined
    if (port === undefined) notes.push(`bad port ${quoted(`${keys[transport]} ${jsonText(value)}`)}`)
    else services.push({ transport, port })
  }
  const version = record["version"]
  const read = typeof version === "string" ? readVersion(version) : { versionText: null, notes: [] }
  const limit = record["pruning"]
  const limitText = typeof limit === "string" || typeof limit === "number" ? String(limit) : ""
  return advertisementOf({
    raw,
    host,
    address: null,
    versionText: read.versionText,
    pruning: /^[1-9][0-9]{0,8}$/.test(limitText) ? Number(limitText) : null,
    services: orderServices(services).services,
    notes: [...notes, ...read.notes]
  }, rules)
}

const fromWallet = (host: string, value: unknown, rules: ClaimRules): Advertisement => {
  const raw = jsonText({ [host]: value })
  if (!isRecord(value)) return malformed(raw, "wrong types")
  return fromRecord(raw, host, value, { tcp: "t", tls: "s" }, rules)
}

const fromOurs = (value: unknown, rules: ClaimRules): Advertisement => {
  const raw = jsonText(value)
  if (!isRecord(value) || typeof value["host"] !== "string") return malformed(raw, "wrong types")
  return fromRecord(raw, value["host"], value, { tcp: "tcp_port", tls: "tls_port" }, rules)
}

const fromJsonLine = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * Read one line of a list: `host:port:t|s`, a bare `host` (the chain's default
 * TCP and TLS ports), `host:port` where the port is a default one, a legacy
 * real name, or a JSON peer entry. Total.
 */
export const parseSeedLine = (line: string, defaults: DefaultPorts, rules: ClaimRules): Advertisement => {
  const text = line.trim()
  if (text.length > maxRawLength) return malformed(line, "too long")
  if (/\s/.test(text) && !text.startsWith("[")) return parseRealName(text, defaults, rules)
  const claim = { raw: text, address: null, versionText: null, pruning: null, notes: [] }
  const endpoint = parseEndpoint(text, rules)
  if (typeof endpoint === "object") {
    const { port, transport } = endpoint
    return advertisementOf({ ...claim, host: endpoint.host, services: [{ transport, port }] }, rules)
  }
  if (typeof parseHost(text, rules) === "object") {
    const services = [{ transport: "tcp", port: defaults.tcp }, { transport: "tls", port: defaults.tls }] as const
    return advertisementOf({ ...claim, host: text, services }, rules)
  }
  const entry = text.startsWith("[") ? fromJsonLine(text) : undefined
  if (entry !== undefined) return parsePeerEntry(entry, defaults, rules)
  const pair = text.includes("://") ? null : /^(.+?):([^:]*)(?::([a-z]))?$/i.exec(text)
  if (pair === null) return advertisementOf({ ...claim, host: text, services: [] }, rules)
  const port = readPort(pair[2]!)
  if (port === undefined) {
    return advertisementOf({ ...claim, host: pair[1]!, services: [], notes: [`bad port ${quoted(pair[2]!)}`] }, rules)
  }
  const transport = pair[3] !== undefined
    ? undefined
    : port === defaults.tcp
    ? "tcp"
    : port === defaults.tls
    ? "tls"
    : undefined
  const services = transport === undefined ? [] : [{ transport, port } as const]
  const notes = transport === undefined ? ["transport missing, expected HOST:PORT:t or HOST:PORT:s"] : []
  return advertisementOf({ ...claim, host: pair[1]!, services, notes }, rules)
}

/** What a text of seeds held. */
export interface ParsedSeeds {
  readonly format: SeedFormat
  readonly advertisements: ReadonlyArray<Advertisement>
  /** Entries beyond 50,000: counted, not read. */
  readonly dropped: number
}

const parseLines = (text: string, defaults: DefaultPorts, rules: ClaimRules): ParsedSeeds => {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"))
  return {
    format: "lines",
    advertisements: lines.slice(0, maxSeeds).map((line) => parseSeedLine(line, defaults, rules)),
    dropped: Math.max(0, lines.length - maxSeeds)
  }
}

/**
 * Read a list of servers, whatever its format (found from its content):
 * Electrum's `servers.json`, our own lists (`{source, commit, date, servers}`),
 * a recorded `server.peers.subscribe` result, or lines with `#` comments.
 * Undefined when it starts like a JSON object and is none.
 */
export const parseSeedText = (text: string, defaults: DefaultPorts, rules: ClaimRules): ParsedSeeds | undefined => {
  const start = text.trimStart()
  if (!start.startsWith("{") && !start.startsWith("[")) return parseLines(text, defaults, rules)
  const json = fromJsonLine(text)
  if (json === undefined) return start.startsWith("{") ? undefined : parseLines(text, defaults, rules)
  const bounded = <T>(
    format: SeedFormat,
    items: ReadonlyArray<T>,
    read: (item: T) => Advertisement
  ): ParsedSeeds => ({
    format,
    advertisements: items.slice(0, maxSeeds).map(read),
    dropped: Math.max(0, items.length - maxSeeds)
  })
  if (Array.isArray(json)) {
    // One line may be a single peer entry: its first element is a text, a list of entries has lists.
    if (typeof json[0] === "string" && json.length === 3 && Array.isArray(json[2])) {
      return parseLines(text.replaceAll("\n", " "), defaults, rules)
    }
    return bounded<unknown>("peer entries", json, (item) =>
      typeof item === "string" ? parseSeedLine(item, defaults, rules) : parsePeerEntry(item, defaults, rules))
  }
  if (!isRecord(json)) return undefined
  const servers = json["servers"]
  return Array.isArray(servers)
    ? bounded<unknown>("observatory list", servers, (item) => fromOurs(item, rules))
    : bounded("wallet servers.json", Object.entries(json), ([host, value]) => fromWallet(host, value, rules))
}

import type { AdvertisedService, Advertisement } from "../../domain/advertisement.ts"
import { parseHost } from "../../domain/host.ts"
import { cut, maxRawLength } from "../bounded-text.ts"
import { advertisementOf, type ClaimRules } from "../claim.ts"
import { type DefaultPorts, orderServices, readPort, readVersion } from "../feature-tokens.ts"
import { maxSeeds, type ParsedSeeds } from "../seed-grammar.ts"
import { type TableRow, tableRows } from "./page-table.ts"

/** What a column holds, by its heading. */
type Role = "host" | "port" | "tcp" | "tls" | "transport" | "version"

const headings: ReadonlyArray<readonly [Role, RegExp]> = [
  ["tls", /^(?:(?:ssl|tls|s)(?: ?ports?)?|ports? ?\(?(?:ssl|tls)\)?)$/i],
  ["tcp", /^(?:(?:tcp|t|plain)(?: ?ports?)?|ports? ?\(?tcp\)?)$/i],
  ["port", /^ports?$/i],
  ["host", /^(?:host|server|node|address|domain|name)(?: ?(?:name|address))?$/i],
  ["transport", /^(?:s\/t|t\/s|proto|protocol|transport|type|connection)$/i],
  ["version", /^(?:protocol|electrum protocol|proto\.?) version$/i]
]

const rolesOf = (row: TableRow): ReadonlyArray<Role | null> | null => {
  const roles = row.cells.map((text) => headings.find(([, is]) => is.test(text))?.[0] ?? null)
  return roles.includes("host") && roles.some((role) => role !== null && role !== "host") ? roles : null
}

/** A host as pages write it: bare, with a port, with a port and `s` or `t`. */
const hostAndPort = (text: string): { readonly host: string; readonly port: string; readonly letter: string } | null => {
  const match = /^\[?([^\s[\]/@]+?)\]?(?::([0-9]{1,5})(?::([st]))?)?$/i.exec(text)
  if (match === null) return null
  const host = match[1]!
  // An IPv6 address without brackets carries no port.
  const whole = text.replace(/^\[|\]$/g, "")
  if (/:.*:/.test(whole) && typeof parseHost(whole) === "object") return { host: whole, port: "", letter: "" }
  return { host, port: match[2] ?? "", letter: (match[3] ?? "").toLowerCase() }
}

const transportOf = (text: string): AdvertisedService["transport"] | undefined =>
  /^(?:s|ssl|tls|tcp[-/ +]?(?:ssl|tls)|(?:ssl|tls)[-/ +]?tcp)$/i.test(text.trim()) ? "tls" : /^(?:t|tcp|plain)$/i.test(text.trim()) ? "tcp" : undefined

const byPort = (port: number, defaults: DefaultPorts): AdvertisedService["transport"] | undefined =>
  port === defaults.tls ? "tls" : port === defaults.tcp ? "tcp" : undefined

interface Reading {
  readonly services: Array<AdvertisedService>
  readonly notes: Array<string>
}

/** Ports of a cell: `50002`, `s50002 t50001`, `50001, 50002`, `50002 (ssl)`. */
const readPorts = (text: string, usual: AdvertisedService["transport"] | undefined, defaults: DefaultPorts, into: Reading): void => {
  for (const [, letter, digits, word] of text.matchAll(/(?:^|[\s,;/])([st])?([0-9]{1,6})(?: ?\(?(ssl|tls|tcp)\)?)?(?=$|[\s,;/])/gi)) {
    const port = readPort(digits!)
    const transport = transportOf(letter ?? word ?? "") ?? usual ?? (port === undefined ? undefined : byPort(port, defaults))
    if (port === undefined) into.notes.push(`bad port "${digits}"`)
    else if (transport === undefined) into.notes.push(`transport of port ${port} is not said`)
    else into.services.push({ port, transport })
  }
}

const serverOf = (row: TableRow, roles: ReadonlyArray<Role | null>, defaults: DefaultPorts, rules: ClaimRules): Advertisement | null => {
  const cellOf = (role: Role): string => row.cells[roles.indexOf(role)] ?? ""
  const named = hostAndPort(cellOf("host"))
  const written = named?.host ?? cellOf("host")
  const reading: Reading = { services: [], notes: [] }
  const usual = transportOf(cellOf("transport"))
  if (named !== null) readPorts(named.port, transportOf(named.letter) ?? usual, defaults, reading)
  readPorts(cellOf("port"), usual, defaults, reading)
  readPorts(cellOf("tls"), "tls", defaults, reading)
  readPorts(cellOf("tcp"), "tcp", defaults, reading)
  // Sums, remarks and empty lines stand in tables too.
  if (written === "" || (reading.services.length === 0 && typeof parseHost(written, { localNames: true }) === "string")) return null
  const version = readVersion(cellOf("version"))
  return advertisementOf({
    raw: cut(row.cells.join(" | "), maxRawLength),
    host: written,
    address: null,
    versionText: cellOf("version") === "" ? null : version.versionText,
    pruning: null,
    services: orderServices(reading.services).services,
    notes: reading.notes
  }, rules)
}

/**
 * The servers in the tables of a monitoring page. A table counts where its
 * headings name a column of hosts and one of ports; rows of others, and rows
 * without anything like a host, are passed over. What a page says of heights,
 * uptimes and banners is its own opinion and not read.
 */
export const parsePage = (html: string, defaults: DefaultPorts, rules: ClaimRules): Omit<ParsedSeeds, "format"> => {
  const { dropped, rows } = tableRows(html, maxSeeds)
  const advertisements: Array<Advertisement> = []
  let roles: ReadonlyArray<Role | null> | null = null
  for (const row of rows) {
    const heading = rolesOf(row)
    if (heading !== null || row.heading) {
      roles = heading
      continue
    }
    const found = roles === null ? null : serverOf(row, roles, defaults, rules)
    if (found !== null) advertisements.push(found)
  }
  return { advertisements, dropped }
}

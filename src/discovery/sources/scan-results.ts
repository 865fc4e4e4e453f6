import { Schema } from "effect"
import { ipVersion } from "../../domain/address.ts"
import type { AdvertisedService, Advertisement } from "../../domain/advertisement.ts"
import { cut, maxRawLength } from "../bounded-text.ts"
import { advertisementOf, type ClaimRules, malformed } from "../claim.ts"
import type { DefaultPorts } from "../feature-tokens.ts"
import { maxSeeds, type ParsedSeeds } from "../seed-grammar.ts"

const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65535 }))

/** What scanners write, one object a line: masscan (`-oD`, and the lines of `-oJ`), zmap (`saddr`, `sport`), or plainly ip and port. */
const ScanLine = Schema.Struct({
  ip: Schema.optionalKey(Schema.String),
  saddr: Schema.optionalKey(Schema.String),
  port: Schema.optionalKey(Port),
  sport: Schema.optionalKey(Port),
  proto: Schema.optionalKey(Schema.String),
  success: Schema.optionalKey(Schema.Union([Schema.Boolean, Schema.Int])),
  data: Schema.optionalKey(Schema.Struct({ status: Schema.optionalKey(Schema.String) })),
  ports: Schema.optionalKey(Schema.Array(Schema.Struct({
    port: Port,
    proto: Schema.optionalKey(Schema.String),
    status: Schema.optionalKey(Schema.String)
  })))
})

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ScanLine))

interface OpenPort {
  readonly port: number
  readonly proto?: string | undefined
  readonly status?: string | undefined
}

const isOpen = ({ proto, status }: OpenPort): boolean => (proto ?? "tcp") === "tcp" && (status ?? "open") === "open"

/** An open port says nothing of what speaks there: the usual ones have their transport, elsewhere both are tried, TLS first. */
const servicesAt = (port: number, defaults: DefaultPorts): ReadonlyArray<AdvertisedService> =>
  port === defaults.tcp
    ? [{ port, transport: "tcp" }]
    : port === defaults.tls
    ? [{ port, transport: "tls" }]
    : [{ port, transport: "tcp" }, { port, transport: "tls" }]

const readLine = (line: string, defaults: DefaultPorts, rules: ClaimRules): Advertisement | null => {
  const found = decode(line)
  if (found._tag === "None") return malformed(line, "wrong types", ["no JSON object with ip and port"])
  const { data, ip, port, ports, proto, saddr, sport, success } = found.value
  const address = ip ?? saddr
  const single = port ?? sport
  const all: ReadonlyArray<OpenPort> = ports ?? (single === undefined ? [] : [{ port: single, proto, status: data?.status }])
  if (address === undefined || ipVersion(address) === undefined) return malformed(line, "bad address", ["no address"])
  const open = all.filter(isOpen)
  // A closed port, or one that answered nothing, is no announcement.
  if (all.length > 0 && (open.length === 0 || success === false || success === 0)) return null
  return advertisementOf({
    raw: cut(line, maxRawLength),
    host: address,
    address: null,
    versionText: null,
    pruning: null,
    services: open.flatMap(({ port }) => servicesAt(port, defaults)),
    notes: []
  }, rules)
}

/**
 * Read results of a scan: JSON lines, as masscan and zmap write them; lines that
 * are only brackets, commas or masscan's end mark are passed over.
 */
export const parseScan = (text: string, defaults: DefaultPorts, rules: ClaimRules): Omit<ParsedSeeds, "format"> => {
  const advertisements: Array<Advertisement> = []
  let dropped = 0
  for (const raw of text.split("\n")) {
    const line = raw.trim().replace(/^\[(?=\{)/, "").replace(/(?<=\}),?\]?$/, "")
    if (/^[[\],]*$/.test(line) || line.startsWith("#") || /^\{ *"?finished"?:/.test(line)) continue
    const found = readLine(line, defaults, rules)
    if (found === null) continue
    if (advertisements.length < maxSeeds) advertisements.push(found)
    else dropped++
  }
  return { advertisements, dropped }
}

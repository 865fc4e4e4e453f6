import type { AdvertisedService, Advertisement } from "../domain/advertisement.ts"
import type { Transport } from "../domain/endpoint.ts"
import type { FeaturesFacts } from "../domain/visit.ts"
import { maxRawLength, quoted } from "./bounded-text.ts"
import { advertisementOf, type ClaimRules, malformed, strangersRules } from "./claim.ts"
import { type DefaultPorts, orderServices, readPort } from "./feature-tokens.ts"

/** Hosts, and services, kept of one features reply. Fulcrum refuses peers with more than 4 hosts. */
const maxHosts = 64

const transports: Readonly<Record<string, Transport>> = { tcp: "tcp", ssl: "tls", tls: "tls", ws: "ws", wss: "wss" }

type FeaturesHost = FeaturesFacts["hosts"][number]

const hostAdvertisement = (entry: FeaturesHost, rules: ClaimRules): Advertisement => {
  const ports: ReadonlyArray<readonly [Transport, string, number | null]> = [
    ["tcp", "tcp_port", entry.tcpPort],
    ["tls", "ssl_port", entry.tlsPort],
    ["ws", "ws_port", entry.wsPort],
    ["wss", "wss_port", entry.wssPort]
  ]
  const given = ports.filter(([, , port]) => port !== null)
  // Not as an object with the host for its key: V8 would keep a class of objects for each host.
  const raw = `{${JSON.stringify(entry.host)}:${JSON.stringify(Object.fromEntries(given.map(([, key, port]) => [key, port])))}}`
  const services: Array<AdvertisedService> = []
  const notes: Array<string> = []
  for (const [transport, key, port] of given) {
    if (readPort(String(port)) === port) services.push({ transport, port })
    else notes.push(`bad port ${quoted(`${key} ${port}`)}`)
  }
  return advertisementOf({
    raw,
    host: entry.host,
    address: null,
    versionText: null,
    pruning: null,
    ...orderServices(services),
    notes
  }, rules)
}

/**
 * Read one service string, `proto://host[:port]`, with proto one of tcp, ssl,
 * ws, wss; IPv6 hosts in brackets, without a port the default of the chain.
 */
export const parseServiceText = (
  text: string,
  defaults: DefaultPorts,
  rules: ClaimRules = strangersRules
): Advertisement => {
  if (text.length > maxRawLength) return malformed(text, "too long")
  const match = /^([a-z]+):\/\/(\[[^\]]*\]|[^:/]*)(?::([^:/]*))?\/?$/i.exec(text)
  if (match === null) return malformed(text, "bad host", [`expected PROTOCOL://HOST:PORT, got ${quoted(text)}`])
  const transport = transports[match[1]!.toLowerCase()]
  const port = transport === undefined
    ? undefined
    : match[3] === undefined
    ? defaults[transport]
    : readPort(match[3])
  const notes = transport === undefined
    ? [`unknown protocol ${quoted(match[1]!)}`]
    : port === undefined
    ? [`bad port ${quoted(match[3]!)}`]
    : []
  return advertisementOf({
    raw: text,
    host: match[2]!,
    address: null,
    versionText: null,
    pruning: null,
    services: transport === undefined || port === undefined ? [] : [{ transport, port }],
    notes
  }, rules)
}

/**
 * What a server says of itself, and perhaps of others, in `server.features`:
 * one advertisement per entry of `hosts` and per text of `services`, at most 64
 * of each; `dropped` counts the rest. To be stored with source kind `features`.
 */
export const advertisementsOfFeatures = (
  features: Pick<FeaturesFacts, "hosts" | "services">,
  defaults: DefaultPorts,
  options?: { readonly allowPrivate?: boolean; readonly simulated?: boolean }
): { readonly advertisements: ReadonlyArray<Advertisement>; readonly dropped: number } => {
  const rules: ClaimRules = {
    localNames: false,
    allowPrivate: options?.allowPrivate ?? false,
    simulated: options?.simulated ?? false
  }
  const hosts = features.hosts.slice(0, maxHosts).map((entry) => hostAdvertisement(entry, rules))
  const services = features.services.slice(0, maxHosts).map((text) => parseServiceText(text, defaults, rules))
  return {
    advertisements: [...hosts, ...services],
    dropped: features.hosts.length - hosts.length + features.services.length - services.length
  }
}

import type { FeaturesFacts } from "../domain/visit.ts"
import { cutText } from "../electrum/reply-text.ts"

const maxItems = 100
const maxText = 1024

type HostPorts = FeaturesFacts["hosts"][number]

const text = (value: unknown): string | null =>
  typeof value === "string" ? cutText(value, maxText) : typeof value === "number" ? String(value) : null

/** A port as claimed, also out of range; numeric strings count (ElectrumX coerces them). */
const port = (value: unknown): number | null => {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : null
  return typeof value === "string" && /^-?[0-9]{1,9}$/.test(value) ? Number(value) : null
}

const portKeys = new Set(["tcp_port", "ssl_port", "ws_port", "wss_port"])

const hostPorts = (host: string, ports: unknown): HostPorts => {
  const of: Readonly<Record<string, unknown>> = isObject(ports) ? ports : {}
  return {
    host: cutText(host, maxText),
    tcpPort: port(of["tcp_port"]),
    tlsPort: port(of["ssl_port"]),
    wsPort: port(of["ws_port"]),
    wssPort: port(of["wss_port"])
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const hostsOf = (hosts: unknown): ReadonlyArray<HostPorts> => {
  if (Array.isArray(hosts)) {
    return hosts.slice(0, maxItems).filter((host) => typeof host === "string").map((host) => hostPorts(host, null))
  }
  if (!isObject(hosts)) return []
  return Object.entries(hosts)
    // electrs up to 0.11.1 gives `{"tcp_port": 50001}`: a port where a host should be, so no host at all.
    .filter(([key, value]) => !(portKeys.has(key) && !isObject(value)))
    .slice(0, maxItems)
    .map(([host, ports]) => hostPorts(host, ports))
}

/** Read `server.features` in all the forms it comes in (protocol-facts 3.4); what cannot be read is null or absent. */
export const featuresFacts = (features: Readonly<Record<string, unknown>>): FeaturesFacts => ({
  serverVersion: text(features["server_version"]),
  protocolMin: text(features["protocol_min"]),
  protocolMax: text(features["protocol_max"]),
  genesisHash: text(features["genesis_hash"])?.toLowerCase() ?? null,
  hashFunction: text(features["hash_function"]),
  pruning: port(features["pruning"]),
  hosts: hostsOf(features["hosts"]),
  services: Array.isArray(features["services"])
    ? features["services"].slice(0, maxItems).filter((it) => typeof it === "string").map((it) => cutText(it, maxText))
    : []
})

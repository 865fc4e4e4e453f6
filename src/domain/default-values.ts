import { addressScope } from "./address.ts"
import { remembering } from "./remembering.ts"
import type { Transport } from "./endpoint.ts"
import { isOnion } from "./host.ts"
import type { FeaturesFacts } from "./visit.ts"

/**
 * How values that servers show are written to be looked up in the catalogue of
 * defaults (`defaults.ts`). Pure text, the same for the real chains and the
 * simulated ones that stand for them.
 */

/** A simulated chain has the defaults of the chain it stands for. */
const realChain = (chain: string): string => chain.replace(/-sim$/, "")

/** `mainnet tls 50002`: a port proves nothing only on the chain and transport it is the default of. */
export const portText = (chain: string, transport: Transport, port: number): string =>
  `${realChain(chain)} ${transport} ${port}`

/** A visit asks three times about its banner, and many servers have the one that their software ships: so many are remembered. */
const mostBanners = 64

/** What is no part of what a banner says: kinds of line ends, spaces at line ends, empty lines around it. */
export const bannerText = remembering(mostBanners, (banner: string): string => {
  const lines = banner.split(/\r\n|\r|\n/).map((line) => line.trimEnd())
  const first = lines.findIndex((line) => line !== "")
  return first === -1 ? "" : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1).join("\n")
})

const day = 86_400_000

/**
 * Days a certificate is valid, to the nearest whole day (certificate authorities
 * take a second off), as text. Undefined without two readable dates.
 */
export const validityText = (validFrom: string | null, validTo: string | null): string | undefined => {
  const days = Math.round((Date.parse(validTo ?? "") - Date.parse(validFrom ?? "")) / day)
  return Number.isNaN(days) ? undefined : String(days)
}

/**
 * The attributes of a subject or issuer as we store them (`C=US, O=Fulcrum`):
 * `["C=US", "O=Fulcrum"]`. A comma inside a value is escaped there (an odd number
 * of backslashes before it), and stays so.
 */
export const nameAttributes = (name: string): ReadonlyArray<string> =>
  name.split(/, (?<=(?<!\\)(?:\\\\)*, )(?=[A-Za-z0-9.]{1,40}=)/).filter((attribute) => attribute !== "")

const hostKind = (host: string): string => {
  const scope = addressScope(host.replace(/^\[|\]$/g, "").toLowerCase())
  if (scope !== undefined) return scope === "public" ? "address" : "inner address"
  return isOnion(host) ? "onion" : "name"
}

/**
 * The shape of `hosts` in `server.features` without the hosts themselves:
 * `mainnet: name tcp 50001 tls 50002 + onion tcp 50001`. `inner address` is one
 * that nobody outside can reach; a map without hosts is `nothing`.
 */
export const hostsShape = (chain: string, hosts: FeaturesFacts["hosts"]): string => {
  const shapes = hosts.map((host) => [
    hostKind(host.host),
    ...([["tcp", host.tcpPort], ["tls", host.tlsPort], ["ws", host.wsPort], ["wss", host.wssPort]] as const)
      .filter(([, port]) => port !== null)
      .map(([transport, port]) => `${transport} ${port}`)
  ].join(" "))
  return `${realChain(chain)}: ${shapes.toSorted().join(" + ") || "nothing"}`
}

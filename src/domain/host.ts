import { domainToASCII } from "node:url"
import { canonicalAddress, ipVersion } from "./address.ts"

/** How a host is reached: an address literal, an onion service, or a name that has to be resolved. */
export type NetworkClass = "ipv4" | "ipv6" | "onion" | "name"

/** A host in the one spelling we store: lower case, no trailing dot, IDN as punycode, RFC 5952 IPv6 without brackets. */
export interface Host {
  readonly text: string
  readonly networkClass: NetworkClass
}

/** A host as it stands before a port: IPv6 in brackets, which it may have already. */
export const bracketed = (host: string): string => host.includes(":") && !host.startsWith("[") ? `[${host}]` : host

/** Whether a host is an onion service by its name: also one that is as somebody wrote it, and one that nobody can have. */
export const isOnion = (host: string): boolean => host.slice(-6).toLowerCase() === ".onion"

/** Why a text is no host we could dial. */
export type HostProblem =
  | "empty host"
  | "host too long"
  | "bad host characters"
  | "bad IPv4 address"
  | "bad IPv6 address"
  | "dead onion version"
  | "bad onion address"
  | "single-label name"
  | "local-use name"

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/
const onionV3 = /^(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion$/
const onionV2 = /^(?:[a-z0-9-]+\.)*[a-z2-7]{16}\.onion$/
// Special-use names (RFC 6761, 6762, 8375, 9476; `.internal` by ICANN in 2024) that must not leave a machine.
const localUse = /\.(?:local|localhost|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|in-addr\.arpa|ip6\.arpa|invalid|alt)$/

/**
 * Read one host as servers announce it. Names of a single label and local-use
 * names are problems: nobody else can mean the same machine by them; a user may
 * (`localNames`), for a server of their own. `.test` names (RFC 6761) are
 * accepted, simulated networks live there.
 */
export const parseHost = (text: string, options?: { readonly localNames?: boolean }): Host | HostProblem => {
  if (text.length === 0) return "empty host"
  if (text.length > 253 + 2) return "host too long"
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text
  // One colon is a scheme or a port, two are meant as IPv6.
  if (bare.indexOf(":") !== bare.lastIndexOf(":")) {
    const address = canonicalAddress(bare.toLowerCase())
    return address === undefined ? "bad IPv6 address" : { text: address, networkClass: "ipv6" }
  }
  if (ipVersion(bare) === 4) return { text: bare, networkClass: "ipv4" }
  // What looks like a number in any base would reach a resolver as an IPv4 address.
  if (/^[0-9.]+$/.test(bare) || /(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$/i.test(bare)) return "bad IPv4 address"
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused here
  if (/[\u0000-\u0020\u007f/\\@?#%:[\]]/.test(bare)) return "bad host characters"
  const ascii = domainToASCII(bare.replace(/\.$/, "")).toLowerCase()
  if (ascii === "" || ascii.length > 253) return ascii === "" ? "bad host characters" : "host too long"
  if (isOnion(ascii)) {
    if (onionV3.test(ascii)) return { text: ascii, networkClass: "onion" }
    return onionV2.test(ascii) ? "dead onion version" : "bad onion address"
  }
  if (ipVersion(ascii) === 4) return { text: ascii, networkClass: "ipv4" }
  const labels = ascii.split(".")
  if (!labels.every((part) => label.test(part))) return "bad host characters"
  if (options?.localNames === true) return { text: ascii, networkClass: "name" }
  if (labels.length === 1) return "single-label name"
  if (localUse.test(`.${ascii}`)) return "local-use name"
  return { text: ascii, networkClass: "name" }
}

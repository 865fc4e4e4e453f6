import ipaddr from "ipaddr.js"
import { remembering } from "./remembering.ts"

/** Where an IP address can be reached from. Only `public` ones are dialled without `--allow-private`. */
export type AddressScope =
  | "public"
  | "unspecified"
  | "loopback"
  | "private"
  | "link-local"
  | "carrier-grade NAT"
  | "unique local"
  | "multicast"
  | "broadcast"
  | "mapped"
  | "translated"
  | "tunnelled"
  | "documentation"
  | "reserved"

const scopes: Readonly<Record<string, AddressScope>> = {
  unicast: "public",
  unspecified: "unspecified",
  loopback: "loopback",
  private: "private",
  deprecatedSiteLocal: "private",
  linkLocal: "link-local",
  carrierGradeNat: "carrier-grade NAT",
  uniqueLocal: "unique local",
  multicast: "multicast",
  broadcast: "broadcast",
  ipv4Mapped: "mapped",
  rfc6145: "translated",
  rfc6052: "translated",
  "6to4": "tunnelled",
  teredo: "tunnelled"
}

const documentation = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"]
  .map((cidr) => ipaddr.parseCIDR(cidr))

const globalUnicast = ipaddr.parseCIDR("2000::/3")

type Parsed = ipaddr.IPv4 | ipaddr.IPv6

const inside = (address: Parsed, range: [Parsed, number]): boolean =>
  address.kind() === range[0].kind() && (address as ipaddr.IPv4).match(range as [ipaddr.IPv4, number])

/** Each address is looked at a dozen times while it is planned, dialled and joined: so many are remembered. */
const mostRemembered = 5_000

const parseAddress = remembering(mostRemembered, (text): Parsed | undefined => {
  if (!text.includes(":")) return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : undefined
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined
})

/** Nothing longer is an address, with the zone that we do not accept. */
const maxLength = 64

/** IPv4 in four decimal parts only (no octal, hex or short forms), IPv6 without zone. */
const parse = (text: string): Parsed | undefined =>
  // The library throws and catches inside for every text that is none, 9 us a name; most texts are names.
  /^[0-9.]{7,15}$/.test(text) || (text.includes(":") && !text.includes("%") && text.length <= maxLength) ? parseAddress(text) : undefined

/** 4 or 6, or undefined when the text is no IP address in a form we accept. */
export const ipVersion = (text: string): 4 | 6 | undefined => {
  const parsed = parse(text)
  return parsed === undefined ? undefined : parsed.kind() === "ipv4" ? 4 : 6
}

/** The one spelling we store: dotted IPv4, RFC 5952 IPv6. Undefined when it is no address. */
export const canonicalAddress = (text: string): string | undefined => parse(text)?.toString()

/**
 * The IPv6 addresses that a run of digits, colons and dots in a text may stand for, in their one spelling: colons
 * and dots at its ends are of an address or of the sentence, and what follows the last colon may be a port.
 */
export const addressesIn = (run: string): ReadonlyArray<string> => {
  const text = run.replace(/^[.-]+|[.-]+$/g, "")
  return [text, text.replace(/^:|:$/g, ""), text.replace(/:[0-9]+$/, "")]
    .flatMap((spelling) => spelling.includes(":") ? canonicalAddress(spelling) ?? [] : [])
}

const scopeOf = remembering(mostRemembered, (text): AddressScope => {
  const parsed = parse(text)!
  if (documentation.some((range) => inside(parsed, range))) return "documentation"
  // Only 2000::/3 has been given out as global unicast (IANA, IPv6 address space).
  if (parsed.kind() === "ipv6" && parsed.range() === "unicast" && !inside(parsed, globalUnicast)) return "reserved"
  return scopes[parsed.range()] ?? "reserved"
})

/** Scope of an address (IANA special-purpose registries). Undefined when it is no address. */
export const addressScope = (text: string): AddressScope | undefined => parse(text) === undefined ? undefined : scopeOf(text)

/** Addresses nobody owns: reserved for good (RFC 1112) and for documentation (RFC 3849). */
const nobodys = ["240.0.0.0/4", "2001:db8::/32"].map((cidr) => ipaddr.parseCIDR(cidr))

/** Whether servers can be at an address: on simulated chains also where nobody in the world is. */
export const isServerAddress = (text: string, simulated: boolean): boolean => {
  const scope = addressScope(text)
  if (scope === undefined || scope === "public") return scope !== undefined
  return simulated && scope !== "broadcast" && nobodys.some((range) => inside(parse(text)!, range))
}

/** The network block of an address, as CIDR text, e.g. `addressBlock("34.90.1.2", 24, 48)` is "34.90.1.0/24". */
export const addressBlock = (text: string, bits4: number, bits6: number): string | undefined => {
  const parsed = parse(text)
  if (parsed === undefined) return undefined
  return parsed.kind() === "ipv4"
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${bits4}`).toString()}/${bits4}`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits6}`).toString()}/${bits6}`
}

/** A CIDR block decoded once, for matching many addresses; undefined when the text is none. */
export const parseBlock = (cidr: string): ((address: string) => boolean) | undefined => {
  if (!ipaddr.isValidCIDR(cidr)) return undefined
  const range = ipaddr.parseCIDR(cidr)
  return (address) => {
    const parsed = parse(address)
    return parsed !== undefined && inside(parsed, range)
  }
}

import { addressesIn, addressScope, isServerAddress } from "../domain/address.ts"
import { writtenHosts } from "../domain/written-hosts.ts"
import { counted } from "./figure-text.ts"

/**
 * Indicators of suspicion whose details name certificates and keys: not told of
 * onions, which they would join with what shows the same on clearnet.
 */
export const certificateIndicators: ReadonlyArray<string> = ["interception authority", "certificate reuse", "very long validity"]

/** What is known of one host that a crawl met or heard of. */
export interface HostFacts {
  /** Its server; null where it was only announced. */
  readonly serverId: number | null
  readonly host: string
  readonly networkClass: string
  readonly endpoints: number
  readonly endpointsReachable: number
  /** A public list or another server announced it. What its own server or the user said does not count. */
  readonly announced: boolean
  /** Addresses at which it was dialled or announced. */
  readonly addresses: ReadonlyArray<string>
  /** It is of its server because each claims the other in `server.features`, or others are of it for that reason. */
  readonly joinedByClaims: boolean
}

/** What decides what a public output leaves out. */
export interface WithholdingFacts {
  readonly simulated: boolean
  readonly hosts: ReadonlyArray<HostFacts>
  /** Hosts that servers claim for themselves in `server.features`. */
  readonly claims: ReadonlyArray<{ readonly serverId: number; readonly host: string }>
  /** SHA-256 of certificates that onions showed, and clearnet endpoints too, or another with the same key. */
  readonly joiningCertificates: ReadonlySet<string>
  /** Whether the operator of a host, or of one of its addresses, asked to be left out. */
  readonly hasOptedOut: HasOptedOut
}

/** Whether somebody asked that a host, or an address it has, be left out. */
export type HasOptedOut = (host: string, addresses: ReadonlyArray<string>) => boolean

/** What public outputs leave out of one crawl. */
export interface Withholding {
  readonly simulated: boolean
  /** Servers that are not shown at all: nobody announced them publicly, or their operators asked to be left out. */
  readonly servers: ReadonlySet<number>
  /** Hosts and addresses that are written nowhere. */
  readonly hosts: ReadonlySet<string>
  /** Hosts that may be written: those of servers that are shown, and those that were only announced. */
  readonly open: ReadonlySet<string>
  /** Hosts of each server that is shown, with their facts. */
  readonly shown: ReadonlyMap<number, ReadonlyArray<HostFacts>>
  /** Those of `servers` whose operators asked to be left out. */
  readonly optedOut: ReadonlySet<number>
  /** Whether a server is shown with onions only. */
  readonly isOnion: (serverId: number) => boolean
  /** SHA-256 of certificates that are not told of servers shown with onions only: whoever shows them on clearnet too is joined by them. */
  readonly joiningCertificates: ReadonlySet<string>
  /** Whether a join of two servers may be shown: not where it leads from an onion to clearnet and only we say so. */
  readonly mayJoin: (a: number, b: number) => boolean
  readonly counts: WithheldCounts
}

/** How much is left out, so that it can be stated. */
export interface WithheldCounts {
  /** Servers that nobody announced publicly. */
  readonly servers: number
  /** Private and bind addresses that were announced, and hosts seen only in a server's own `server.features`. */
  readonly leakedHosts: number
  /** Onion hosts that are not shown with the clearnet hosts of their server. */
  readonly onionJoins: number
  /** Servers whose operators asked to be left out. */
  readonly optedOutServers: number
}

/** Addresses that a server gives away by what it is bound to: its own network's, or nobody's. */
const isBindAddress = (host: string, simulated: boolean): boolean =>
  addressScope(host) !== undefined && !isServerAddress(host, simulated)

/** Onion hosts of a server with clearnet hosts, where no claims tie the two. */
const unpublishedOnions = (hosts: ReadonlyArray<HostFacts>): ReadonlyArray<HostFacts> => {
  const onions = hosts.filter(({ networkClass }) => networkClass === "onion")
  return onions.length === hosts.length ? [] : onions.filter(({ joinedByClaims }) => !joinedByClaims)
}

/** All hosts of those who asked to be left out, and their addresses unless somebody else has them too. */
const namesOf = (asked: ReadonlySet<HostFacts>, servers: ReadonlySet<number>, hosts: ReadonlyArray<HostFacts>): ReadonlySet<string> => {
  const left = new Set([...asked, ...hosts.filter(({ serverId }) => serverId !== null && servers.has(serverId))])
  const others = new Set(hosts.flatMap((host) => left.has(host) ? [] : [host.host, ...host.addresses]))
  const names = [...left].flatMap(({ addresses, host }) => [host, ...addresses.filter((address) => !others.has(address))])
  return new Set(names.map((name) => name.toLowerCase()))
}

/**
 * Addresses that only hosts have which are not shown: a name or a bind address that
 * a server gives away leads to the machine behind its onion, too.
 */
const addressesOnlyOfHidden = (
  hosts: ReadonlyArray<HostFacts>,
  shown: Withholding["shown"],
  asked: ReadonlySet<HostFacts>
): ReadonlyArray<string> => {
  const seen = new Set([...shown.values()].flat())
  const isSeen = (host: HostFacts): boolean => seen.has(host) || (host.serverId === null && host.announced && !asked.has(host))
  const open = new Set(hosts.flatMap((host) => isSeen(host) ? [host.host, ...host.addresses] : []))
  return hosts.flatMap((host) => isSeen(host) ? [] : host.addresses.filter((address) => !open.has(address)))
}

/** What a public output of a crawl leaves out. */
export const withholdingOf = ({ claims, hasOptedOut, hosts, joiningCertificates, simulated }: WithholdingFacts): Withholding => {
  const isPublic = ({ announced, host }: HostFacts): boolean => announced && !isBindAddress(host, simulated)
  const shown = new Map<number, ReadonlyArray<HostFacts>>()
  const servers = new Set<number>()
  const withheld = new Set(hosts.filter((host) => !isPublic(host)).map(({ host }) => host))
  const asked = new Set(hosts.filter(({ addresses, host }) => hasOptedOut(host, addresses)))
  const optedOut = new Set([...asked].flatMap(({ serverId }) => serverId ?? []))
  for (const text of namesOf(asked, optedOut, hosts)) withheld.add(text)
  let onionJoins = 0
  for (const [serverId, own] of Map.groupBy(hosts, (host) => host.serverId)) {
    if (serverId === null) continue
    if (optedOut.has(serverId)) {
      servers.add(serverId)
      continue
    }
    const visible = own.filter(isPublic)
    const hidden = unpublishedOnions(visible)
    onionJoins += hidden.length
    for (const { host } of hidden) withheld.add(host)
    const left = visible.filter((host) => !hidden.includes(host))
    if (left.length === 0) servers.add(serverId)
    else shown.set(serverId, left)
  }
  for (const address of addressesOnlyOfHidden(hosts, shown, asked)) withheld.add(address)
  const claimedBy = Map.groupBy(claims, ({ serverId }) => serverId)
  const claimsOf = new Map([...claimedBy].map(([serverId, some]) => [serverId, new Set(some.map(({ host }) => host))]))
  const isOnion = (serverId: number): boolean => (shown.get(serverId) ?? []).every(({ networkClass }) => networkClass === "onion")
  const claimsAny = (serverId: number, other: number): boolean =>
    (shown.get(other) ?? []).some(({ host }) => claimsOf.get(serverId)?.has(host) === true)
  const ofServers = hosts.filter((host) => !asked.has(host) && (host.serverId === null || shown.has(host.serverId)))
  return {
    simulated,
    servers,
    hosts: withheld,
    open: new Set(ofServers.flatMap(({ host }) => withheld.has(host) ? [] : [host])),
    shown,
    optedOut,
    isOnion,
    joiningCertificates,
    mayJoin: (a, b) => isOnion(a) === isOnion(b) || (claimsAny(a, b) && claimsAny(b, a)),
    counts: {
      servers: servers.size - optedOut.size,
      leakedHosts: new Set(ofServers.filter((host) => !isPublic(host)).map(({ host }) => host)).size,
      onionJoins,
      optedOutServers: optedOut.size
    }
  }
}

/** What stands where something is left out. */
export const withheldText = "(withheld)"

/** Scopes of addresses that say something about the network behind a server. */
const telling = new Set(["unspecified", "loopback", "private", "link-local", "carrier-grade NAT", "unique local", "mapped"])

/** One character of a label in any script, or JSON's escape for one. */
const letter = String.raw`(?:[\p{L}\p{M}\p{N}_-]|\\u[0-9a-f]{4})`

/**
 * Runs of what hosts and addresses are written with. A run is looked at from its beginning only:
 * from each of its characters a text of 256 kB without a full stop would take minutes.
 */
const hostLike = new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}_-]|\\(?=u[0-9a-f]{4}))${letter}+(?:[.\u3002\uff0e\uff61]${letter}+)+|(?:(?<![0-9a-f])[0-9a-f]+)?:[0-9a-f:]*(?:\.\d+)*`, "giu")

const isTelling = (token: string): boolean => telling.has(addressScope(token) ?? "")

/** An IPv4 address with letters against it, as in `ip192.168.0.7`. */
const innerAddress = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g

/** What a run of letters may name: itself, it without the letter of a JSON escape in front (`\\n10.0.0.7`), addresses in it. */
const readingsOf = (token: string, isEscaped: boolean): ReadonlyArray<string> =>
  [token, ...(isEscaped ? [token.slice(1), token.slice(5)] : []), ...token.match(innerAddress) ?? [], ...addressesIn(token), ...writtenHosts(token)]

/** A text without withheld hosts and without addresses of private networks. */
export const scrubbedText = (text: string, hosts: ReadonlySet<string>): string =>
  text.replaceAll(hostLike, (token, at: number) => {
    const readings = readingsOf(token.toLowerCase(), text[at - 1] === "\\")
    return readings.some((known) => hosts.has(known) || isTelling(known)) ? withheldText : token
  })

/** The same value with all its texts scrubbed, keys and numbers untouched. */
export const scrubbed = <A>(value: A, hosts: ReadonlySet<string>): A => {
  if (typeof value === "string") return scrubbedText(value, hosts) as A
  if (Array.isArray(value)) return value.map((item: unknown) => scrubbed(item, hosts)) as A
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrubbed(item as unknown, hosts)])) as A
}

/** The texts of a JSON document scrubbed, those of keys too. */
export const scrubbedJson = (json: string, hosts: ReadonlySet<string>): string =>
  JSON.stringify(JSON.parse(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [scrubbedText(key, hosts), item]))
      : typeof value === "string" ? scrubbedText(value, hosts) : value))

const any = (count: number, one: string, many: string): ReadonlyArray<string> => count === 0 ? [] : [counted(count, one, many)]

/** What is left out, in a sentence; null where nothing is. */
export const withheldSentence = (counts: WithheldCounts, cities: number): string | null => {
  const parts = [
    ...any(counts.servers, "server that nobody announces publicly", "servers that nobody announces publicly"),
    ...any(counts.leakedHosts, "host or address that only its own server or nobody public names", "hosts and addresses that only their own servers or nobody public name"),
    ...any(cities, "city of a server whose address is in no known datacentre", "cities of servers whose addresses are in no known datacentre"),
    ...any(counts.onionJoins, "onion whose operator did not publish what it belongs to", "onions whose operators did not publish what they belong to"),
    ...any(counts.optedOutServers, "server whose operator asked to be left out", "servers whose operators asked to be left out")
  ]
  return parts.length === 0 ? null : `Withheld here: ${parts.join("; ")}.`
}

import { ipVersion } from "../../domain/address.ts"
import { isOnion, parseHost } from "../../domain/host.ts"
import type { DomainReader } from "./registrable-domain.ts"
import type { PresentedCertificate, ServerTraits } from "./server-traits.ts"

/** What a server says of itself. */
type Saying = {
  readonly claimedHosts: ReadonlyArray<Pick<ServerTraits["claimedHosts"][number], "host">>
  readonly certificates: ReadonlyArray<Pick<PresentedCertificate, "isDefault" | "names">>
}

/** Does a name of a certificate stand for a host? A wildcard stands for one label, and never for all names of a registry. */
export const nameCovers = (name: string, host: string): boolean =>
  name === host || name.startsWith("*.") && name.slice(2) === host.slice(host.indexOf(".") + 1) && name.slice(2).includes(".")

/**
 * The server itself says that it goes by this host: in its certificate or in its
 * features. A name by which it was met says nothing about it without that, since
 * whoever holds a name can point it at a stranger's server.
 */
export const ownsUpTo = (server: Saying, host: string): boolean =>
  server.claimedHosts.some((it) => it.host === host) ||
  server.certificates.some((it) => !it.isDefault && it.names.some((name) => nameCovers(name, host)))

/** Hosts by which it was met and that it owns up to. */
export const ownHosts = (server: Saying & Pick<ServerTraits, "hosts">): ReadonlyArray<string> =>
  server.hosts.filter((host) => ownsUpTo(server, host))

/** Names that others can resolve, of certificates and features. */
const namesSaid = (server: Saying): ReadonlyArray<string> => [
  ...server.claimedHosts.map(({ host }) => host),
  ...server.certificates.flatMap((it) => it.isDefault ? [] : it.names).map((name) => name.replace(/^\*\./, ""))
].filter((name) => {
  const host = parseHost(name)
  return typeof host === "object" && host.networkClass === "name"
})

/**
 * Hosts by which it was met and that nothing speaks against: beside those that it
 * owns up to, those in a domain in which it says that it is. Of a server that
 * says no name, as many do, the names are taken for its own where all are in one
 * domain; else nobody can tell which somebody else pointed at it.
 */
export const likelyHosts = (server: Saying & Pick<ServerTraits, "hosts">, domainOf: DomainReader): ReadonlyArray<string> => {
  const domains = (hosts: ReadonlyArray<string>) => new Set(hosts.flatMap((host) => domainOf(host)?.domain ?? []))
  const said = domains(namesSaid(server))
  const met = domains(server.hosts)
  const taken = said.size === 0 && met.size === 1 ? met : said
  return server.hosts.filter((host) => ownsUpTo(server, host) || taken.has(domainOf(host)?.domain ?? ""))
}

/** May what this name resolves to be taken for the server's addresses? Of several names those it owns up to. */
export const isResolvedForIt = (server: Saying & Pick<ServerTraits, "hosts">, host: string): boolean =>
  ownsUpTo(server, host) || server.hosts.every((it) => it === host || isOnion(it) || ipVersion(it) !== undefined)

import { nameCovers } from "../traits/own-hosts.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"

/**
 * Hosts at which a server was met and that a certificate names. Addresses of its
 * names are none: whoever holds a name can have it resolve to a stranger's.
 */
export const namedHosts = (certificate: PresentedCertificate, server: ServerTraits): ReadonlyArray<string> =>
  server.hosts.filter((host) => certificate.names.some((name) => nameCovers(name, host))).toSorted()

/**
 * Is this the server's own certificate? Without a name in the handshake a proxy
 * shows its own to everybody, unless it names the server.
 */
export const isOwn = (certificate: PresentedCertificate, server: ServerTraits): boolean =>
  !certificate.isDefault && (certificate.sni !== null || namedHosts(certificate, server).length > 0)

/** Whose hosts certificates of one key name. */
export type Naming =
  | "both"
  | "one"
  | "none"
  /** One of both, or both, by a wildcard alone: whoever holds the domain has such a one for all below it, customers too. */
  | "wildcard"

/** @param ofA certificates with the key that `a` presented, as `ofB` by `b` */
export const namingOf = (
  a: ServerTraits,
  ofA: ReadonlyArray<PresentedCertificate>,
  b: ServerTraits,
  ofB: ReadonlyArray<PresentedCertificate>
): Naming => {
  const all = [...ofA, ...ofB]
  const [toA, toB] = [a, b].map((server) => {
    if (all.some((it) => it.names.some((name) => server.hosts.includes(name)))) return "by name"
    return all.some((it) => namedHosts(it, server).length > 0) ? "by wildcard" : "not at all"
  })
  if (toA === "by wildcard" || toB === "by wildcard") return "wildcard"
  return toA !== toB ? "one" : toA === "by name" ? "both" : "none"
}

/**
 * Certificates of one key name hosts of the one and none of the other's, and the
 * other never said under them that it goes by a host of its own; or they name
 * none, and not both said so. Who passes bytes on to a server shows its
 * certificate without having its key, and what it says.
 *
 * @param ofA certificates with the key that `a` presented, as `ofB` by `b`
 */
export const isPassedOn = (
  a: ServerTraits,
  ofA: ReadonlyArray<PresentedCertificate>,
  b: ServerTraits,
  ofB: ReadonlyArray<PresentedCertificate>
): boolean => {
  const all = [...ofA, ...ofB]
  const isNamed = (server: ServerTraits) => all.some((it) => namedHosts(it, server).length > 0)
  const speaksForItself = (server: ServerTraits, of: ReadonlyArray<PresentedCertificate>) =>
    of.some(({ claimed }) => claimed.some((host) => server.hosts.includes(host)))
  const [namesA, namesB] = [isNamed(a), isNamed(b)]
  return !(namesA || speaksForItself(a, ofA)) || !(namesB || speaksForItself(b, ofB))
}

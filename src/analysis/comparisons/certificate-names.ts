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

/**
 * Certificates of one key name hosts of the one and none of the other's, and the
 * other never said under them that it goes by a host of its own. Who passes bytes
 * on to a server shows its certificate without having its key, and what it says.
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
  return namesA !== namesB && !(namesA ? speaksForItself(b, ofB) : speaksForItself(a, ofA))
}

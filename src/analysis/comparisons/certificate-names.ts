import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"

/** Does a name of a certificate stand for a host? A wildcard stands for one label, and never for all names of a registry. */
export const nameCovers = (name: string, host: string): boolean =>
  name === host || name.startsWith("*.") && name.slice(2) === host.slice(host.indexOf(".") + 1) && name.slice(2).includes(".")

/** Hosts of a server, or addresses of it, that a certificate names. */
export const namedHosts = (certificate: PresentedCertificate, server: ServerTraits): ReadonlyArray<string> =>
  [...new Set([...server.hosts, ...server.addresses.map(({ address }) => address)])]
    .filter((host) => certificate.names.some((name) => nameCovers(name, host)))
    .toSorted()

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

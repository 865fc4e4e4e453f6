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

/** A name of the certificate that stands for a host of the one server and for none of the other's. */
export const namesOneOnly = (
  certificates: ReadonlyArray<PresentedCertificate>,
  a: ServerTraits,
  b: ServerTraits
): boolean => {
  const [ofA, ofB] = [a, b].map((server) => certificates.some((it) => namedHosts(it, server).length > 0))
  return ofA !== ofB
}

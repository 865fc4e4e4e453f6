import { isOnion } from "../../domain/host.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { distinct, shared } from "./agreement.ts"
import { namedHosts } from "./certificate-names.ts"
import type { Comparison } from "./comparison.ts"
import { nonDefaultKeys } from "./presented.ts"

/** Certificates that the onion shows and that name clearnet hosts of the other, which has their key too. */
const borrowed = (onion: ServerTraits, other: ServerTraits): ReadonlyArray<PresentedCertificate> => {
  const keys = new Set(nonDefaultKeys(other))
  return onion.certificates.filter((it) =>
    isOnion(it.host) && !it.isDefault && keys.has(it.spkiSha256) && namedHosts(it, other).some((host) => !isOnion(host)))
}

/** The clearnet server names the onion in its features. */
const claimsOnion = (server: ServerTraits, onion: string): boolean => server.claimedHosts.some(({ host }) => host === onion)

/**
 * An onion shows the certificate of a clearnet server. Anybody can set up an
 * onion that passes everything on to somebody's server, so the clearnet server
 * has to name the onion itself.
 */
export const onionCertificate: Comparison = {
  name: "clearnet certificate on an onion",
  definition: "The one's onion presents a certificate with the other's key and clearnet name, and the other names that onion in its features.",
  question: "same operator",
  forgeability: "two-sided",
  bundle: "key",
  levels: [{ name: "presented by the onion, which the other names", m: 0.1, u: 2e-6, measured: false }],
  innocent: ["a public onion in front of somebody's server, with consent"],
  keys: nonDefaultKeys,
  compare: (a, b) => {
    if (shared(nonDefaultKeys(a), nonDefaultKeys(b)).length === 0) return undefined
    const found = [[a, b], [b, a]]
      .flatMap(([onion, other]) => borrowed(onion!, other!).filter((it) => claimsOnion(other!, it.host)))
      .toSorted((x, y) => x.spkiSha256 < y.spkiSha256 ? -1 : x.spkiSha256 > y.spkiSha256 ? 1 : x.host < y.host ? -1 : 1)
    const [certificate] = found
    if (certificate === undefined) return undefined
    return {
      level: 0,
      value: certificate.spkiSha256,
      detail: () => ({ onion: certificate.host, spki_sha256: certificate.spkiSha256, names: distinct(certificate.names).slice(0, 20) })
    }
  }
}

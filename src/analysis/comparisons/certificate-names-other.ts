import { ownHosts } from "../traits/own-hosts.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { distinct, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/**
 * Names by which a certificate can name a server: of hosts that it owns up to,
 * since an authority vouches for any name that its holder pointed at a stranger.
 * A wildcard names nobody: it stands for all below a domain, customers too, and
 * two fronts of one hoster show two of them.
 */
const namesFor = once((server): ReadonlyArray<string> => distinct(ownHosts(server)))

const statedOf = once((server) => distinct(server.certificates.filter((it) => !it.isDefault).flatMap((it) => it.names)))

/** Hosts of the other that certificates of the one name, those left out that both presented: they are one piece of evidence. */
const named = (by: ServerTraits, other: ServerTraits, counts: (certificate: PresentedCertificate) => boolean) => {
  const sought = namesFor(other)
  return by.certificates
    .filter((it) => !it.isDefault && counts(it) && !other.certificates.some(({ sha256 }) => sha256 === it.sha256))
    .flatMap((it) => shared(sought, it.names))
}

/**
 * Certificates that name each other's hosts. One that nobody vouches for is a
 * claim of its maker only, so both have to make it; an authority has checked that
 * the holder of the key controls the name.
 */
export const certificateNamesOther: Comparison = {
  name: "certificate names the other",
  definition: "A certificate of the one names a host that the other says it goes by, and not by a wildcard: each does so, or an authority vouches for it. One certificate that both present is not meant.",
  question: "same operator",
  forgeability: "two-sided",
  bundle: "statement",
  levels: [
    { name: "each names the other", m: 0.15, u: 2e-6, measured: false },
    // u: big proxies get certificates for names of many customers, each in front of some of them.
    { name: "one names the other, vouched for by an authority", m: 0.1, u: 2e-5, measured: false }
  ],
  innocent: [
    "a proxy company whose certificates name several customers",
    "a name that changed hands while the certificate lasted",
    "one name that is balanced over servers of several people"
  ],
  keys: once((server) => distinct([...namesFor(server), ...statedOf(server)])),
  compare: (a, b) => {
    if (shared(statedOf(a), namesFor(b)).length === 0 && shared(statedOf(b), namesFor(a)).length === 0) return undefined
    const all = [named(a, b, () => true), named(b, a, () => true)]
    const each = all.every((names) => names.length > 0)
    const vouched = [...named(a, b, (it) => it.trusted), ...named(b, a, (it) => it.trusted)]
    if (!each && vouched.length === 0) return undefined
    return {
      level: each ? 0 : 1,
      detail: { named: distinct(all.flat()).slice(0, 20), vouched_for: distinct(vouched).slice(0, 20) }
    }
  }
}

import type { DomainReader } from "../traits/registrable-domain.ts"
import { distinct, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { presentedKeys, statedNames } from "./presented.ts"

/** What guides write where a name of one's own belongs (RFC 2606, section 3). */
const isPlaceholder = (name: string): boolean => /(^|\.)example\.(com|net|org)$/.test(name)

/**
 * Certificates made apart that name one host beside the two servers: a site of
 * theirs, or another server. Names that either goes by are left to
 * `certificate names the other`: a club's balanced name is in the certificates of
 * all its members, and a framer has its victim's in his own. Wildcards name nobody.
 */
export const certificatesNameOneHost = (domainOf: DomainReader): Comparison => {
  const thirdHosts = once((server): ReadonlyArray<string> => {
    const own = new Set([...server.hosts, ...server.claimedHosts.map(({ host }) => host)])
    return distinct(statedNames(server).values()
      .filter((name) => !own.has(name) && !name.startsWith("*.") && !isPlaceholder(name) && domainOf(name) !== undefined))
  })
  return {
    name: "certificates name one host",
    definition: "Certificates of both, with different keys, name one host below a registered domain by which neither was met nor says that it goes.",
    question: "same operator",
    forgeability: "copyable",
    // Whom a certificate names is one decision.
    bundle: "statement",
    // u: a hoster, proxy or club with names of several customers in each certificate; by how many owners have the name.
    levels: [{ name: "one host beside their own", m: 0.1, u: 1e-4, measured: true }],
    innocent: [
      "a proxy company or hoster whose certificates name several customers",
      "a club's site or balanced name",
      "a name that stands in a guide, or that somebody copied from the other's certificate"
    ],
    keys: thirdHosts,
    known: (server) => server.certificates.length > 0,
    compare: (a, b) => {
      const hosts = shared(thirdHosts(a), thirdHosts(b))
      const [host] = hosts
      if (host === undefined || shared(presentedKeys(a), presentedKeys(b)).length > 0) return undefined
      return { level: 0, value: host, detail: () => ({ hosts: hosts.slice(0, 20) }) }
    }
  }
}

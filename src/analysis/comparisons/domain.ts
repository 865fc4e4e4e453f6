import type { DomainReader } from "../traits/registrable-domain.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { once, shared } from "./agreement.ts"
import { nameCovers } from "./certificate-names.ts"
import type { Comparison } from "./comparison.ts"

/** The server itself says that it goes by this host: in its certificate or in its features. */
const ownsUpTo = (server: ServerTraits, host: string): boolean =>
  server.claimedHosts.some((it) => it.host === host) ||
  server.certificates.some((it) => !it.isDefault && it.names.some((name) => nameCovers(name, host)))

interface Domains {
  /** Domain -> a host under it by which the server answered. */
  readonly all: ReadonlyMap<string, string>
  /** Of these, those of hosts that the server owns up to. */
  readonly ownedUpTo: ReadonlyMap<string, string>
}

/**
 * Whoever holds a domain decides which names there are below it, and may point
 * one at a stranger's server. Only together with what the server says of itself
 * do both sides state it; hence two comparisons, of which one counts.
 */
export const domainComparisons = (domainOf: DomainReader): ReadonlyArray<Comparison> => {
  const domainsOf = once((server): Domains => {
    const named = server.hosts.toSorted().flatMap((host) => {
      const domain = domainOf(host)?.domain
      return domain === undefined ? [] : [[domain, host] as const]
    })
    return { all: new Map(named), ownedUpTo: new Map(named.filter(([, host]) => ownsUpTo(server, host))) }
  })
  const innocent = [
    "a hoster or dynamic-DNS service that no list of suffixes knows",
    "a club or company that gives its members names",
    "a domain that changed hands"
  ]
  const detail = (domain: string, a: string, b: string) => ({ domain, hosts: [a, b].toSorted() })
  return [
    {
      name: "same domain",
      definition: "Hosts of both lie under one registered domain (Public Suffix List, providers' suffixes and the user's), and each names its host in its certificate or features.",
      question: "same operator",
      forgeability: "two-sided",
      bundle: "domain",
      // u: of a hundred pairs under one domain one is under a provider's that no list knows, and few pairs are.
      levels: [{ name: "one domain, owned up to by both", m: 0.35, u: 2e-4, measured: false }],
      innocent,
      keys: (server) => [...domainsOf(server).ownedUpTo.keys()],
      compare: (a, b) => {
        const [ofA, ofB] = [domainsOf(a).ownedUpTo, domainsOf(b).ownedUpTo]
        const [domain] = shared(ofA.keys(), ofB.keys())
        if (domain === undefined) return undefined
        return { level: 0, value: domain, detail: detail(domain, ofA.get(domain)!, ofB.get(domain)!) }
      }
    },
    {
      name: "names under one domain",
      definition: "Hosts of both lie under one registered domain, but not both say so themselves: whoever holds the domain can point a name at anybody's server.",
      question: "same operator",
      forgeability: "copyable",
      bundle: "domain",
      levels: [{ name: "one domain", m: 0.2, u: 4e-4, measured: false }],
      innocent: [...innocent, "a name that a stranger pointed at the server"],
      keys: (server) => [...domainsOf(server).all.keys()],
      compare: (a, b) => {
        const [ofA, ofB] = [domainsOf(a), domainsOf(b)]
        const [domain] = shared(ofA.all.keys(), ofB.all.keys())
        if (domain === undefined || shared(ofA.ownedUpTo.keys(), ofB.ownedUpTo.keys()).length > 0) return undefined
        return { level: 0, value: domain, detail: detail(domain, ofA.all.get(domain)!, ofB.all.get(domain)!) }
      }
    }
  ]
}

import { likelyHosts, ownsUpTo } from "../traits/own-hosts.ts"
import type { DomainReader } from "../traits/registrable-domain.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { distinct, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

interface Domains {
  /** Domains of hosts by which the server answered, where nothing speaks against their being its own. */
  readonly all: ReadonlyArray<string>
  /** Of these, those of hosts that the server owns up to. */
  readonly ownedUpTo: ReadonlyArray<string>
  /** Domain -> one of those hosts, if possible one that it owns up to. */
  readonly hosts: ReadonlyMap<string, string>
}

/**
 * Whoever holds a domain decides which names there are below it, and may point
 * one at a stranger's server. Only together with what the server says of itself
 * do both sides state it; hence two comparisons, of which one counts.
 */
export const domainComparisons = (domainOf: DomainReader): ReadonlyArray<Comparison> => {
  const domainsOf = once((server): Domains => {
    const named = likelyHosts(server, domainOf).toSorted().flatMap((host) => {
      const domain = domainOf(host)?.domain
      return domain === undefined ? [] : [[domain, host] as const]
    })
    const owned = named.filter(([, host]) => ownsUpTo(server, host))
    return {
      all: distinct(named.map(([domain]) => domain)),
      ownedUpTo: distinct(owned.map(([domain]) => domain)),
      hosts: new Map([...named, ...owned])
    }
  })
  const innocent = [
    "a hoster or dynamic-DNS service that no list of suffixes knows",
    "a club or company that gives its members names",
    "a domain that changed hands"
  ]
  const detail = (domain: string, a: ServerTraits, b: ServerTraits) =>
    ({ domain, hosts: [a, b].map((server) => domainsOf(server).hosts.get(domain)!).toSorted() })
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
      keys: (server) => domainsOf(server).ownedUpTo,
      compare: (a, b) => {
        const [domain] = shared(domainsOf(a).ownedUpTo, domainsOf(b).ownedUpTo)
        return domain === undefined ? undefined : { level: 0, value: domain, detail: () => detail(domain, a, b) }
      }
    },
    {
      name: "names under one domain",
      definition: "Hosts of both lie under one registered domain, but not both say so themselves (neither says something else): whoever holds the domain can point a name at anybody's server.",
      question: "same operator",
      forgeability: "copyable",
      bundle: "domain",
      levels: [{ name: "one domain", m: 0.2, u: 4e-4, measured: false }],
      innocent: [...innocent, "a name that a stranger pointed at the server"],
      keys: (server) => domainsOf(server).all,
      compare: (a, b) => {
        const [domain] = shared(domainsOf(a).all, domainsOf(b).all)
        if (domain === undefined || shared(domainsOf(a).ownedUpTo, domainsOf(b).ownedUpTo).length > 0) return undefined
        return { level: 0, value: domain, detail: () => detail(domain, a, b) }
      }
    }
  ]
}

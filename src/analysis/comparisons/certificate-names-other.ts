import { ownHosts } from "../traits/own-hosts.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { distinct, ofLastPair, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { statedNames } from "./presented.ts"

/**
 * Names by which a certificate can name a server: of hosts that it owns up to,
 * since an authority vouches for any name that its holder pointed at a stranger.
 * A wildcard names nobody: it stands for all below a domain, customers too, and
 * two fronts of one hoster show two of them.
 */
const namesFor = once((server): ReadonlyArray<string> => distinct(ownHosts(server)))

/** Whether the one states any host that the other goes by: mostly not, so that has to be quick. */
const states = (one: ServerTraits, other: ServerTraits): boolean => {
  const stated = statedNames(one)
  return namesFor(other).some((host) => stated.has(host))
}

/** One of a balanced name's addresses is the other's: each of its members is met at another of a club's names. */
const shareAnAddress = (a: ServerTraits, b: ServerTraits): boolean =>
  a.addresses.some(({ address }) => b.addresses.some((other) => other.address === address))

/**
 * Hosts of the other that certificates of the one name, those left out that both
 * presented, which are one piece of evidence, and those at which it was met too,
 * or says that it can be: a name that a club balances over its members is in the
 * certificates of all.
 */
const named = (by: ServerTraits, other: ServerTraits, counts: (certificate: PresentedCertificate) => boolean): ReadonlyArray<string> => {
  const sought = namesFor(other).filter((host) => !by.hosts.includes(host) && !by.claimedHosts.some((it) => it.host === host))
  return by.certificates
    .filter((it) => !it.isDefault && counts(it) && !other.certificates.some(({ sha256 }) => sha256 === it.sha256))
    .flatMap((it) => shared(sought, it.names))
}

interface Statements {
  /** Hosts of the other that certificates of each name. */
  readonly all: readonly [ReadonlyArray<string>, ReadonlyArray<string>]
  /** Those for which an authority vouches. */
  readonly vouched: readonly [ReadonlyArray<string>, ReadonlyArray<string>]
}

const statementsOf = ofLastPair((a, b): Statements | undefined =>
  !(states(a, b) || states(b, a)) || shareAnAddress(a, b)
    ? undefined
    : {
      all: [named(a, b, () => true), named(b, a, () => true)],
      vouched: [named(a, b, (it) => it.trusted), named(b, a, (it) => it.trusted)]
    })

const isOfEach = (names: Statements["all"]): boolean => names.every((some) => some.length > 0)

const detailOf = ({ all, vouched }: Statements) => ({
  named: distinct(all.flat()).slice(0, 20),
  vouched_for: distinct(vouched.flat()).slice(0, 20)
})

const keys = once((server) => distinct([...namesFor(server), ...statedNames(server)]))

const innocent = [
  "a proxy company whose certificates name several customers",
  "a name that changed hands while the certificate lasted",
  "one name that is balanced over servers of several people"
]

/**
 * Certificates that name each other's hosts, each vouched for by an authority: it
 * has checked that who holds the key of each controlled the other's name.
 */
export const certificateNamesOther: Comparison = {
  name: "certificate names the other",
  definition: "A certificate of each names a host that the other says it goes by, by which it is not met itself nor says that it goes, and not by a wildcard, and no name of theirs resolves to an address of both; an authority vouches for both. One certificate that both present is not meant.",
  question: "same operator",
  forgeability: "two-sided",
  bundle: "statement",
  levels: [{ name: "each names the other, vouched for by an authority", m: 0.1, u: 2e-6, measured: false }],
  innocent,
  keys,
  compare: (a, b) => {
    const statements = statementsOf(a, b)
    return statements === undefined || !isOfEach(statements.vouched) ? undefined : { level: 0, detail: () => detailOf(statements) }
  }
}

/**
 * The same where nobody vouches for both sides. Certificates of ten years name
 * hosts that their owners gave up long ago; whoever registers such a name holds
 * what the victim states, states the victim in return, and an authority vouches
 * for what is its own by then. So this is what a stranger can bring about.
 */
export const certificateClaimsOther: Comparison = {
  name: "certificate claims the other",
  definition: "A certificate of each names a host that the other says it goes by, or one does and an authority vouches for it; not as \"certificate names the other\" has it.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "statement",
  levels: [
    { name: "each names the other", m: 0.15, u: 2e-5, measured: false },
    // u: big proxies get certificates for names of many customers, each in front of some of them.
    { name: "one names the other, vouched for by an authority", m: 0.1, u: 2e-5, measured: false }
  ],
  innocent: [...innocent, "somebody who registered a name that the other gave up and still states"],
  keys,
  compare: (a, b) => {
    const statements = statementsOf(a, b)
    if (statements === undefined || isOfEach(statements.vouched)) return undefined
    const each = isOfEach(statements.all)
    return each || statements.vouched.flat().length > 0 ? { level: each ? 0 : 1, detail: () => detailOf(statements) } : undefined
  }
}

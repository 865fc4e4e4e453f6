import { nameCovers } from "../traits/own-hosts.ts"
import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"

/**
 * Hosts at which a server was met and that a certificate names. Addresses of its
 * names are none: whoever holds a name can have it resolve to a stranger's.
 */
export const namedHosts = (certificate: PresentedCertificate, server: ServerTraits): ReadonlyArray<string> =>
  server.hosts.filter((host) => certificate.names.some((name) => nameCovers(name, host))).toSorted()

/** How a certificate names hosts at which a server was met. */
interface Named {
  readonly byName: boolean
  readonly byWildcard: boolean
}

const namedIn = (names: ReadonlyArray<string>, hosts: ReadonlyArray<string>): Named => ({
  byName: names.some((name) => hosts.includes(name)),
  byWildcard: names.some((name) => name.startsWith("*.") && hosts.some((host) => nameCovers(name, host)))
})

/** By SHA-256 of a certificate: how it names the server. */
const namingsOf = once(() => new Map<string, Named>())

/** Asked of every pair with a key in common, and a certificate of a fleet may have hundreds of names, so it is remembered. */
const naming = ({ names, sha256 }: PresentedCertificate, server: ServerTraits): Named => {
  const known = namingsOf(server)
  let found = known.get(sha256)
  if (found === undefined) known.set(sha256, found = namedIn(names, server.hosts))
  return found
}

const namesAny = (some: ReadonlyArray<PresentedCertificate>, server: ServerTraits): boolean =>
  some.some((certificate) => {
    const { byName, byWildcard } = naming(certificate, server)
    return byName || byWildcard
  })

/**
 * Is this the server's own certificate? Without a name in the handshake a proxy
 * shows its own to everybody, unless it names the server.
 */
export const isOwn = (certificate: PresentedCertificate, server: ServerTraits): boolean =>
  !certificate.isDefault && (certificate.sni !== null || namesAny([certificate], server))

/** Whose hosts certificates of one key name. */
export type Naming =
  | "both"
  | "one"
  | "none"
  /** One of both, or both, by a wildcard alone: whoever holds the domain has such a one for all below it, customers too. */
  | "wildcard"

/**
 * A name counts in a certificate that its own server presents: whoever has an
 * image's key can write its victim's host into a certificate beside his own.
 *
 * @param ofA certificates with the key that `a` presented, as `ofB` by `b`
 */
export const namingOf = (
  a: ServerTraits,
  ofA: ReadonlyArray<PresentedCertificate>,
  b: ServerTraits,
  ofB: ReadonlyArray<PresentedCertificate>
): Naming => {
  const isWildcardFor = (server: ServerTraits) => (certificate: PresentedCertificate): boolean => naming(certificate, server).byWildcard
  const [toA, toB] = ([[a, ofA, ofB], [b, ofB, ofA]] as const).map(([server, own, others]) => {
    if (own.some((it) => naming(it, server).byName)) return "by name"
    return own.some(isWildcardFor(server)) || others.some(isWildcardFor(server)) ? "by wildcard" : "not at all"
  })
  if (toA === "by wildcard" || toB === "by wildcard") return "wildcard"
  return toA !== toB ? "one" : toA === "by name" ? "both" : "none"
}

/**
 * Certificates of one key name hosts of the one and none of the other's, and the
 * other never said under them that it goes by a host of its own; or they name
 * none, and not both said so. Who passes bytes on to a server shows its
 * certificate without having its key, and what it says. So nobody's key is
 * proved by it; that anything is passed on takes more, see `isSeenPassedOn`.
 *
 * @param ofA certificates with the key that `a` presented, as `ofB` by `b`
 */
export const isPassedOn = (
  a: ServerTraits,
  ofA: ReadonlyArray<PresentedCertificate>,
  b: ServerTraits,
  ofB: ReadonlyArray<PresentedCertificate>
): boolean => !isSpokenFor(a, ofA, ofB) || !isSpokenFor(b, ofB, ofA)

const claimsAny = (of: ReadonlyArray<PresentedCertificate>, { hosts }: ServerTraits): boolean =>
  of.some(({ claimed }) => claimed.some((host) => hosts.includes(host)))

/** Certificates of the key name a host of the server's, or it says under one that it goes by one. */
const isSpokenFor = (server: ServerTraits, of: ReadonlyArray<PresentedCertificate>, ofOther: ReadonlyArray<PresentedCertificate>): boolean =>
  namesAny(of, server) || namesAny(ofOther, server) || claimsAny(of, server)

/**
 * Whether what `isPassedOn` is, by a sign: nothing speaks for the one, and
 * certificates of the key name a host at which the other answers, or the one
 * claims such a host under them. Who says nothing of hosts, under a certificate
 * that names none, says nothing: so looks everybody with an image's key.
 *
 * @param ofA certificates with the key that `a` presented, as `ofB` by `b`
 */
export const isSeenPassedOn = (
  a: ServerTraits,
  ofA: ReadonlyArray<PresentedCertificate>,
  b: ServerTraits,
  ofB: ReadonlyArray<PresentedCertificate>
): boolean => {
  const passesOn = (one: ServerTraits, ofOne: ReadonlyArray<PresentedCertificate>, other: ServerTraits, ofOther: ReadonlyArray<PresentedCertificate>) =>
    !isSpokenFor(one, ofOne, ofOther) && (namesAny(ofOther, other) || namesAny(ofOne, other) || claimsAny(ofOne, other))
  return passesOn(a, ofA, b, ofB) || passesOn(b, ofB, a, ofA)
}

/**
 * An answer about a key that two servers share, kept until another pair is asked
 * about: several comparisons ask the same of each.
 */
export const lastAnswer = <A>(of: (key: string, a: ServerTraits, b: ServerTraits) => A): (key: string, a: ServerTraits, b: ServerTraits) => A => {
  let last: { readonly key: string; readonly a: ServerTraits; readonly b: ServerTraits; readonly answer: A } | undefined
  return (key, a, b) => {
    if (last === undefined || last.a !== a || last.b !== b || last.key !== key) last = { key, a, b, answer: of(key, a, b) }
    return last.answer
  }
}

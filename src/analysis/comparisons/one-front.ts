import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { once, shared } from "./agreement.ts"
import { isOwn, isPassedOn, isSeenPassedOn, lastAnswer, namingOf } from "./certificate-names.ts"
import type { Comparison, Level } from "./comparison.ts"
import { haveEqualHistograms } from "./histograms.ts"
import { nonDefaultCertificates, nonDefaultKeys } from "./presented.ts"

const presentedByKey = once((server) => Map.groupBy(nonDefaultCertificates(server), (it) => it.spkiSha256))

const presented = (server: ServerTraits, key: string): ReadonlyArray<PresentedCertificate> => presentedByKey(server).get(key) ?? []

const ownKeysOf = once((server) => new Set(server.certificates.flatMap((it) => !it.isDefault && isOwn(it, server) ? [it.spkiSha256] : [])))

const ownKey = (server: ServerTraits, key: string): boolean => ownKeysOf(server).has(key)

/**
 * Of a front that strangers have, and of nothing else that shows one node: all
 * its customers show the key, and each has a node of his own. u is held so high
 * that whatever m is learnt such a pair stays below 5 % by it alone, and below a
 * verdict beside mempools that look alike by chance.
 */
const ofCustomers = (name: string): Level => ({ name, m: 0.6, u: 0.2, measured: false })

/** A key of both that a front shows, be it a proxy, a relay or a hoster's: of the backend, never of an operator. */
const frontKey = (
  described: Pick<Comparison, "name" | "definition" | "innocent" | "levels">,
  /** By level; undefined: it is no front's. */
  levelOf: (key: string, a: ServerTraits, b: ServerTraits) => number | undefined
): Comparison => ({
  ...described,
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "front",
  keys: nonDefaultKeys,
  compare: (a, b) => {
    let first: { readonly key: string; readonly level: number } | undefined
    for (const key of shared(nonDefaultKeys(a), nonDefaultKeys(b))) {
      const level = levelOf(key, a, b)
      if (level !== undefined && (first === undefined || level < first.level)) first = { key, level }
    }
    return first === undefined ? undefined : { level: first.level, value: first.key, detail: () => ({ spki_sha256: first.key }) }
  }
})

const isOwnOfBoth = lastAnswer((key, a, b): boolean => ownKey(a, key) && ownKey(b, key))

const isPassed = lastAnswer((key, a, b): boolean => isPassedOn(a, presented(a, key), b, presented(b, key)))

/** A key of its own, or not the one that it shows where it is asked for by name. */
const isChosenByName = (server: ServerTraits, key: string): boolean =>
  ownKey(server, key) || server.certificates.some((it) => it.sni !== null && it.spkiSha256 !== key)

/** Without a name in the handshake both show one certificate, as a proxy shows its own to everybody. */
export const sameFront = frontKey({
  name: "same key without a name",
  definition: "Both presented one key, at least one of them only when no name was asked for, with no name of its own in the certificate and with another key under a name: what one proxy shows in front of strangers.",
  levels: [ofCustomers("one key")],
  innocent: ["a software image with a ready-made key", "customers of one proxy, each with a node of his own"]
}, (key, a, b) => !isOwnOfBoth(key, a, b) && isChosenByName(a, key) && isChosenByName(b, key) ? 0 : undefined)

/**
 * The certificate of the one is shown by the other, which it does not name. A
 * relay passes bytes on, but so looks a certificate that its owner uses on several
 * machines, and an image made from its author's machine: only answers that are the
 * other's say that they are one, and other answers that they are not.
 */
export const passedOnCertificate = frontKey({
  name: "certificate passed on",
  definition: "Both presented one key; one of them neither has a host of its own in the certificates nor says under them that it goes by one, and they name a host at which the other answers, or it claims such a host under them: what a relay or tunnel in front of the other shows. Fee histograms of one time do not differ.",
  levels: [
    { name: "one key, not of both, and equal histograms", m: 0.3, u: 1e-3, measured: false },
    ofCustomers("one key, not of both")
  ],
  innocent: ["one operator who uses one certificate everywhere", "an onion or balancer that a stranger put in front", "a software image made from its author's machine"]
}, (key, a, b) => {
  if (!isSeenPassedOn(a, presented(a, key), b, presented(b, key))) return undefined
  const equal = haveEqualHistograms(a, b)
  return equal === undefined ? 1 : equal ? 0 : undefined
})

/**
 * A hoster has one wildcard certificate for the names of all its customers, in
 * front of servers that are theirs.
 */
export const wildcardFront = frontKey({
  name: "same wildcard certificate",
  definition: "Both presented one key, in certificates that name a host of at least one of them by a wildcard alone: what the holder of a domain shows in front of all names below it.",
  levels: [ofCustomers("one key, a wildcard")],
  innocent: ["one operator with a wildcard for its own domain", "customers of one hoster, each with a node of his own"]
}, (key, a, b) =>
  isOwnOfBoth(key, a, b) && !isPassed(key, a, b) && namingOf(a, presented(a, key), b, presented(b, key)) === "wildcard" ? 0 : undefined)

import type { ServerTraits } from "../traits/server-traits.ts"
import { distinct, once, shared } from "./agreement.ts"
import { isOwn, isPassedOn, lastAnswer, namingOf } from "./certificate-names.ts"
import type { Comparison } from "./comparison.ts"

const keysOf = once((server) => distinct(server.certificates.filter((it) => !it.isDefault).map((it) => it.spkiSha256)))

const presented = (server: ServerTraits, key: string) => server.certificates.filter((it) => it.spkiSha256 === key && !it.isDefault)

const ownKey = (server: ServerTraits, key: string): boolean => presented(server, key).some((it) => isOwn(it, server))

/** A key of both that a front shows, be it a proxy, a relay or a hoster's: of the backend, never of an operator. */
const frontKey = (
  { level, ...described }: Pick<Comparison, "name" | "definition" | "innocent"> & { readonly level: { readonly name: string; readonly m: number } },
  isFront: (key: string, a: ServerTraits, b: ServerTraits) => boolean
): Comparison => ({
  ...described,
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "front",
  levels: [{ ...level, u: 1e-3, measured: false }],
  keys: keysOf,
  compare: (a, b) => {
    const key = shared(keysOf(a), keysOf(b)).find((it) => isFront(it, a, b))
    return key === undefined ? undefined : { level: 0, value: key, detail: { spki_sha256: key } }
  }
})

const isOwnOfBoth = lastAnswer((key, a, b): boolean => ownKey(a, key) && ownKey(b, key))

const isPassed = lastAnswer((key, a, b): boolean => isPassedOn(a, presented(a, key), b, presented(b, key)))

/** Without a name in the handshake both show one certificate, as a proxy shows its own to everybody. */
export const sameFront = frontKey({
  name: "same key without a name",
  definition: "Both presented one key, at least one of them only when no name was asked for and with no name of its own in the certificate: what one proxy shows in front of strangers.",
  level: { name: "one key", m: 0.5 },
  innocent: ["a software image with a ready-made key"]
}, (key, a, b) => !isOwnOfBoth(key, a, b))

/**
 * The certificate of the one is shown by the other, which it does not name. A
 * relay passes bytes on, but so looks a certificate that its owner uses on several
 * machines: it does not say that they are one.
 */
export const passedOnCertificate = frontKey({
  name: "certificate passed on",
  definition: "Both presented one key, and one of them neither has a host of its own in the certificates nor says under them that it goes by one: what a relay or tunnel in front of the other shows.",
  level: { name: "one key, not of both", m: 0.3 },
  innocent: ["one operator who uses one certificate everywhere", "an onion or balancer that a stranger put in front"]
}, (key, a, b) => isOwnOfBoth(key, a, b) && isPassed(key, a, b))

/**
 * A hoster has one wildcard certificate for the names of all its customers, in
 * front of servers that are theirs.
 */
export const wildcardFront = frontKey({
  name: "same wildcard certificate",
  definition: "Both presented one key, in certificates that name a host of at least one of them by a wildcard alone: what the holder of a domain shows in front of all names below it.",
  level: { name: "one key, a wildcard", m: 0.3 },
  innocent: ["one operator with a wildcard for its own domain"]
}, (key, a, b) =>
  isOwnOfBoth(key, a, b) && !isPassed(key, a, b) && namingOf(a, presented(a, key), b, presented(b, key)) === "wildcard")

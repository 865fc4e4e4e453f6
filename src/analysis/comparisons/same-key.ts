import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { distinct, ofBoth, once, shared } from "./agreement.ts"
import { isOwn, isPassedOn, lastAnswer, type Naming, namingOf } from "./certificate-names.ts"
import type { Comparison } from "./comparison.ts"
import { areTwoProcesses } from "./two-processes.ts"

const own = once((server) => server.certificates.filter((it) => isOwn(it, server)))

const keysOf = once((server) => distinct(own(server).map((it) => it.spkiSha256)))

const certificatesOf = once((server) => distinct(own(server).map((it) => it.sha256)))

const ownByKey = once((server) => Map.groupBy(own(server), (it) => it.spkiSha256))

const withKey = (spkiSha256: string, server: ServerTraits): ReadonlyArray<PresentedCertificate> =>
  ownByKey(server).get(spkiSha256) ?? []

const passedOn = lastAnswer((key, a, b): boolean => isPassedOn(a, withKey(key, a), b, withKey(key, b)))

const innocent = [
  "a software image or guide with a ready-made key that our catalogue does not know",
  "one TLS proxy, tunnel or balancer in front of servers of several people",
  "a server that moved to another address and was met at both"
]

/**
 * That two keys are alike by accident is out of the question. What strangers
 * share is the key of an image: were one server in a hundred of an image with a
 * key in it, and were there ten such images, one pair in 100,000 would share one.
 */
const u = 1e-5

const sharesCertificate = (key: string, a: ServerTraits, b: ServerTraits): boolean =>
  withKey(key, a).some(({ sha256 }) => withKey(key, b).some((it) => it.sha256 === sha256))

/** A key of both in certificates made apart that nobody passes on, if these name hosts of theirs as asked. */
const commonKey = (a: ServerTraits, b: ServerTraits, ...naming: ReadonlyArray<Naming>): string | undefined =>
  shared(keysOf(a), keysOf(b)).find((it) =>
    !passedOn(it, a, b) && !sharesCertificate(it, a, b) && naming.includes(namingOf(a, withKey(it, a), b, withKey(it, b))))

const shownWith = (key: string, a: ServerTraits, b: ServerTraits) => {
  const [ofA, ofB] = [a, b].map((server) => distinct(withKey(key, server).map(({ sha256 }) => sha256)))
  return { spki_sha256: key, certificates: ofBoth(ofA, ofB) }
}

/** Handshakes of both were signed with one private key, for certificates made apart. */
export const sameKey: Comparison = {
  name: "same key",
  definition: "Both presented certificates with one public key, different ones of which each names a host of its own server and not by a wildcard, when asked for a name or with a name of theirs in it.",
  question: "same operator",
  forgeability: "possession",
  bundle: "key",
  // m: keys are reused by fewer operators than not, and mostly with the certificate.
  levels: [{ name: "one key, different certificates", m: 0.1, u, measured: false }],
  innocent,
  keys: keysOf,
  compare: (a, b) => {
    const key = commonKey(a, b, "both")
    return key === undefined ? undefined : { level: 0, value: key, detail: () => shownWith(key, a, b) }
  }
}

const saysOfItself = once(({ certificates, claimedHosts, hosts }) =>
  [...claimedHosts.map(({ host }) => host), ...certificates.flatMap(({ claimed }) => claimed)].some((host) => hosts.includes(host)))

/**
 * Whether the one may hand on the bytes of the other, though the certificate names
 * both: somebody has registered a name that its owner gave up and still has in a
 * certificate that nobody vouches for. Neither says by which host it goes, and
 * nothing shows that two answered.
 */
const mayBePiped = (a: ServerTraits, b: ServerTraits, { sha256 }: PresentedCertificate): boolean =>
  !saysOfItself(a) && !saysOfItself(b) && !areTwoProcesses(a, b) &&
  ![a, b].every((server) => own(server).some((it) => it.sha256 === sha256 && it.trusted))

/** One certificate of both, if nobody passes it on and it names hosts of theirs as asked. */
const commonCertificate = (a: ServerTraits, b: ServerTraits, ...naming: ReadonlyArray<Naming>): PresentedCertificate | undefined =>
  shared(certificatesOf(a), certificatesOf(b))
    .map((sha256) => own(a).find((it) => it.sha256 === sha256)!)
    .find((it) => {
      const named = namingOf(a, [it], b, [it])
      return naming.includes(named) && !passedOn(it.spkiSha256, a, b) && (named !== "both" || !mayBePiped(a, b, it))
    })

const shownBy = (certificate: PresentedCertificate) =>
  ({ certificate_sha256: certificate.sha256, subject: certificate.subject, names: certificate.names.slice(0, 20) })

/** Handshakes of both were signed with the key of one certificate that is about both. */
export const sameCertificate: Comparison = {
  name: "same certificate",
  definition: "Both presented one certificate, which names a host of each; each says itself by which it goes, an authority vouches for it at both, or something shows that two processes answered.",
  question: "same operator",
  forgeability: "possession",
  bundle: "key",
  // The maker of an image does not know the names of those who will use it; a big proxy does.
  levels: [{ name: "one certificate that names hosts of both", m: 0.15, u: u / 5, measured: false }],
  innocent,
  keys: certificatesOf,
  compare: (a, b) => {
    const certificate = commonCertificate(a, b, "both")
    return certificate === undefined ? undefined : { level: 0, value: certificate.sha256, detail: () => shownBy(certificate) }
  }
}

/**
 * The same where certificates are about neither: an image brings such a key to
 * everybody who installs it, and who passes bytes on shows it without having it.
 * Those about one of both are the same: an image that was made from a machine of
 * its author's brings his certificate along, and he is among those who show it.
 */
export const namelessCertificate: Comparison = {
  name: "same certificate of no name",
  definition: "Both presented one certificate, or different ones of one key, when asked for a name, and not both have a host that is named.",
  question: "same operator",
  forgeability: "image",
  bundle: "key",
  levels: [
    { name: "one certificate that does not name both", m: 0.3, u, measured: false },
    { name: "one key, different certificates that do not name both", m: 0.1, u, measured: false }
  ],
  innocent: [...innocent, "somebody who passes everything on to the other"],
  keys: once((server) => [...certificatesOf(server), ...keysOf(server)]),
  compare: (a, b) => {
    const certificate = commonCertificate(a, b, "none", "one")
    if (certificate !== undefined) return { level: 0, value: certificate.sha256, detail: () => shownBy(certificate) }
    const key = commonKey(a, b, "none", "one")
    return key === undefined ? undefined : { level: 1, value: key, detail: () => shownWith(key, a, b) }
  }
}

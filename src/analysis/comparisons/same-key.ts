import type { PresentedCertificate, ServerTraits } from "../traits/server-traits.ts"
import { distinct, ofBoth, once, shared } from "./agreement.ts"
import { isOwn, isPassedOn, namedHosts } from "./certificate-names.ts"
import type { Comparison } from "./comparison.ts"

const own = once((server) => server.certificates.filter((it) => isOwn(it, server)))

const keysOf = once((server) => distinct(own(server).map((it) => it.spkiSha256)))

const certificatesOf = once((server) => distinct(own(server).map((it) => it.sha256)))

const withKey = (spkiSha256: string, server: ServerTraits): ReadonlyArray<PresentedCertificate> =>
  own(server).filter((it) => it.spkiSha256 === spkiSha256)

const passedOn = (key: string, a: ServerTraits, b: ServerTraits): boolean => isPassedOn(a, withKey(key, a), b, withKey(key, b))

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

/** Handshakes of both were signed with one private key, for certificates made apart. */
export const sameKey: Comparison = {
  name: "same key",
  definition: "Both presented certificates with one public key, different ones, when asked for a name or with a name of theirs in it.",
  question: "same operator",
  forgeability: "possession",
  bundle: "key",
  // m: keys are reused by fewer operators than not, and mostly with the certificate.
  levels: [{ name: "one key, different certificates", m: 0.1, u, measured: false }],
  innocent,
  keys: keysOf,
  compare: (a, b) => {
    const key = shared(keysOf(a), keysOf(b)).find((it) =>
      !passedOn(it, a, b) && shared(withKey(it, a).map(({ sha256 }) => sha256), withKey(it, b).map(({ sha256 }) => sha256)).length === 0)
    if (key === undefined) return undefined
    const certificates = [a, b].map((server) => distinct(withKey(key, server).map(({ sha256 }) => sha256)))
    return { level: 0, value: key, detail: { spki_sha256: key, certificates: ofBoth(certificates[0], certificates[1]) } }
  }
}

/** One certificate of both, if nobody passes it on: with one of the hosts of either in it, or with none. */
const commonCertificate = (a: ServerTraits, b: ServerTraits, isNaming: boolean): PresentedCertificate | undefined => {
  const common = shared(certificatesOf(a), certificatesOf(b))
    .map((sha256) => own(a).find((it) => it.sha256 === sha256)!)
    .filter((it) => !passedOn(it.spkiSha256, a, b))
  const names = (it: PresentedCertificate, server: ServerTraits): boolean => namedHosts(it, server).length > 0
  const naming = common.find((it) => names(it, a) && names(it, b)) ?? common.find((it) => names(it, a) || names(it, b))
  return isNaming ? naming : naming === undefined ? common[0] : undefined
}

const shownBy = (certificate: PresentedCertificate) =>
  ({ certificate_sha256: certificate.sha256, subject: certificate.subject, names: certificate.names.slice(0, 20) })

/** Handshakes of both were signed with the key of one certificate that is about one of them. */
export const sameCertificate: Comparison = {
  name: "same certificate",
  definition: "Both presented one certificate, which names a host of one of them or of both.",
  question: "same operator",
  forgeability: "possession",
  bundle: "key",
  levels: [
    // The maker of an image does not know the names of those who will use it; a big proxy does.
    { name: "one certificate that names hosts of both", m: 0.15, u: u / 5, measured: false },
    { name: "one certificate that names a host of one", m: 0.3, u, measured: false }
  ],
  innocent,
  keys: certificatesOf,
  compare: (a, b) => {
    const certificate = commonCertificate(a, b, true)
    if (certificate === undefined) return undefined
    const isOfBoth = namedHosts(certificate, a).length > 0 && namedHosts(certificate, b).length > 0
    return { level: isOfBoth ? 0 : 1, value: certificate.sha256, detail: shownBy(certificate) }
  }
}

/** The same for a certificate that is about neither: an image brings such a one, with its key, to everybody who installs it. */
export const namelessCertificate: Comparison = {
  name: "same certificate of no name",
  definition: "Both presented one certificate, when asked for a name, and it names no host of either.",
  question: "same operator",
  forgeability: "image",
  bundle: "key",
  levels: [{ name: "one certificate that names neither", m: 0.3, u, measured: false }],
  innocent,
  keys: certificatesOf,
  compare: (a, b) => {
    const certificate = commonCertificate(a, b, false)
    return certificate === undefined ? undefined : { level: 0, value: certificate.sha256, detail: shownBy(certificate) }
  }
}

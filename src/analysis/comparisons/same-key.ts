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

/** Handshakes of both were signed with the key of one certificate. */
export const sameCertificate: Comparison = {
  name: "same certificate",
  definition: "Both presented one certificate, when asked for a name or with a name of theirs in it.",
  question: "same operator",
  forgeability: "possession",
  bundle: "key",
  levels: [
    // The maker of an image does not know the names of those who will use it; a big proxy does.
    { name: "one certificate that names hosts of both", m: 0.15, u: u / 5, measured: false },
    { name: "one certificate", m: 0.3, u, measured: false }
  ],
  innocent,
  keys: certificatesOf,
  compare: (a, b) => {
    const both = shared(certificatesOf(a), certificatesOf(b))
    if (both.length === 0) return undefined
    const common = both
      .map((sha256) => own(a).find((it) => it.sha256 === sha256)!)
      .filter((it) => !passedOn(it.spkiSha256, a, b))
    const naming = common.find((it) => namedHosts(it, a).length > 0 && namedHosts(it, b).length > 0)
    const certificate = naming ?? common[0]
    if (certificate === undefined) return undefined
    return {
      level: naming === undefined ? 1 : 0,
      value: certificate.sha256,
      detail: { certificate_sha256: certificate.sha256, subject: certificate.subject, names: certificate.names.slice(0, 20) }
    }
  }
}

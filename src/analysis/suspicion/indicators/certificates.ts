import { privateIssuerOf, ownKeysOf, type ShownCertificate } from "../evidence.ts"
import { type Indicator, named } from "../indicator.ts"
import { strangers } from "../relations.ts"

const noCertificate = "it showed no certificate"

const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith("*.") && host.endsWith(name.slice(1)) && !host.slice(0, -name.length + 1).includes("."))

const rowOf = ({ host, issuer, sha256, spkiSha256, subject, visitId }: ShownCertificate) =>
  ({ visit_id: visitId, host, certificate_sha256: sha256, spki_sha256: spkiSha256, subject, issuer })

/**
 * Do strangers' servers present one private key? Defaults of software do not
 * count, nor a proxy in front, nor a certificate that names the host it is shown
 * for: that is said openly. Servers that linkage puts under one control are no
 * strangers; what speaks for that is another indicator's.
 */
export const certificateReuse: Indicator = (server, crawl) => {
  if (server.certificates.length === 0) return { untested: noCertificate }
  const own = new Set(ownKeysOf(server))
  const behindProxy = server.visits.some(({ proxy }) => proxy !== null && proxy.length > 0)
  const reused = server.certificates.filter((certificate) =>
    own.has(certificate.spkiSha256) &&
    !certificate.names.some((name) => covers(name, certificate.host)) &&
    strangers(crawl.groups, crawl.byKey.get(certificate.spkiSha256)!) > 1)
  const most = Math.max(1, ...reused.map(({ spkiSha256 }) => strangers(crawl.groups, crawl.byKey.get(spkiSha256)!)))
  return {
    value: most - 1,
    share: behindProxy ? 0 : Math.min(1, (most - 1) / 4),
    detail: {
      ...(reused.length > 0
        ? { certificates: named(reused.map((it) => ({ ...rowOf(it), servers: named(crawl.byKey.get(it.spkiSha256)!) }))) }
        : {}),
      ...(behindProxy ? { because: "something in front speaks TLS: the key is that proxy's" } : {})
    }
  }
}

/** Strangers from which on an issuer looks like one that speaks for others. */
const leastSigned = 3

/**
 * Has one private authority signed the certificates of strangers' servers? That
 * is how somebody in between looks. Public authorities, stock images and
 * certificates that signed themselves are not meant.
 */
export const interceptionAuthority: Indicator = (server, crawl) => {
  if (server.certificates.length === 0) return { untested: noCertificate }
  if (crawl.simulated && server.certificates.some((certificate) => privateIssuerOf(certificate) !== undefined)) {
    return { untested: "which authorities of a simulated network are public is not known to a crawl of it" }
  }
  const found = server.certificates.flatMap((certificate) => {
    const issuer = privateIssuerOf(certificate)
    const signed = issuer === undefined ? [] : crawl.byPrivateIssuer.get(issuer)!
    const groups = strangers(crawl.groups, signed)
    return groups >= leastSigned ? [{ certificate, signed, groups }] : []
  })
  const most = Math.max(0, ...found.map(({ groups }) => groups))
  return {
    value: most,
    share: Math.min(1, most / 8),
    detail: found.length === 0 ? {} : { certificates: named(found.map(({ certificate, signed }) => ({ ...rowOf(certificate), servers: named(signed) }))) }
  }
}

/** Ten years with their leap days; no guide that is known asks for another number beyond. */
const longDays = 3653

/** Is a certificate valid for longer than ten years, by a number of days that no known image or guide sets? */
export const longValidity: Indicator = ({ certificates }) => {
  if (certificates.length === 0) return { untested: noCertificate }
  const dated = certificates.filter(({ days }) => days !== null)
  if (dated.length === 0) return { untested: "its certificate states no readable dates" }
  const longest = Math.max(...dated.map(({ days }) => days!))
  const long = dated.filter(({ days, defaultKinds }) => days! > longDays && !defaultKinds.has("certificate validity"))
  return {
    value: longest,
    share: long.length === 0 ? 0 : Math.max(...long.map(({ days }) => days!)) > 3 * longDays ? 1 : 0.5,
    detail: long.length === 0 ? { days: longest } : { certificates: named(long.map((it) => ({ ...rowOf(it), days: it.days }))) }
  }
}

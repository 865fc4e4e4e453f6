import { bannerText, hostsShape, nameAttributes, portText, validityText } from "./default-values.ts"
import { type DefaultEntry, type DefaultKind, defaultOf, defaultSources } from "./defaults.ts"
import { rememberingOf } from "./remembering.ts"
import type { CertificateFacts, Visit } from "./visit.ts"

/** A value that a visit showed and that the catalogue knows. */
export interface FoundDefault {
  readonly kind: DefaultKind
  readonly value: string
  readonly entry: DefaultEntry
}

type Candidate = readonly [DefaultKind, string | null | undefined]

/** Lines of a banner that are looked up one by one. */
const maxLines = 200

const candidatesOfCertificate = (certificate: CertificateFacts): ReadonlyArray<Candidate> => {
  const { issuer, sanDns, selfSigned, sha256, spkiSha256, subject, validFrom, validTo } = certificate
  const whole = defaultOf("certificate subject", subject) !== undefined
  const attributes = whole ? [] : nameAttributes(subject)
  const commonNames = nameAttributes(subject).filter((it) => it.startsWith("CN=")).map((it) => it.slice(3))
  return [
    ["certificate", sha256],
    ["public key", spkiSha256],
    ["certificate subject", subject],
    ["certificate issuer", selfSigned ? null : issuer],
    ...attributes.map((attribute) => ["certificate attribute", attribute] as const),
    ...[...new Set([...commonNames, ...sanDns])].map((name) => ["certificate name", name] as const),
    ["certificate validity", validityText(validFrom, validTo)]
  ]
}

const found = (candidates: ReadonlyArray<Candidate>): ReadonlyArray<FoundDefault> =>
  candidates.flatMap(([kind, value]) => {
    const entry = value == null ? undefined : defaultOf(kind, value)
    return entry === undefined ? [] : [{ kind, value: value!, entry }]
  })

/** A visit asks twice about its certificate. */
const ofCertificate = rememberingOf((certificate: CertificateFacts) => found(candidatesOfCertificate(certificate)))

let tlsEnders: ReadonlySet<string> | undefined

/** Sources whose purpose is to speak TLS for servers behind them. */
const endersOfTls = (): ReadonlySet<string> =>
  tlsEnders ??= new Set(defaultSources().flatMap((source) => "ends_tls" in source && source.ends_tls === true ? [source.id] : []))

/**
 * Programs that speak TLS for others and made this certificate themselves, for
 * want of a better one: they hold its key, so a handshake with it is theirs. A
 * value that anybody else sets too, or that is only a number of days, names none.
 */
export const makersInFront = (certificate: CertificateFacts): ReadonlyArray<string> => {
  const makers = ofCertificate(certificate).flatMap(({ entry, kind }) =>
    kind !== "certificate validity" && entry.set_by.every(({ source }) => endersOfTls().has(source))
      ? entry.set_by.map(({ what }) => what)
      : [])
  return [...new Set(makers)]
}

const ofBanner = (banner: string): ReadonlyArray<Candidate> =>
  defaultOf("banner", banner) === undefined
    ? bannerText(banner).split("\n", maxLines).map((line) => ["banner line", line] as const)
    : [["banner", banner]]

/**
 * The defaults among what one visit showed: values that prove nothing about who
 * runs the server. `chain` is the name of the chain that was asked for.
 */
export const defaultsOfVisit = (
  chain: string,
  visit: Pick<Visit, "endpoint" | "banner" | "donationAddress" | "features" | "tls">
): ReadonlyArray<FoundDefault> => {
  const { banner, donationAddress, endpoint, features, tls } = visit
  const candidates: ReadonlyArray<Candidate> = [
    ["port", portText(chain, endpoint.transport, endpoint.port)],
    ["host name", endpoint.host],
    ["host name suffix", endpoint.host],
    ...(banner === null ? [] : ofBanner(banner)),
    ["donation address", donationAddress],
    ["hosts shape", features === null ? null : hostsShape(chain, features.hosts)]
  ]
  return [...found(candidates), ...(tls?.certificate == null ? [] : ofCertificate(tls.certificate))]
}

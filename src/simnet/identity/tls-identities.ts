import { ipVersion } from "../../domain/address.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { CertificateSpec } from "../scenario/certificate-spec.ts"
import type { TlsIdentity } from "../server/tls-identity.ts"
import { makeCertificate } from "./certificate.ts"
import { type SeededKey, seededKey } from "./seeded-keys.ts"

/** What decides which certificate a server shows. */
export interface CertificatePlan {
  /** Equal labels: one private key. */
  readonly key: string
  /** Equal labels: one certificate, for the hosts of all who show it. */
  readonly label: string
  /** In the order of its names; the first is the common name. */
  readonly hosts: ReadonlyArray<string>
  readonly spec: CertificateSpec
  /** Which RSA key, so that no two labels have one; drawn by the label alone without. */
  readonly rsaNumber?: number
}

const day = 86_400_000

/** What people answer to `openssl req`: the template says nothing about who runs the server. */
const subjects: ReadonlyArray<(host: string) => string> = [
  (host) => `CN=${host}`,
  () => "C=AU,ST=Some-State,O=Internet Widgits Pty Ltd",
  () => "CN=localhost",
  (host) => `C=XX,L=Default City,O=Default Company Ltd,CN=${host}`
]

const lifetimes = [365, 730, 1825, 3650]

const authorityDays = 90
/** Who has a certificate for 90 days renews it after 60. */
const renewalDays = 60

const serialOf = (random: SeededRandom): Buffer => {
  const serial = random.bytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  return serial
}

/** Clearnet names: no authority vouches for an onion, and few for an address. */
const vouchable = (hosts: ReadonlyArray<string>): ReadonlyArray<string> =>
  hosts.filter((host) => !host.endsWith(".onion") && ipVersion(host) === undefined)

interface Authority {
  readonly subject: string
  readonly key: SeededKey
  /** PEM. */
  readonly certificate: string
}

interface Authorities {
  /** What clients would have to trust. */
  readonly root: Authority
  readonly intermediate: Authority
}

const authorities = (random: SeededRandom, today: number): Authorities => {
  const make = (name: string, subject: string, days: number, issuer?: Authority): Authority => {
    const own = random.fork(`authority/${name}`)
    const key = seededKey("p256", own.fork("key"))
    const notBefore = new Date(today - (days / 3) * day)
    const facts = {
      subject,
      alternativeNames: [],
      serial: serialOf(own.fork("serial")),
      notBefore,
      notAfter: new Date(notBefore.getTime() + days * day),
      role: "authority" as const
    }
    return { subject, key, certificate: makeCertificate(facts, key, issuer) }
  }
  const root = make("root", "C=XX,O=Simulated Trust,CN=Simulated Root X1", 7300)
  return { root, intermediate: make("intermediate", "C=XX,O=Simulated Trust,CN=S3", 1800, root) }
}

/** Midnight before `now`, UTC: identities are the same all day. */
const midnight = (now: number): number => Math.floor(now / day) * day

const makeIdentity = (
  plan: Pick<CertificatePlan, "hosts" | "spec" | "rsaNumber">,
  keys: SeededRandom,
  certificates: SeededRandom,
  today: number,
  renewals: number,
  authority: () => Authorities
): TlsIdentity => {
  const { spec } = plan
  const issuer = typeof spec.issuer === "object" ? keys.fork("issuer").weighted(spec.issuer) : spec.issuer
  const byAuthority = issuer === "ca" && vouchable(plan.hosts).length > 0
  const key = seededKey(spec.key_type ?? "p256", keys.fork("key"), plan.rsaNumber)
  // Common names hold 64 characters (RFC 5280, appendix A); an onion's 62 fit.
  const host = (vouchable(plan.hosts)[0] ?? plan.hosts[0]!).slice(0, 64)
  const usual = keys.fork("template")
  const template = usual.pick(subjects)
  const subject = spec.subject ?? (byAuthority ? `CN=${host}` : template(plan.hosts[0]!.slice(0, 64)))
  const lifetime = (spec.days ?? (byAuthority ? authorityDays : usual.pick(lifetimes))) * day
  const first = certificates.fork("first")
  const drawnAgo = first.between(0, byAuthority ? renewalDays : Math.max(0, lifetime / day - 30))
  // Whole days mean some time of that day.
  const ago =
    spec.days_ago === undefined
      ? drawnAgo
      : typeof spec.days_ago === "number"
        ? spec.days_ago
        : first.between(...spec.days_ago)
  const made = Number.isInteger(ago) ? ago + first.unit() : ago
  const own = certificates.fork(`renewal ${renewals}`)
  const since = renewals === 0 ? made : made * own.between(0.05, 0.9)
  const notBefore = new Date(Math.floor((today - since * day) / 1000) * 1000)
  const alternativeNames = spec.names ?? (byAuthority ? vouchable(plan.hosts) : [])
  const facts = {
    subject,
    alternativeNames: [...new Set(alternativeNames)].slice(0, 100),
    serial: serialOf(own.fork("serial")),
    notBefore,
    notAfter: new Date(notBefore.getTime() + lifetime),
    role: byAuthority ? ("leaf" as const) : ("self" as const)
  }
  const certificate = byAuthority
    ? makeCertificate(facts, key, authority().intermediate) + authority().intermediate.certificate
    : makeCertificate(facts, key)
  return { certificate, key: key.key.export({ format: "pem", type: "pkcs8" }) as string }
}

const noAuthority = (): Authorities => {
  throw new Error("only planned certificates are signed by an authority")
}

/**
 * A self-signed P-256 certificate as somebody who follows a guide makes it. Key,
 * serial, dates and template are drawn from `random` alone.
 *
 * @param now milliseconds since 1970; the certificate is valid then
 */
export const makeTlsIdentity = (hosts: ReadonlyArray<string>, random: SeededRandom, now: number): TlsIdentity =>
  makeIdentity({ hosts, spec: {} }, random, random, midnight(now), 0, noAuthority)

/**
 * The certificates of a simulated world, each made when first needed. Key,
 * serial and dates depend on the seed and on labels alone, so that they tell
 * nothing about operators or the order of servers. Dated by the real clock,
 * since real clients judge them by theirs.
 */
export class TlsIdentities {
  /** The beginning of the day (UTC) from which everything is dated: milliseconds since 1970 by the real clock. */
  readonly today: number
  readonly #random: SeededRandom
  readonly #made = new Map<string, TlsIdentity>()
  #authorities: Authorities | undefined

  constructor(random: SeededRandom, now: number) {
    this.#random = random
    this.today = midnight(now)
  }

  /** What a server shows after so many renewals with the same key. */
  of(plan: CertificatePlan, renewals = 0): TlsIdentity {
    const own = this.#once(`${plan.label} ${renewals}`, () =>
      makeIdentity(
        plan,
        this.#random.fork(`key/${plan.key}`),
        this.#random.fork(`certificate/${plan.label}`),
        this.today,
        renewals + (plan.spec.renewed ?? 0),
        () => this.#authority()
      )
    )
    const proxy = plan.spec.without_sni
    if (proxy === undefined) return own
    const label = `proxy ${proxy.key}`
    const usual = this.of({ key: label, label, hosts: [proxy.key], spec: { subject: proxy.subject, days: 3650 } })
    const hosts = new Set(plan.hosts.filter((host) => ipVersion(host) === undefined).map((host) => host.toLowerCase()))
    return { ...usual, forNames: { hosts, identity: () => own } }
  }

  /** PEM of the authority that signs certificates with issuer `ca`. */
  get rootCertificate(): string {
    return this.#authority().root.certificate
  }

  #authority(): Authorities {
    return (this.#authorities ??= authorities(this.#random, this.today))
  }

  #once(label: string, make: () => TlsIdentity): TlsIdentity {
    const identity = this.#made.get(label) ?? make()
    this.#made.set(label, identity)
    return identity
  }
}

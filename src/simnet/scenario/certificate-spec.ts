import { Schema } from "effect"
import { Label, optional, Probability, rangeOf } from "./fields.ts"

const Days = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 36_500 }))
const Lifetime = Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 36_500 }))

/** `CN=a.test,O=Somebody`: attributes of a distinguished name in order; values hold no comma. */
const DistinguishedName = Schema.String.check(Schema.isPattern(/^(C|ST|L|O|OU|CN)=[^,]+(,(C|ST|L|O|OU|CN)=[^,]+)*$/u, {
    expected: "a name such as CN=a.test,O=Somebody, made of C, ST, L, O, OU and CN"
  }))

const Issuer = Schema.Literals(["self", "ca"])

/** At most so many servers have RSA keys of their own: there is a pool of primes to make them from. */
export const mostRsaKeys = 20_000

/** How servers come by their certificates; what is left out is drawn for each key. */
export const CertificateSpec = Schema.Struct({
  issuer: optional(
    Schema.Union([Issuer, Schema.Record(Issuer, Schema.Finite.check(Schema.isGreaterThan(0)))]),
    "ca: the simulated certificate authority (simnet --ca), for 90 days, with the clearnet names in it, if there are any; self by default. Or both with weights."
  ),
  subject: optional(
    DistinguishedName,
    "e.g. CN={host},O=Somebody; {host}, {n}, {id}, {word} and the like are filled in. One of the usual templates by default."
  ),
  names: optional(
    Schema.Array(Schema.NonEmptyString),
    "Subject alternative names, {host} and the like filled in; none by default, all clearnet names with issuer ca."
  ),
  key_type: optional(Schema.Literals(["p256", "rsa"]), "p256 by default; rsa is 2048 bits."),
  days: optional(Lifetime, "Lifetime; one of the usual by default."),
  days_ago: optional(
    Schema.Union([Days, rangeOf(Days)]),
    "When it was made, or between when; any time within its lifetime by default."
  ),
  seconds_apart: optional(
    Schema.Finite.check(Schema.isGreaterThan(0)),
    "The fleet's certificates were made one after the other, this far apart on average, beginning days_ago."
  ),
  each: optional(Schema.Boolean, "Servers with one key show a certificate of their own each; one for all by default."),
  renewed: optional(Probability, "This share of the servers shows a certificate that was renewed with the same key."),
  without_sni: optional(
    Schema.Struct({ key: Label, subject: DistinguishedName }),
    "A proxy ends TLS: clients that name no host, or an unknown one, get its default certificate."
  )
})
export type CertificateSpec = typeof CertificateSpec.Type

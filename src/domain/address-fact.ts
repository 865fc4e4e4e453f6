import { Schema } from "effect"

/** What can be known about an address from elsewhere. */
export const FactKind = Schema.Literals([
  /** Number of the autonomous system that announces it. */
  "asn",
  /** Name of that system's holder. */
  "org",
  /** Country by the registry that gave the address out: where its holder is at home, not where it is. */
  "country_registered",
  /** Country in which a geo file puts it. */
  "country_located",
  "city",
  /** Where that city is, `latitude,longitude` in degrees to a tenth: some ten kilometres, and geo files err by more. */
  "coordinates",
  "cloud_provider",
  /** Names that reverse DNS gives it. */
  "ptr"
])
export type FactKind = typeof FactKind.Type

/** Kinds of sources. */
export const FactSourceKind = Schema.Literals([
  /** Team Cymru's DNS interface: BGP origin, registry data. */
  "cymru",
  /** A file given with `--geoip`. */
  "geo file",
  /** A file given with `--cloud-ranges`. */
  "cloud ranges",
  /** This project's own table of providers by autonomous system. */
  "cloud table",
  /** Reverse DNS. */
  "reverse dns"
])
export type FactSourceKind = typeof FactSourceKind.Type

/** Why a source gave no answer. Closed: texts go to `detail`. */
export const FactReason = Schema.Literals([
  /** The source has nothing about this address. */
  "no data",
  /** The lookup failed on the other side (detail: the resolver's code). */
  "dns",
  /** An answer came, but not in the form the source documents. */
  "malformed",
  /** Our own rules: a private address, no `--resolver` where only that one is asked. */
  "policy",
  /** Our vantage: no network, no name server. */
  "us"
])
export type FactReason = typeof FactReason.Type

/** Reasons for which nobody was asked or nobody answered: they say nothing about the address, so an older answer stands. */
export const refusals = ["policy", "us", "dns"] as const satisfies ReadonlyArray<FactReason>

/** Detail of an answer (`policy`) that is not kept because it names who opted out: no older one stands either. */
export const optedOut = "excluded"

/** Where a fact comes from. */
export const FactSource = Schema.Struct({
  kind: FactSourceKind,
  /** Zone asked, or the name of the file without its folder. */
  name: Schema.NonEmptyString,
  /** Place among the sources of a fact: of those that have an answer the lowest is shown. */
  rank: Schema.Int,
  /** Date of the data, milliseconds since 1970: as the file states it, else its modification time; null for what is asked live. */
  dataAt: Schema.NullOr(Schema.Int)
})
export type FactSource = typeof FactSource.Type

/** What one source says about one address in one respect: answers xor a reason. */
export const AddressFact = Schema.Struct({
  address: Schema.String,
  fact: FactKind,
  source: FactSource,
  /** Usually one; several where several systems announce an address, or it has several names. */
  answers: Schema.Array(Schema.String),
  reason: Schema.NullOr(FactReason),
  /** More words: the answer's other fields, a resolver's code; not cleaned. */
  detail: Schema.NullOr(Schema.String),
  /** Block of addresses that the answer is about, as the source states it. */
  block: Schema.NullOr(Schema.String),
  /** Milliseconds since 1970. */
  lookedUpAt: Schema.Int
})
export type AddressFact = typeof AddressFact.Type

/** The addresses of a host whose name a proxy resolved when it was dialled: asked for afterwards. Addresses xor a reason. */
export interface HostAddresses {
  readonly host: string
  readonly addresses: ReadonlyArray<string>
  readonly reason: FactReason | null
  readonly detail: string | null
  readonly resolvedAt: number
}

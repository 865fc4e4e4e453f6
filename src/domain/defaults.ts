import { Schema } from "effect"
import { bannerText } from "./default-values.ts"
import banners from "./defaults/banners.json" with { type: "json" }
import certificates from "./defaults/certificates.json" with { type: "json" }
import donationAddresses from "./defaults/donation-addresses.json" with { type: "json" }
import hostNames from "./defaults/host-names.json" with { type: "json" }
import hostsShapes from "./defaults/hosts-shapes.json" with { type: "json" }
import ports from "./defaults/ports.json" with { type: "json" }
import sources from "./defaults/sources.json" with { type: "json" }
import { sha256Hex } from "./sha256.ts"

/**
 * The catalogue of defaults: values that images, packages and guides set, so that
 * two servers which share one have nothing in common but their software. As
 * evidence about operators such a value weighs nothing.
 */

/** What a value is. The forms in which each is looked up are those of `default-values.ts` and of the store. */
export const DefaultKind = Schema.Literals([
  /** The whole answer to `server.banner`; spaces at line ends and empty lines around do not matter. */
  "banner",
  /** One line of a banner, put there by a widespread script. */
  "banner line",
  /** The answer to `server.donation_address`. */
  "donation address",
  /** `portText`: chain, transport and port. */
  "port",
  /** `hostsShape`: which kinds of hosts with which ports `server.features` claims. */
  "hosts shape",
  /** A host that samples name or a hoster gives to a machine; never the operator's choice. */
  "host name",
  /** A domain below which anybody gets a name (dynamic DNS, hosters); matches the names below it. */
  "host name suffix",
  /** SHA-256 of a certificate whose key is published. */
  "certificate",
  /** SHA-256 of the public key (SPKI) whose private half is published. */
  "public key",
  /** A whole subject as stored, e.g. `O=Fulcrum`. */
  "certificate subject",
  /** A whole issuer: a default subject that signed itself, or an authority that anybody uses. */
  "certificate issuer",
  /** One attribute of a subject or issuer, e.g. `O=RaspiBlitz`. */
  "certificate attribute",
  /** A common name or an alternative DNS name. */
  "certificate name",
  /** `validityText`: days from the first to the last moment. */
  "certificate validity"
])
export type DefaultKind = typeof DefaultKind.Type

const IsoDay = Schema.String.check(Schema.isPattern(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/))

/** Where facts were read: a public repository at a commit, or a package of a distribution at a version. */
export const DefaultSource = Schema.Union([
  Schema.Struct({
    id: Schema.NonEmptyString,
    /** Its purpose is to stand before servers and speak TLS for them. */
    ends_tls: Schema.optionalKey(Schema.Boolean),
    repository: Schema.String.check(Schema.isPattern(/^github\.com\/[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/)),
    commit: Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}$/)),
    /** Day of that commit. */
    committed: IsoDay,
    /** Day we read it. */
    read: IsoDay
  }),
  Schema.Struct({
    id: Schema.NonEmptyString,
    package: Schema.NonEmptyString,
    version: Schema.NonEmptyString,
    read: IsoDay
  })
])
export type DefaultSource = typeof DefaultSource.Type

const entryFields = {
  kind: DefaultKind,
  /** Who sets it, with the file that says so in a source of `sources.json`. */
  set_by: Schema.NonEmptyArray(Schema.Struct({
    what: Schema.NonEmptyString,
    source: Schema.NonEmptyString,
    path: Schema.NonEmptyString
  }))
}

/** An anchored regular expression; unanchored, it would call a text default that contains one. */
const AnchoredPattern = Schema.String.check(Schema.isPattern(/^\^.+\$$/s))

const DefaultEntry = Schema.Union([
  Schema.Struct({ ...entryFields, value: Schema.String }),
  Schema.Struct({ ...entryFields, pattern: AnchoredPattern }),
  /** Of a banner too long to repeat: SHA-256 of `bannerText` with every version number replaced by `0`. */
  Schema.Struct({ ...entryFields, sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)) })
])
export type DefaultEntry = typeof DefaultEntry.Type

/** Decoding takes 20 ms, which commands that need no catalogue should not wait for. */
const once = <A>(make: () => A): () => A => {
  let made: A | undefined
  return () => made ??= make()
}

/** Everything in the catalogue, decoded; throws where a file of it is wrong. */
export const allDefaults: () => ReadonlyArray<DefaultEntry> = once(() =>
  Schema.decodeUnknownSync(Schema.Array(DefaultEntry))([
    ...banners,
    ...donationAddresses,
    ...ports,
    ...hostsShapes,
    ...hostNames,
    ...certificates
  ])
)

/** Where the facts of the catalogue were read. */
export const defaultSources: () => ReadonlyArray<DefaultSource> = once(() => Schema.decodeSync(Schema.Array(DefaultSource))(sources))

/** Names have no case; everything else is compared as it is. */
const nameKinds: ReadonlySet<DefaultKind> = new Set(["host name", "host name suffix", "certificate name"])

/** Longer values are nobody's default, and not worth the time of a pattern. */
const longestValue = 20_000

const comparable = (kind: DefaultKind, value: string): string =>
  kind === "banner" ? bannerText(value) : nameKinds.has(kind) ? value.toLowerCase() : value

/**
 * Version numbers below drawn letters differ from release to release. Looking
 * back for a digit keeps a long row of them from being tried from each of its places.
 */
const versionless = (text: string): string => text.replace(/(?<![0-9])[0-9]+(?:\.[0-9]+)+/g, "0")

const bannerHash = (text: string): string => sha256Hex(versionless(text))

interface Index {
  readonly values: Map<string, DefaultEntry>
  readonly patterns: Array<readonly [RegExp, DefaultEntry]>
  readonly hashes: Map<string, DefaultEntry>
}

const indexes = once((): ReadonlyMap<DefaultKind, Index> => {
  const byKind = new Map<DefaultKind, Index>(DefaultKind.literals.map((kind) => [
    kind,
    { values: new Map(), patterns: [], hashes: new Map() }
  ]))
  for (const entry of allDefaults()) {
    const { hashes, patterns, values } = byKind.get(entry.kind)!
    if ("value" in entry) values.set(comparable(entry.kind, entry.value), entry)
    else if ("pattern" in entry) patterns.push([new RegExp(entry.pattern), entry])
    else hashes.set(entry.sha256, entry)
  }
  return byKind
})

/** Does the catalogue have one of the domains above this name? The domain itself is its provider's own. */
const underSuffix = (values: Index["values"], name: string): DefaultEntry | undefined => {
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const entry = values.get(name.slice(dot + 1))
    if (entry !== undefined) return entry
  }
  return undefined
}

/**
 * The entry that makes a value a default, undefined where none does. A default
 * is no evidence that two servers belong together, and its absence from the
 * catalogue is no evidence that they do: nobody knows all images.
 */
export const defaultOf = (kind: DefaultKind, value: string): DefaultEntry | undefined => {
  if (value.length > longestValue) return undefined
  const text = comparable(kind, value)
  const { hashes, patterns, values } = indexes().get(kind)!
  if (kind === "host name suffix") return underSuffix(values, text)
  return values.get(text) ??
    patterns.find(([pattern]) => pattern.test(text))?.[1] ??
    (hashes.size === 0 ? undefined : hashes.get(bannerHash(text)))
}

/** Who sets a default, in words for a person: `Umbrel, app Electrs` or `MiniBolt, Fulcrum and 4 others`. */
export const setByText = (entry: DefaultEntry): string => {
  const [first, ...others] = entry.set_by
  return others.length === 0 ? first.what : `${first.what} and ${others.length} ${others.length === 1 ? "other" : "others"}`
}

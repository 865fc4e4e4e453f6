import { Effect, Option, Schema } from "effect"
import { type AddressRange, rangeOfBlock } from "../domain/address-range.ts"
import { EnrichError } from "./enrich-error.ts"
import { type FileFacts, readWhole } from "./read-pieces.ts"

/** A block of a cloud, as its provider publishes it. */
export interface CloudBlock {
  readonly range: AddressRange
  readonly block: string
  readonly provider: string
  /** Region and service, where the file tells. */
  readonly detail: string | null
}

export interface CloudRanges {
  readonly name: string
  readonly dataAt: number | null
  readonly blocks: ReadonlyArray<CloudBlock>
  readonly notes: ReadonlyArray<string>
}

interface RawBlock {
  readonly cidr: string
  readonly provider: string
  readonly detail: string | null
}

interface RawRanges {
  readonly date: number | null
  readonly blocks: ReadonlyArray<RawBlock>
}

const Text = Schema.String.check(Schema.isMaxLength(200))
const text = Schema.optionalKey(Text)

/** A published shape with how its blocks are taken out of it. */
const shape = <A>(schema: Schema.ConstraintDecoder<A>, read: (file: A) => RawRanges) => {
  const decode = Schema.decodeUnknownOption(schema)
  return (json: unknown): RawRanges | undefined => Option.getOrUndefined(Option.map(decode(json), read))
}

const words = (...parts: ReadonlyArray<string | undefined>): string | null =>
  parts.filter((part) => part !== undefined && part !== "").join(" ") || null

const dateOf = (text: string | undefined): number | null => {
  const at = Date.parse(text ?? "")
  return Number.isNaN(at) ? null : at
}

/** `ip-ranges.json` of Amazon Web Services. */
const amazon = shape(
  Schema.Struct({
    createDate: text,
    prefixes: Schema.Array(Schema.Struct({ ip_prefix: Text, region: text, service: text })),
    ipv6_prefixes: Schema.Array(Schema.Struct({ ipv6_prefix: Text, region: text, service: text }))
  }),
  (file) => ({
    // 2019-12-12-11-03-09
    date: dateOf(file.createDate?.replace(/^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)$/, "$1T$2:$3:$4Z")),
    blocks: [
      ...file.prefixes.map((p) => ({ cidr: p.ip_prefix, provider: "Amazon Web Services", detail: words(p.region, p.service) })),
      ...file.ipv6_prefixes.map((p) => ({ cidr: p.ipv6_prefix, provider: "Amazon Web Services", detail: words(p.region, p.service) }))
    ]
  })
)

/** `cloud.json` of Google Cloud. */
const google = shape(
  Schema.Struct({
    creationTime: text,
    prefixes: Schema.Array(Schema.Struct({ ipv4Prefix: text, ipv6Prefix: text, service: text, scope: text })).check(
      Schema.makeFilter((list) => list.some((p) => p.ipv4Prefix !== undefined || p.ipv6Prefix !== undefined) || "no prefixes")
    )
  }),
  (file) => ({
    date: dateOf(file.creationTime === undefined || /[zZ]|[+-]\d\d:\d\d$/.test(file.creationTime) ? file.creationTime : `${file.creationTime}Z`),
    blocks: file.prefixes.flatMap((p) =>
      [p.ipv4Prefix, p.ipv6Prefix].flatMap((cidr) =>
        cidr === undefined ? [] : [{ cidr, provider: p.service ?? "Google Cloud", detail: words(p.scope) }]
      )
    )
  })
)

/** `ServiceTags_Public_….json` of Microsoft Azure. */
const azure = shape(
  Schema.Struct({
    cloud: Text,
    values: Schema.Array(Schema.Struct({
      name: Text,
      properties: Schema.Struct({ region: text, systemService: text, addressPrefixes: Schema.Array(Text) })
    }))
  }),
  (file) => ({
    date: null,
    blocks: file.values.flatMap(({ name, properties }) =>
      properties.addressPrefixes.map((cidr) => ({
        cidr,
        provider: "Microsoft Azure",
        detail: words(properties.region, properties.systemService || name)
      }))
    )
  })
)

/** `public_ip_ranges.json` of Oracle Cloud. */
const oracle = shape(
  Schema.Struct({
    last_updated_timestamp: text,
    regions: Schema.Array(Schema.Struct({ region: Text, cidrs: Schema.Array(Schema.Struct({ cidr: Text })) }))
  }),
  (file) => ({
    date: dateOf(file.last_updated_timestamp),
    blocks: file.regions.flatMap(({ cidrs, region }) => cidrs.map(({ cidr }) => ({ cidr, provider: "Oracle Cloud", detail: region })))
  })
)

/** Ours, for providers that publish nothing: `{"provider": "…", "updated": "2026-11-01", "ranges": ["192.0.2.0/24"]}`. */
const plain = shape(
  Schema.Struct({ provider: Schema.NonEmptyString.check(Schema.isMaxLength(200)), updated: text, ranges: Schema.Array(Text) }),
  (file) => ({
    date: dateOf(file.updated),
    blocks: file.ranges.map((cidr) => ({ cidr, provider: file.provider, detail: null }))
  })
)

const shapes = [amazon, google, azure, oracle, plain]

const maxBytes = 50_000_000

/** A file of `--cloud-ranges`, in one of the shapes that the large clouds publish, or ours. */
export const readCloudRanges = Effect.fnUntraced(function*(file: FileFacts) {
  const bad = (why: string) => new EnrichError({ reason: "bad format", file: file.path, message: `${file.path} ${why}` })
  const bytes = yield* readWhole(file.path, maxBytes)
  const json: unknown = yield* Effect.try({
    try: () => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
    catch: () => bad("is no JSON.")
  })
  const raw = shapes.map((read) => read(json)).find((found) => found !== undefined)
  if (raw === undefined) {
    return yield* bad(
      "has none of the known shapes: ip-ranges.json of Amazon, cloud.json of Google, ServiceTags of Azure, public_ip_ranges.json of Oracle, or {provider, ranges}."
    )
  }
  const blocks = raw.blocks.flatMap(({ cidr, detail, provider }): ReadonlyArray<CloudBlock> => {
    const range = rangeOfBlock(cidr)
    return range === undefined ? [] : [{ range, block: cidr, provider, detail }]
  })
  const unreadable = raw.blocks.length - blocks.length
  if (blocks.length === 0) return yield* bad("has no block of addresses that can be read.")
  const ranges: CloudRanges = {
    name: file.name,
    dataAt: raw.date ?? file.modifiedAt,
    blocks,
    notes: unreadable === 0 ? [] : [`${file.name}: ${unreadable} blocks could not be read`]
  }
  return ranges
})

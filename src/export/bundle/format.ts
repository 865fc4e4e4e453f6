import { Schema } from "effect"

/** What stands first in every bundle. */
export const bundleFormat = "electrum-observatory evidence"
export const bundleVersion = 1

/** Names of items are paths that lead nowhere else. */
const ItemName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/), Schema.isMaxLength(200))
const Hash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
const Bits = Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}$/))

/** A value inside an item: what a JSON pointer (RFC 6901) leads to, of a text only the characters `from` to `to`. */
export const Ref = Schema.Struct({
  item: ItemName,
  at: Schema.String,
  from: Schema.optionalKey(Schema.Int),
  to: Schema.optionalKey(Schema.Int)
})
export type Ref = typeof Ref.Type

/** A fact that anybody can work out again from the items; `BUNDLE.md` says how. */
export const Check = Schema.Union([
  Schema.Struct({
    check: Schema.Literal("header"),
    header: Ref,
    hash: Hash,
    previous: Hash,
    merkle_root: Hash,
    time: Schema.Int,
    bits: Bits,
    meets_target: Schema.Boolean
  }),
  Schema.Struct({ check: Schema.Literal("link"), earlier: Ref, later: Ref, follows: Schema.Boolean }),
  Schema.Struct({ check: Schema.Literal("easier"), header: Ref, limit: Bits, times: Schema.Int, easier: Schema.Boolean }),
  Schema.Struct({ check: Schema.Literal("merkle"), proof: Ref, txid: Hash, root: Hash, header: Ref, leads: Schema.Boolean }),
  Schema.Struct({ check: Schema.Literal("transaction"), transaction: Ref, txid: Hash }),
  Schema.Struct({ check: Schema.Literal("status"), history: Ref, status: Ref, agrees: Schema.Boolean }),
  Schema.Struct({
    check: Schema.Literal("entries"),
    history: Ref,
    pinned: Schema.Array(Schema.Struct({ txid: Hash, height: Schema.Int })),
    missing: Schema.Array(Hash),
    moved: Schema.Array(Hash)
  }),
  Schema.Struct({ check: Schema.Literal("certificate"), certificate: ItemName, sha256: Hash, spki_sha256: Hash }),
  Schema.Struct({ check: Schema.Literal("same key"), certificates: Schema.Array(ItemName) }),
  Schema.Struct({ check: Schema.Literal("same value"), values: Schema.Array(Ref) }),
  Schema.Struct({ check: Schema.Literal("value"), value: Ref, is: Schema.Json })
])
export type Check = typeof Check.Type

/** One item as the manifest lists it; its bytes follow in a line of their own. */
export const Item = Schema.Struct({
  name: ItemName,
  kind: Schema.Literals(["reply", "certificate", "chain certificate", "finding"]),
  bytes: Schema.Int,
  sha256: Hash,
  /** The visit in which it was received; null for findings. */
  visit: Schema.NullOr(Schema.Int),
  /** Of replies: what was asked and how it came; null for others. */
  asked: Schema.NullOr(Schema.Struct({
    probe: Schema.String,
    method: Schema.NullOr(Schema.String),
    params: Schema.NullOr(Schema.Array(Schema.Json)),
    sent_at: Schema.NullOr(Schema.String),
    outcome: Schema.String,
    wire_bytes: Schema.NullOr(Schema.Int),
    padding: Schema.NullOr(Schema.Int),
    line_end: Schema.NullOr(Schema.String),
    whole: Schema.Boolean
  }))
})
export type Item = typeof Item.Type

/** Whether the bytes of an item are a certificate, of a server or above it. */
export const isCertificate = ({ kind }: Pick<Item, "kind">): boolean => kind === "certificate" || kind === "chain certificate"

export const BundleVisit = Schema.Struct({
  visit: Schema.Int,
  server: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String,
  kind: Schema.String,
  started_at: Schema.String,
  address: Schema.NullOr(Schema.String)
})
export type BundleVisit = typeof BundleVisit.Type

/** The first line of a bundle. */
export const Manifest = Schema.Struct({
  format: Schema.Literal(bundleFormat),
  version: Schema.Literal(bundleVersion),
  warning: Schema.optionalKey(Schema.String),
  claim: Schema.Struct({ kind: Schema.Literals(["server", "pair", "cluster", "indicator", "violation"]), of: Schema.Array(Schema.String), statement: Schema.String }),
  about: Schema.Record(Schema.String, Schema.Json),
  visits: Schema.Array(BundleVisit),
  items: Schema.Array(Item),
  checks: Schema.Array(Check)
})
export type Manifest = typeof Manifest.Type

/** Every other line. */
export const ItemLine = Schema.Struct({ name: ItemName, base64: Schema.String })

/** The bytes of items by name. */
export type Items = ReadonlyMap<string, Uint8Array>

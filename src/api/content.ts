import { createHash } from "node:crypto"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { type Encoding, encode, encodingFor } from "./encoding.ts"

/** Bytes that stay as they are, with what they are encoded to, made when it is first asked for. */
export interface Content {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** The entity tag without quotes; encodings of it get a suffix, because a strong tag stands for bytes. */
  readonly tag: string
  readonly cacheControl: string
  /** Of the data it was made of, stated in header `edition`; null for what is made of no data. */
  readonly edition: string | null
  readonly encoded: Map<Encoding, Uint8Array>
}

/** A tag that no other bytes have. */
export const tagOf = (...parts: ReadonlyArray<string | Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part).update("\0")
  return hash.digest("base64url").slice(0, 22)
}

export const contentOf = (
  bytes: Uint8Array,
  contentType: string,
  tag: string,
  cacheControl: string,
  edition: string | null = null
): Content => ({
  bytes,
  contentType,
  tag,
  cacheControl,
  edition,
  encoded: new Map()
})

/** Bytes that a content holds in memory. */
export const weightOf = ({ bytes, encoded }: Content): number =>
  bytes.length + [...encoded.values()].reduce((sum, one) => sum + one.length, 0) + 500

/** The tags of an `If-None-Match`, without quotes and encodings. */
const knownTags = (header: string): ReadonlyArray<string> =>
  [...header.matchAll(/"([^"]*)"/g)].map(([, tag]) => tag!.replace(/\.(?:br|gzip)$/, ""))

/** What a content says of itself, also where it is not sent. */
export type Stated = Pick<Content, "tag" | "cacheControl" | "edition">

const common = ({ cacheControl, edition }: Stated) => ({
  vary: "Accept-Encoding",
  "cache-control": cacheControl,
  ...(edition === null ? {} : { edition })
})

/** Whether the client has these bytes already. */
export const isKnown = (headers: { readonly [name: string]: string | undefined }, tag: string): boolean => {
  const header = headers["if-none-match"]
  return header !== undefined && knownTags(header).includes(tag)
}

/** Whether the client has any bytes of this address, and wants none as long as there are some. */
const hasAny = (headers: { readonly [name: string]: string | undefined }): boolean => headers["if-none-match"]?.trim() === "*"

/** "Not modified", for a client that has the bytes of a tag. */
export const notModified = (stated: Stated): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.empty({ status: 304, headers: { ...common(stated), etag: `"${stated.tag}"` } })

/** A content as a response, compressed as the client likes. */
export const contentAnswer = Effect.fnUntraced(function*(
  content: Content,
  headers: { readonly [name: string]: string | undefined }
) {
  const { bytes, contentType, tag } = content
  if (hasAny(headers) || isKnown(headers, tag)) return notModified(content)
  const encoding = encodingFor(headers["accept-encoding"], contentType, bytes.length)
  const ready = encoding === "identity" ? bytes : content.encoded.get(encoding)
  const body = ready ?? (yield* encode(bytes, encoding))
  if (encoding !== "identity") content.encoded.set(encoding, body)
  return HttpServerResponse.uint8Array(body, {
    contentType,
    headers: {
      ...common(content),
      etag: `"${tag}${encoding === "identity" ? "" : `.${encoding}`}"`,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding })
    }
  })
})

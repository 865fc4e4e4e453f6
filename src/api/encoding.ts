import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import { Effect } from "effect"

/** How the bytes of an answer may travel. */
export type Encoding = "br" | "gzip" | "identity"

/** Fewer bytes than these are not worth it. */
const leastBytes = 1_024

const compressible = /^(?:text\/|application\/(?:json|javascript|octet-stream)|image\/svg)/

/** The encoding to answer with: the smallest that the client takes and the content is worth. */
export const encodingFor = (accepted: string | undefined, contentType: string, bytes: number): Encoding => {
  if (accepted === undefined || bytes < leastBytes || !compressible.test(contentType)) return "identity"
  const taken = new Set(
    accepted.toLowerCase().split(",").map((part) => part.trim().split(/\s*;\s*/)).filter(([, quality]) => !/^q=0(?:\.0*)?$/.test(quality ?? "")).map(([name]) => name)
  )
  return taken.has("br") ? "br" : taken.has("gzip") ? "gzip" : "identity"
}

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]

/** Compresses outside of the main thread. */
export const encode = (bytes: Uint8Array, encoding: Encoding): Effect.Effect<Uint8Array> =>
  encoding === "identity" ? Effect.succeed(bytes) : Effect.promise((): Promise<Uint8Array> =>
    encoding === "gzip" ? zip(bytes, { level: 6 }) : brotli(bytes, {
      // Higher qualities take several times as long for a tenth less.
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    }))

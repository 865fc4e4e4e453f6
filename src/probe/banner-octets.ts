import { isUtf8 } from "node:buffer"
import { memberText } from "../electrum/member-text.ts"
import type { Reply } from "../electrum/reply.ts"

/**
 * The bytes between the quotes of a banner that no text can stand for (no UTF-8,
 * or half a surrogate pair written as an escape), as the server wrote them,
 * escapes included; of a line too long to be kept whole, all that was kept of
 * it. Null for any other banner, and without one.
 */
export const bannerOctets = ({ octets, raw, result }: Pick<Reply, "octets" | "raw" | "result">): Uint8Array | null => {
  if (typeof result !== "string" || (octets === null && result.isWellFormed())) return null
  const line = octets ?? new Uint8Array(Buffer.from(raw ?? ""))
  // A character of Latin-1 is a byte, and what JSON is built of is ASCII: so the bytes can be read like a text.
  const written = memberText(Buffer.from(line).toString("latin1"), "result")
  if (written === null) return line
  const content = new Uint8Array(Buffer.from(written.slice(1, -1), "latin1"))
  return isUtf8(content) && result.isWellFormed() ? null : content
}

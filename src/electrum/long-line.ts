import { isUtf8 } from "node:buffer"
import type { MalformedLine } from "./json-rpc.ts"
import type { LongLine } from "./line-framer.ts"
import { maxReplyText, storedOctets } from "./reply-text.ts"

/** Where the id of a reply stands when it comes first; nothing but the protocol's version stands before it. */
const idFirst = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"[^"]{0,8}"\s*,\s*)?"id"\s*:\s*"?([0-9]{1,9})(?:\.0+)?"?\s*,/

/** And when it comes last, as with ElectrumX. A text cannot look like it: quotes within it are escaped. */
const idLast = /,\s*"id"\s*:\s*"?([0-9]{1,9})(?:\.0+)?"?\s*(?:,\s*"jsonrpc"\s*:\s*"[^"]{0,8}"\s*)?\}\s*$/

/** What is looked at of the beginning: an envelope is shorter. */
const headBytes = 256

/** Bytes of the longest text that is kept: UTF-8 has three at most for one of its units. */
const textBytes = 3 * maxReplyText

/** The request that an overlong line answers, by what is known of it; null when that does not say. */
export const idOfEdges = (start: Buffer, end: Buffer | null): number | null => {
  const found = idFirst.exec(start.toString("latin1", 0, headBytes)) ?? (end === null ? null : idLast.exec(end.toString("latin1")))
  return found === null ? null : Number(found[1])
}

/** The start of a reply says that it is an error: no result stands before it. */
export const beginsAsError = (start: string): boolean =>
  /^\s*\{(?:\s*"(?:jsonrpc|id)"\s*:\s*"?[\w.-]{0,16}"?\s*,){0,2}\s*"error"\s*:\s*[{"]/.test(start.slice(0, headBytes))

/** The start without the bytes of a character that was cut through; as it is where it is no UTF-8 anyway. */
const wholeCharacters = (start: Buffer): Buffer =>
  [1, 2, 3].map((cut) => start.subarray(0, -cut)).find((shorter) => isUtf8(shorter)) ?? start

/** A line of which only the edges were kept: nothing of it is understood but whose reply it is. */
export const decodeLongLine = ({ bytes, end, start }: LongLine): MalformedLine => {
  const id = idOfEdges(start, end)
  const known = start.subarray(0, textBytes)
  const text = isUtf8(known) ? known : wholeCharacters(known)
  return {
    _tag: "malformed",
    text: text.toString("utf8"),
    bytes,
    octets: storedOctets(text),
    id,
    idRemark: null,
    anonymous: id === null,
    problem: `a line of ${bytes} bytes`
  }
}

import { hash } from "node:crypto"

/** 32 bytes. */
export const sha256 = (bytes: Uint8Array): Buffer => hash("sha256", bytes, "buffer")

/** 32 bytes; Bitcoin's hash of blocks and transactions. */
export const doubleSha256 = (bytes: Uint8Array): Buffer => sha256(sha256(bytes))

/** A hash as people write it: most significant byte first. */
export const shownHash = (digest: Uint8Array): string => Buffer.from(digest.toReversed()).toString("hex")

/** A shown hash as it stands in headers and transactions. */
export const hashBytes = (shown: string): Buffer => Buffer.from(Buffer.from(shown, "hex").toReversed())

/** What the protocol calls the scripthash of an output script (hex). */
export const scripthashOf = (script: string): string => shownHash(sha256(Buffer.from(script, "hex")))

import { doubleSha256, sha256, shownHash } from "../../src/simnet/bitcoin/hash.ts"

/** 64 hex digits that stand for whatever nobody looks into. */
export const filler = (text: string): string => shownHash(sha256(Buffer.from(text)))

/** A header (160 hex digits) of nothing. */
export const fillerHeader = (text: string): string => filler(text).repeat(3).slice(0, 160)

/** The hash of a block by its header, both in hex. */
export const hashOfHeader = (header: string): string => shownHash(doubleSha256(Buffer.from(header, "hex")))

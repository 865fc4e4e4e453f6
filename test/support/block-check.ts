import { createHash } from "node:crypto"

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

/** Hashes are written last byte first. */
const written = (hash: Uint8Array): string => Buffer.from(hash.toReversed()).toString("hex")

/** Block hash of a header of 160 hex digits, as people write it. */
export const blockHash = (header: string): string => written(sha256(sha256(Buffer.from(header, "hex"))))

/** The hash of the block before, bytes 4 to 36 of a header, as people write it. */
export const previousHash = (header: string): string => written(Buffer.from(header, "hex").subarray(4, 36))

/** Headers written one after another, 80 bytes each. */
export const splitHeaders = (hex: string): ReadonlyArray<string> => hex.match(/.{160}/g) ?? []

/** Bytes 36 to 68 of a header, as people write hashes. */
export const merkleRoot = (header: string): string => written(Buffer.from(header, "hex").subarray(36, 68))

/** What `blockchain.transaction.get_merkle` answers. */
export interface MerkleProof {
  readonly merkle: ReadonlyArray<string>
  readonly pos: number
}

/** The Merkle root that a proof leads to from a transaction. */
export const foldedProof = (txid: string, { merkle, pos }: MerkleProof): string => {
  const bytes = (hash: string): Buffer => Buffer.from(Buffer.from(hash, "hex").toReversed())
  let hash = bytes(txid)
  let place = pos
  for (const neighbour of merkle.map(bytes)) {
    hash = sha256(sha256(Buffer.concat((place & 1) === 1 ? [neighbour, hash] : [hash, neighbour])))
    place >>= 1
  }
  return written(hash)
}

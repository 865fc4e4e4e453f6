import type { Backend } from "./backend.ts"
import { doubleSha256, hashBytes, shownHash } from "./hash.ts"

/** A hash's place under the Merkle root of a list. */
export interface MerkleProof {
  /** Hashes as people write them, from the neighbour upwards. */
  readonly branch: ReadonlyArray<string>
  readonly root: string
}

/** An odd level repeats its last hash. */
const parents = (level: ReadonlyArray<Buffer>): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
    doubleSha256(Buffer.concat([level[2 * i]!, level[2 * i + 1] ?? level[2 * i]!]))
  )

/** The Merkle root of at least one hash, bytes as they stand in blocks. */
export const merkleRoot = (leaves: ReadonlyArray<Buffer>): Buffer => {
  let level = leaves
  while (level.length > 1) level = parents(level)
  return level[0]!
}

/** The proof of one of a list of hashes as people write them. */
export const merkleProof = (hashes: ReadonlyArray<string>, place: number): MerkleProof => {
  let level: ReadonlyArray<Buffer> = hashes.map(hashBytes)
  let index = place
  const branch: Array<string> = []
  while (level.length > 1) {
    branch.push(shownHash(level[index ^ 1] ?? level[index]!))
    index >>= 1
    level = parents(level)
  }
  return { branch, root: shownHash(level[0]!) }
}

/** A header's place under the root of all headers up to a checkpoint (`cp_height`); both within the node's chain. */
export const headerProof = (chain: Pick<Backend, "hash">, height: number, checkpoint: number): MerkleProof =>
  merkleProof(
    Array.from({ length: checkpoint + 1 }, (_, h) => chain.hash(h)!),
    height
  )

import { createHash } from "node:crypto"
import type { Backend } from "./backend.ts"

/** A hash's place under the Merkle root of a list. */
export interface MerkleProof {
  /** Hashes as people write them, from the neighbour upwards. */
  readonly branch: ReadonlyArray<string>
  readonly root: string
}

const doubleSha256 = (bytes: Uint8Array): Buffer =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest()

const shown = (hash: Buffer): string => Buffer.from(hash.toReversed()).toString("hex")

/** The proof of one of a list of hashes as people write them; an odd level repeats its last hash. */
export const merkleProof = (hashes: ReadonlyArray<string>, place: number): MerkleProof => {
  let level: Array<Buffer> = hashes.map((hash) => Buffer.from(Buffer.from(hash, "hex").toReversed()))
  let index = place
  const branch: Array<string> = []
  while (level.length > 1) {
    if (level.length % 2 === 1) level.push(level.at(-1)!)
    branch.push(shown(level[index ^ 1]!))
    index >>= 1
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      doubleSha256(Buffer.concat([level[2 * i]!, level[2 * i + 1]!]))
    )
  }
  return { branch, root: shown(level[0]!) }
}

/** A header's place under the root of all headers up to a checkpoint (`cp_height`); both within the node's chain. */
export const headerProof = (chain: Pick<Backend, "hash">, height: number, checkpoint: number): MerkleProof =>
  merkleProof(
    Array.from({ length: checkpoint + 1 }, (_, h) => chain.hash(h)!),
    height
  )

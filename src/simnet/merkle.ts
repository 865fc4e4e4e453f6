import { createHash } from "node:crypto"
import type { Backend } from "./backend.ts"

/** A header's place under the Merkle root of all headers up to a checkpoint (protocol docs, `cp_height`). */
export interface HeaderProof {
  /** Hashes as people write them, from the header's neighbour upwards. */
  readonly branch: ReadonlyArray<string>
  readonly root: string
}

const doubleSha256 = (bytes: Uint8Array): Buffer =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest()

const shown = (hash: Buffer): string => Buffer.from(hash.toReversed()).toString("hex")

/** `height <= checkpoint`, both within the node's chain. */
export const headerProof = (chain: Pick<Backend, "hash">, height: number, checkpoint: number): HeaderProof => {
  let level = Array.from({ length: checkpoint + 1 }, (_, h) =>
    Buffer.from(Buffer.from(chain.hash(h)!, "hex").toReversed())
  )
  let index = height
  const branch: Array<string> = []
  while (level.length > 1) {
    if (level.length % 2 === 1) level.push(level.at(-1)!)
    branch.push(shown(level[index ^ 1]!))
    index >>= 1
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      Buffer.from(doubleSha256(Buffer.concat([level[2 * i]!, level[2 * i + 1]!])))
    )
  }
  return { branch, root: shown(level[0]!) }
}

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

/** From the leaves up to the root. */
type Levels = ReadonlyArray<ReadonlyArray<Buffer>>

const levelsOf = (leaves: ReadonlyArray<Buffer>): Levels => {
  const levels = [leaves]
  while (levels.at(-1)!.length > 1) levels.push(parents(levels.at(-1)!))
  return levels
}

const proofIn = (levels: Levels, place: number): MerkleProof => ({
  branch: levels.slice(0, -1).map((level, i) => {
    const index = place >> i
    return shownHash(level[index ^ 1] ?? level[index]!)
  }),
  root: shownHash(levels.at(-1)![0]!)
})

/** The Merkle root of at least one hash, bytes as they stand in blocks. */
export const merkleRoot = (leaves: ReadonlyArray<Buffer>): Buffer => levelsOf(leaves).at(-1)![0]!

/** The proof of one of a list of hashes as people write them. */
export const merkleProof = (hashes: ReadonlyArray<string>, place: number): MerkleProof =>
  proofIn(levelsOf(hashes.map(hashBytes)), place)

/** Trees over all headers of a chain by the last header's hash: thousands of hashes each, so the latest are kept. */
const headerTrees = new Map<string, Levels>()
const keptTrees = 8

/** A chain's block hashes by height, as people write them. */
export interface Headers {
  readonly hash: (height: number) => string | undefined
}

const headerTree = (chain: Headers, checkpoint: number): Levels => {
  const last = chain.hash(checkpoint)!
  const known = headerTrees.get(last)
  if (known !== undefined) return known
  const levels = levelsOf(Array.from({ length: checkpoint + 1 }, (_, h) => hashBytes(chain.hash(h)!)))
  headerTrees.set(last, levels)
  if (headerTrees.size > keptTrees) headerTrees.delete(headerTrees.keys().next().value!)
  return levels
}

/** A header's place under the root of all headers up to a checkpoint (`cp_height`); both within the node's chain. */
export const headerProof = (chain: Headers, height: number, checkpoint: number): MerkleProof =>
  proofIn(headerTree(chain, checkpoint), height)

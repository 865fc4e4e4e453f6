import { type BehaviourVector, profiles, type Traits } from "./vector.ts"

/** A server that behaves like another. */
export interface Neighbour {
  readonly serverId: number
  /** Shared values weighed by their rarity, of all traits that both have, 0 to 1. */
  readonly similarity: number
}

/** Values held by more profiles than this are left out of the search for candidates; they count in the similarity. */
const longestPosting = 500

/** Candidates compared for each profile. */
const mostCandidates = 2_000

/** Bits of a value: rare ones say more. Counted over profiles, so that a hundred equal servers count once. */
const weights = (all: ReadonlyArray<Traits>): ReadonlyMap<string, ReadonlyMap<string, number>> => {
  const counts = new Map<string, Map<string, number>>()
  for (const traits of all) {
    for (const [trait, value] of traits) {
      let values = counts.get(trait)
      if (values === undefined) counts.set(trait, values = new Map())
      values.set(value, (values.get(value) ?? 0) + 1)
    }
  }
  return new Map([...counts].map(([trait, values]) => [
    trait,
    new Map([...values].map(([value, count]) => [value, Math.log2((all.length + 1) / count)]))
  ]))
}

const similarity = (a: Traits, b: Traits, bits: ReadonlyMap<string, ReadonlyMap<string, number>>): number => {
  let shared = 0
  let all = 0
  for (const [trait, value] of a) {
    const other = b.get(trait)
    if (other === undefined) continue
    const values = bits.get(trait)!
    if (other === value) {
      shared += values.get(value)!
      all += values.get(value)!
    } else all += Math.max(values.get(value)!, values.get(other)!)
  }
  return all === 0 ? 0 : shared / all
}

/**
 * The servers that behave most like each, the most similar first, of equals the
 * smaller number first; in the order given. Found through an inverted index
 * over profiles (vectors alike in every trait), exact while fewer than 500
 * profiles share a value.
 */
export const neighbours = (
  vectors: ReadonlyArray<BehaviourVector>,
  most = 10
): ReadonlyArray<ReadonlyArray<Neighbour>> => {
  const groups = profiles(vectors)
  const traits = groups.map((group) => group[0]!.traits)
  const bits = weights(traits)
  const postings = new Map<string, Array<number>>()
  const key = (trait: string, value: string): string => `${trait}\n${value}`
  for (const [i, of] of traits.entries()) {
    for (const [trait, value] of of) {
      const posting = postings.get(key(trait, value))
      if (posting === undefined) postings.set(key(trait, value), [i])
      else posting.push(i)
    }
  }
  const near = traits.map((of, i): ReadonlyArray<Neighbour> => {
    const votes = new Map<number, number>()
    for (const [trait, value] of of) {
      const posting = postings.get(key(trait, value))!
      if (posting.length > longestPosting) continue
      const weight = bits.get(trait)!.get(value)!
      for (const other of posting) votes.set(other, (votes.get(other) ?? 0) + weight)
    }
    const candidates = votes.size <= mostCandidates
      ? [...votes.keys()]
      : [...votes].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, mostCandidates).map(([other]) => other)
    return candidates
      .filter((other) => other !== i)
      .map((other) => ({ other, similarity: similarity(of, traits[other]!, bits) }))
      .filter((found) => found.similarity > 0)
      .toSorted((a, b) => b.similarity - a.similarity || groups[a.other]![0]!.serverId - groups[b.other]![0]!.serverId)
      .slice(0, most)
      .flatMap(({ other, similarity }) => groups[other]!.slice(0, most).map(({ serverId }) => ({ serverId, similarity })))
      .slice(0, most)
  })
  const found = new Map(groups.flatMap((group, i) =>
    group.map(({ serverId }) => [
      serverId,
      [
        ...group.slice(0, most + 1).filter((other) => other.serverId !== serverId).map((other) => ({ serverId: other.serverId, similarity: 1 })),
        ...near[i]!
      ].slice(0, most)
    ])
  ))
  return vectors.map(({ serverId }) => found.get(serverId)!)
}

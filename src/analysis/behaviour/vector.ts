/** What a server does in one respect, and how, e.g. `line end` -> `LF`. */
export type Traits = ReadonlyMap<string, string>

/** How a server behaves: traits in words, those not seen left out. */
export interface BehaviourVector {
  readonly serverId: number
  readonly implementation: string | null
  readonly traits: Traits
}

/** Value of a trait on which the endpoints of one server differ. */
export const differs = "differs"

/** Several endpoints' traits as the server's: where two differ, that is its value. */
export const joinedTraits = (seen: Iterable<readonly [trait: string, value: string]>): Traits => {
  const traits = new Map<string, string>()
  for (const [trait, value] of seen) {
    const known = traits.get(trait)
    if (known === undefined) traits.set(trait, value)
    else if (known !== value) traits.set(trait, differs)
  }
  return new Map([...traits].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Servers that behave alike in every trait, numbered from 1 by how many they are, then by the smallest server. */
export const profiles = (vectors: ReadonlyArray<BehaviourVector>): ReadonlyArray<ReadonlyArray<BehaviourVector>> =>
  [...Map.groupBy(vectors, ({ traits }) => JSON.stringify([...traits])).values()]
    .map((alike) => alike.toSorted((a, b) => a.serverId - b.serverId))
    .toSorted((a, b) => b.length - a.length || a[0]!.serverId - b[0]!.serverId)

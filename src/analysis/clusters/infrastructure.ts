import type { ComparedPair } from "../linkage/compared-pair.ts"
import { model } from "../linkage/model.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { addBits, type BitsByComparison, heaviest } from "./heaviest.ts"
import { components } from "./operator-clusters.ts"

/** Servers that probably share a node or proxy, a machine, or behave alike; none of it says who runs them. */
export interface SharingGroup {
  readonly kind: "shared infrastructure" | "same machine" | "same behaviour"
  /** Ascending; two or more. */
  readonly serverIds: ReadonlyArray<number>
  /** The least of the strongest links of its members; 1 where the sharing is itself what was seen. */
  readonly posterior: number
  /** By member: probability of its strongest link. */
  readonly memberPosterior: ReadonlyMap<number, number>
  /** By member: what it shares with others, most first, up to three comparisons. */
  readonly memberEvidence: ReadonlyMap<number, ReadonlyArray<string>>
  /** What is shared most, e.g. `same fee vector`. */
  readonly evidence: string
}

const bySize = (x: SharingGroup, y: SharingGroup): number =>
  y.serverIds.length - x.serverIds.length || x.serverIds[0]! - y.serverIds[0]!

const joined = (
  pairs: ReadonlyArray<ComparedPair>,
  kind: SharingGroup["kind"],
  probability: (pair: ComparedPair) => number,
  comparisons: ReadonlySet<string>
): ReadonlyArray<SharingGroup> => {
  const links = pairs.filter((pair) => probability(pair) >= model.verdict)
  const groups = components(links)
  const groupOf = new Map(groups.flatMap((members, group) => members.map((server) => [server, group])))
  const linksIn = Map.groupBy(links, ({ a }) => groupOf.get(a)!)
  return groups.map((serverIds, group): SharingGroup => {
    const memberPosterior = new Map<number, number>()
    const bits: BitsByComparison = new Map()
    const bitsOf = new Map(serverIds.map((server): [number, BitsByComparison] => [server, new Map()]))
    for (const pair of linksIn.get(group)!) {
      for (const server of [pair.a, pair.b]) {
        memberPosterior.set(server, Math.max(memberPosterior.get(server) ?? 0, probability(pair)))
      }
      for (const found of pair.evidence) {
        if (!found.counted || found.bits <= 0 || !comparisons.has(found.comparison)) continue
        for (const sum of [bits, bitsOf.get(pair.a)!, bitsOf.get(pair.b)!]) addBits(sum, found)
      }
    }
    return {
      kind,
      serverIds,
      posterior: Math.min(...memberPosterior.values()),
      memberPosterior,
      memberEvidence: new Map([...bitsOf].map(([server, own]) => [server, heaviest(own)])),
      evidence: heaviest(bits).join(", ")
    }
  }).toSorted(bySize)
}

/** Servers behind one node or proxy, and servers on one machine, each by its own probability. */
export const infrastructureGroups = (
  pairs: ReadonlyArray<ComparedPair>,
  /** Names of the comparisons that are evidence of each. */
  of: { readonly infrastructure: ReadonlySet<string>; readonly machine: ReadonlySet<string> }
): ReadonlyArray<SharingGroup> => [
  ...joined(pairs, "shared infrastructure", (pair) => pair.sharedInfrastructure, of.infrastructure),
  ...joined(pairs, "same machine", (pair) => pair.sameMachine, of.machine)
]

/** Servers of one behaviour fingerprint: one software in one configuration, whoever runs it. */
export const behaviourClusters = (servers: Iterable<ServerTraits>): ReadonlyArray<SharingGroup> => {
  const alike = new Map<string, Array<number>>()
  for (const { fingerprintHash, serverId } of servers) {
    if (fingerprintHash === null) continue
    const known = alike.get(fingerprintHash)
    if (known === undefined) alike.set(fingerprintHash, [serverId])
    else known.push(serverId)
  }
  return [...alike]
    .filter(([, serverIds]) => serverIds.length > 1)
    .map(([fingerprint, serverIds]): SharingGroup => ({
      kind: "same behaviour",
      serverIds: serverIds.toSorted((a, b) => a - b),
      posterior: 1,
      memberPosterior: new Map(serverIds.map((server) => [server, 1])),
      memberEvidence: new Map(),
      evidence: fingerprint
    }))
    .toSorted(bySize)
}

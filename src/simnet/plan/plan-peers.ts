import type { SeededRandom } from "../draw/random.ts"
import { Announcement, fixedPeers, noPeers, type PeerChoice, type PeerSource, subsetPeers } from "../model/peer-lists.ts"
import type { ServerName } from "../model/server-model.ts"
import type { Software } from "../model/software.ts"
import type { ServerSpec } from "../scenario/server-spec.ts"

/** Feature strings in ElectrumX's order: version, s, t. */
const featureStrings = (version: string, name: ServerName): ReadonlyArray<string> => [
  `v${version}`,
  ...(name.tls === null ? [] : [`s${name.tls}`]),
  ...(name.tcp === null ? [] : [`t${name.tcp}`])
]

/** What a planned server announces. */
export interface Announcer {
  readonly spec: ServerSpec
  readonly protocolMaximum: string
  readonly software: Software
  readonly names: ReadonlyArray<ServerName & { readonly addresses: ReadonlyArray<string> }>
}

const announcementsOf = ({ spec, names, protocolMaximum }: Announcer): ReadonlyArray<Announcement> =>
  names.flatMap((name, i) =>
    spec.names[i]!.announced === false
      ? []
      : [new Announcement(name.addresses[0] ?? name.host, name.host, [featureStrings(protocolMaximum, name)])]
  )

type Rule = "subset" | "everyone" | "nobody"

/** Whom a server lists when its file does not say: nobody (electrs), a subset (ElectrumX), all others (Fulcrum). */
export const ruleOfSoftware = (software: Software): Rule =>
  software.family === "ElectrumX" ? "subset" : software.family === "Fulcrum" ? "everyone" : "nobody"

/**
 * Whom each server lists. Who draws what depends on the seed and on ids, not on
 * the order of the servers.
 */
export const peersOfServers = (
  announcers: ReadonlyArray<Announcer>,
  random: SeededRandom
): {
  readonly peersOf: (announcer: Announcer) => PeerSource
  /** What the others may list of the server of that id. */
  readonly announcementsOf: (id: string) => ReadonlyArray<Announcement>
} => {
  const sorted = announcers.toSorted((a, b) => (a.spec.id < b.spec.id ? -1 : 1))
  const announced = new Map(
    sorted.map((announcer) => [
      announcer.spec.id,
      announcementsOf(announcer).map((announcement) => ({ announcement, variant: 0 }))
    ])
  )
  const choicesOf = (ids: Iterable<string>): ReadonlyArray<PeerChoice> =>
    [...ids].flatMap((id) => announced.get(id) ?? [])
  const all = choicesOf(announced.keys())
  const subset = subsetPeers(all)
  const peersOf = ({ spec, software }: Announcer): PeerSource => {
    const own = new Set(announced.get(spec.id))
    // Drawn again at every call, always the same: kept lists of large networks would fill the memory.
    const others = (): ReadonlyArray<PeerChoice> =>
      random
        .fork(`list order/${spec.id}`)
        .shuffled(all)
        .filter((choice) => !own.has(choice))
    const some = (count: number): ReadonlyArray<PeerChoice> => {
      if (2 * count > all.length) return others().slice(0, count)
      const draw = random.fork(`drawn list/${spec.id}`)
      const chosen = new Set<PeerChoice>()
      while (chosen.size < count) {
        const choice = draw.pick(all)
        if (!own.has(choice)) chosen.add(choice)
      }
      return [...chosen]
    }
    const { lists } = spec
    if (Array.isArray(lists)) return fixedPeers(choicesOf(lists as ReadonlyArray<string>))
    if (typeof lists === "object") return fixedPeers(some((lists as { readonly drawn: number }).drawn))
    switch ((lists as Rule | undefined) ?? ruleOfSoftware(software)) {
      case "subset":
        return subset
      case "nobody":
        return noPeers
      case "everyone":
        return { fixed: true, empty: all.length === own.size, draw: others }
    }
  }
  return { peersOf, announcementsOf: (id) => announced.get(id)!.map(({ announcement }) => announcement) }
}

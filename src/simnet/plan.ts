import type { SimulatedChainName } from "./chain.ts"
import type { Failure } from "./network-behaviour.ts"
import { Announcement, fixedPeers, noPeers, type PeerChoice, type PeerSource, subsetPeers } from "./peer-lists.ts"
import type { SeededRandom } from "./random.ts"
import type { Scenario, ServerSpec } from "./scenario.ts"
import type { HostsShape, ServerModel, ServerName } from "./server-model.ts"
import { parseSoftware, protocolMaximum, type Software } from "./software.ts"
import type { World } from "./world.ts"

/** A name of a planned server, with what the resolver says about it. */
export interface PlannedName extends ServerName {
  /** Empty for onions and for names that do not resolve. */
  readonly addresses: ReadonlyArray<string>
}

/** A server as the scenario and the seed have it, before anything listens. */
export interface PlannedServer {
  readonly id: string
  readonly operator: string
  readonly machine: string
  readonly software: Software
  /** A build that still says 1.16.0 but prints like later ones. */
  readonly compact: boolean
  readonly names: ReadonlyArray<PlannedName>
  /** Null: it runs. */
  readonly failure: Failure | null
  readonly traits: ReadonlyArray<string>
  /** Servers with the same label show the same certificate. */
  readonly key: string
  readonly roundTripMs: number
  readonly jitterMs: number
  readonly country: string | null
  readonly asn: number | null
  readonly model: ServerModel
}

export interface Plan {
  readonly scenario: Scenario
  readonly world: World
  readonly servers: ReadonlyArray<PlannedServer>
}

/** Everything of a planned server but whom it lists. */
export interface ServerParts {
  readonly id: string
  readonly operator: string
  readonly machine: string
  readonly backend: string
  readonly key: string
  readonly software: Software
  readonly protocolMaximum: string
  readonly chain: SimulatedChainName
  readonly names: ReadonlyArray<PlannedName>
  readonly failure: Failure | null
  readonly traits: ReadonlyArray<string>
  readonly banner: string | null
  readonly donation: string | null
  readonly hosts: HostsShape
  readonly roundTripMs: number
  readonly jitterMs: number
  readonly country: string | null
  readonly asn: number | null
}

export const planServer = (
  parts: ServerParts,
  peers: PeerSource,
  world: World,
  random: SeededRandom
): PlannedServer => {
  const { software } = parts
  return {
    ...parts,
    compact: software.family === "ElectrumX" && software.version === "1.16.0" && parts.protocolMaximum === "1.4.3",
    model: {
      software,
      protocolMaximum: parts.protocolMaximum,
      chain: world.chain(parts.chain),
      backend: world.backend(parts.backend, parts.chain),
      banner: parts.banner,
      donation: parts.donation,
      names: parts.names,
      hosts: parts.hosts,
      discovery: !(peers.fixed && peers.draw(random).length === 0),
      peers,
      random: random.fork(`serving/${parts.id}`)
    }
  }
}

/** Feature strings in ElectrumX's order: version, s, t. */
export const featureStrings = (version: string, name: ServerName): ReadonlyArray<string> => [
  `v${version}`,
  ...(name.tls === null ? [] : [`s${name.tls}`]),
  ...(name.tcp === null ? [] : [`t${name.tcp}`])
]

/** Read a server of a scenario file. */
export const partsOfSpec = (spec: ServerSpec, scenario: Scenario, random: SeededRandom): ServerParts => {
  const software = parseSoftware(spec.software)!
  const [least, most] = scenario.round_trip_ms
  return {
    id: spec.id,
    operator: spec.operator,
    machine: spec.machine ?? spec.id,
    backend: spec.backend ?? spec.id,
    key: spec.key ?? spec.id,
    software,
    protocolMaximum: spec.protocol_max ?? protocolMaximum(software),
    chain: spec.chain ?? scenario.chain,
    names: spec.names.map((name) => ({
      host: name.host,
      addresses: name.addresses ?? [],
      tcp: name.tcp ?? null,
      tls: name.tls ?? null
    })),
    failure: spec.fails ?? null,
    traits: spec.traits ?? [],
    banner: spec.banner ?? null,
    donation: spec.donation ?? null,
    hosts: spec.hosts ?? (software.family === "romanz electrs" ? "malformed" : "all"),
    roundTripMs: spec.round_trip_ms ?? random.fork(`round trip/${spec.id}`).between(least, most),
    jitterMs: scenario.jitter_ms,
    country: spec.country ?? null,
    asn: spec.asn ?? null
  }
}

const announcementsOf = (parts: ServerParts, spec: ServerSpec): ReadonlyArray<Announcement> =>
  parts.names.flatMap((name, i) =>
    spec.names[i]!.announced === false
      ? []
      : [new Announcement(name.addresses[0] ?? name.host, name.host, [featureStrings(parts.protocolMaximum, name)])]
  )

/** Whom a server lists, by its file or its software: nobody (electrs), a subset (ElectrumX), all others (Fulcrum). */
export const peersBySoftware = (
  software: Software,
  how: "subset" | "everyone" | "nobody" | undefined,
  everyone: ReadonlyArray<PeerChoice>,
  others: ReadonlyArray<PeerChoice>
): PeerSource => {
  const rule =
    how ?? (software.family === "ElectrumX" ? "subset" : software.family === "Fulcrum" ? "everyone" : "nobody")
  if (rule === "nobody") return noPeers
  return rule === "subset" ? subsetPeers(everyone) : fixedPeers(others, software.family === "Fulcrum")
}

/** The servers that a scenario file lists one by one. */
export const planListed = (
  scenario: Scenario,
  random: SeededRandom,
  world: World
): ReadonlyArray<PlannedServer> => {
  const specs = scenario.servers ?? []
  const parts = specs.map((spec) => partsOfSpec(spec, scenario, random))
  const announced = new Map(parts.map((part, i) => [part.id, announcementsOf(part, specs[i]!)]))
  const choices = (ids: Iterable<string>): ReadonlyArray<PeerChoice> =>
    [...ids].flatMap((id) => (announced.get(id) ?? []).map((announcement) => ({ announcement, variant: 0 })))
  // Sorted: who draws what must not depend on the order of the file.
  const all = choices([...announced.keys()].toSorted())
  return specs.map((spec, i) => {
    const part = parts[i]!
    const others = random
      .fork(`list order/${spec.id}`)
      .shuffled(all.filter((c) => !announced.get(spec.id)!.includes(c.announcement)))
    const peers = Array.isArray(spec.lists)
      ? fixedPeers(choices(spec.lists as ReadonlyArray<string>), part.software.family === "Fulcrum")
      : peersBySoftware(part.software, spec.lists as "subset" | undefined, all, others)
    return planServer(part, peers, world, random)
  })
}

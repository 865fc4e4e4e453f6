import type { SimulatedChainName } from "../chain/chain.ts"
import type { SeededRandom } from "../draw/random.ts"
import { fill } from "../draw/template.ts"
import type { CertificatePlan } from "../identity/tls-identities.ts"
import type { Failure } from "../model/failure.ts"
import { type Announcement, changingPeers, type PeerSource } from "../model/peer-lists.ts"
import type { HostsShape, ServerModel, ServerName } from "../model/server-model.ts"
import { parseSoftware, protocolMaximum, type Software } from "../model/software.ts"
import type { LieSpec } from "../scenario/lie-spec.ts"
import type { Scenario } from "../scenario/scenario.ts"
import type { NameSpec, ServerSpec } from "../scenario/server-spec.ts"
import type { World } from "../world/world.ts"
import { addressesOf, type BlockFacts, hostingBlocks, narrowestBlock } from "./address-facts.ts"
import { conductOf } from "./conduct.ts"
import { donationAddress } from "./donation-address.ts"
import { expandFleets } from "./expand-fleet.ts"
import { planCertificates } from "./plan-certificates.ts"
import { peersOfServers } from "./plan-peers.ts"
import { downAtFirst, type PlannedSchedule, planSchedule } from "./plan-schedule.ts"

/** A name of a planned server, with what the resolver says about it. */
export interface PlannedName extends ServerName {
  /** Empty for onions and for names that do not resolve. */
  readonly addresses: ReadonlyArray<string>
  /** Those of them where nothing answers. */
  readonly dead: ReadonlyArray<string>
  /** Of its first address; null for onions. */
  readonly country: string | null
  readonly asn: number | null
  /** The hosting whose block the address is in, if it is in any. */
  readonly facts: BlockFacts | null
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
  /** What the truth says of it beside its traits, e.g. `relays honest-1` or `moves at 12.5h`. */
  readonly conduct: ReadonlyArray<string>
  readonly lies: ReadonlyArray<LieSpec>
  /** Null: its software's. */
  readonly maxSessions: number | null
  readonly certificate: CertificatePlan
  readonly roundTripMs: number
  readonly jitterMs: number
  readonly country: string | null
  readonly asn: number | null
  /** What changes while the world goes on; null: nothing. */
  readonly schedule: PlannedSchedule | null
  /** Its uptime has it down when the world begins; null: up. */
  readonly downAtFirst: Failure | null
  /** What others list of it. */
  readonly announcements: ReadonlyArray<Announcement>
  readonly model: ServerModel
}

/** A scenario with a seed, ready to run. */
export interface Plan {
  readonly scenario: Scenario
  readonly world: World
  readonly servers: ReadonlyArray<PlannedServer>
}

/** Everything of a planned server but whom it lists. */
export interface ServerParts extends Omit<PlannedServer, "compact" | "announcements" | "model"> {
  readonly backend: string
  readonly reported: Software
  readonly protocolMaximum: string
  readonly chain: SimulatedChainName
  readonly banner: string | null
  readonly torBanner: string | null
  readonly donation: string | null
  readonly hosts: HostsShape
  readonly claims: ReadonlyArray<ServerName>
}

/** Put a server together from its parts, whom it lists and the world it is in. */
export const planServer = (
  parts: ServerParts,
  peers: PeerSource,
  world: World,
  random: SeededRandom
): PlannedServer => {
  const { software } = parts
  return {
    ...parts,
    announcements: [],
    compact: software.family === "ElectrumX" && software.version === "1.16.0" && parts.protocolMaximum === "1.4.3",
    model: {
      software,
      reported: parts.reported,
      protocolMaximum: parts.protocolMaximum,
      chain: world.chain(parts.chain),
      backend: world.backend(parts.backend, parts.chain),
      clock: world.clock,
      banner: parts.banner,
      torBanner: parts.torBanner,
      donation: parts.donation,
      names: parts.names,
      hosts: parts.hosts,
      claims: parts.claims,
      discovery: !(peers.fixed && peers.empty),
      peers,
      random: random.fork(`serving/${parts.id}`)
    }
  }
}

const nameOf = (name: NameSpec, spec: ServerSpec, factsOf: ReturnType<typeof narrowestBlock>): PlannedName => {
  const addresses = name.addresses ?? []
  const [address] = addressesOf({ host: name.host, addresses })
  const facts = address === undefined ? null : (factsOf(address) ?? null)
  return {
    host: name.host,
    addresses,
    dead: name.dead_addresses ?? [],
    tcp: name.tcp ?? null,
    tls: name.tls ?? null,
    ws: name.ws ?? null,
    wss: name.wss ?? null,
    country: address === undefined ? null : (facts?.country ?? spec.country ?? null),
    asn: address === undefined ? null : (facts?.asn ?? spec.asn ?? null),
    facts
  }
}

/** A host at the ports of a name. */
const claimed = ({ tcp, tls, ws, wss }: ServerName, host: string): ServerName => ({ host, tcp, tls, ws, wss })

/** Read a server of a scenario file. */
export const partsOfSpec = (
  spec: ServerSpec,
  scenario: Scenario,
  random: SeededRandom,
  factsOf = narrowestBlock(hostingBlocks(scenario)),
  certificateOf = planCertificates([spec], random)
): ServerParts => {
  const software = parseSoftware(spec.software)!
  const names = spec.names.map((name) => nameOf(name, spec, factsOf))
  const [least, most] = scenario.round_trip_ms
  const schedule = planSchedule(spec, software, random)
  return {
    id: spec.id,
    operator: spec.operator,
    machine: spec.machine ?? spec.id,
    backend: spec.backend ?? spec.id,
    certificate: certificateOf(spec),
    software,
    reported: parseSoftware(spec.reports ?? spec.software)!,
    protocolMaximum: spec.protocol_max ?? protocolMaximum(software),
    chain: spec.chain ?? scenario.chain,
    names,
    failure: spec.fails ?? null,
    traits: spec.traits ?? [],
    conduct: conductOf(spec, schedule),
    lies: spec.lies ?? [],
    maxSessions: spec.max_sessions ?? null,
    banner: spec.banner ?? null,
    torBanner: spec.tor_banner ?? null,
    donation:
      spec.donation === undefined
        ? null
        : fill(spec.donation, { donation: donationAddress(random.fork(`donation/${spec.operator}`)) }),
    hosts: spec.hosts ?? (software.family === "romanz electrs" ? "malformed" : "all"),
    claims: (spec.claims ?? []).map((host) => claimed(names[0]!, host)),
    roundTripMs: spec.round_trip_ms ?? random.fork(`round trip/${spec.machine ?? spec.id}`).between(least, most),
    jitterMs: scenario.jitter_ms,
    country: spec.country ?? names.find((name) => name.country !== null)?.country ?? null,
    asn: spec.asn ?? names.find((name) => name.asn !== null)?.asn ?? null,
    schedule,
    downAtFirst: downAtFirst(spec, random)
  }
}

/** A server with what the file says of it. */
interface ListedServer extends ServerParts {
  readonly spec: ServerSpec
}

/** Like the server that it copies: banner, donation address, and its hosts claimed, each at its own ports. */
const copying = (copier: ListedServer, original: ListedServer): ListedServer => ({
  ...copier,
  banner: original.banner,
  donation: original.donation,
  claims: [...copier.claims, ...original.names.map((name) => claimed(name, name.host))]
})

/**
 * The process of another behind a front of its own, which changes one thing:
 * its own names come first in `server.features`, or nobody would list it.
 */
const relaying = (relay: PlannedServer, original: PlannedServer): PlannedServer => ({
  ...relay,
  roundTripMs: relay.roundTripMs + original.roundTripMs,
  model: {
    ...original.model,
    names: relay.names,
    hosts: "all",
    claims: [...original.model.names.map((name) => claimed(name, name.host)), ...original.model.claims]
  }
})

/** The servers that a scenario file lists one by one, then those of its fleets. */
export const planListed = (
  scenario: Scenario,
  random: SeededRandom,
  world: World
): ReadonlyArray<PlannedServer> => {
  const all = [...(scenario.servers ?? []), ...expandFleets(scenario, random)]
  const byId = new Map(all.map((spec) => [spec.id, spec]))
  // What runs behind a relay is what runs at the other end, and calls itself as it does there.
  const specs = all.map((spec): ServerSpec => {
    if (spec.relays === undefined) return spec
    const { reports, software } = byId.get(spec.relays)!
    return { ...spec, software, reports: reports ?? software }
  })
  const factsOf = narrowestBlock(hostingBlocks(scenario))
  const certificateOf = planCertificates(specs, random)
  const listed = new Map(
    specs.map((spec) => [spec.id, { spec, ...partsOfSpec(spec, scenario, random, factsOf, certificateOf) }])
  )
  const announcers = listed.values().toArray().map((announcer) =>
    announcer.spec.copies === undefined ? announcer : copying(announcer, listed.get(announcer.spec.copies)!)
  )
  const { peersOf, announcementsOf } = peersOfServers(announcers, random)
  const changes = scenario.outages !== undefined || announcers.some(({ schedule }) => schedule !== null)
  const planned = new Map(
    announcers.map((announcer): readonly [string, PlannedServer] => {
      const server = planServer(announcer, peersOf(announcer), world, random)
      const model = changes ? { ...server.model, peers: changingPeers(server.model.peers) } : server.model
      return [announcer.id, { ...server, model, announcements: announcementsOf(announcer.id) }]
    })
  )
  return announcers.map(({ id, spec }) => {
    const server = planned.get(id)!
    return spec.relays === undefined ? server : relaying(server, planned.get(spec.relays)!)
  })
}

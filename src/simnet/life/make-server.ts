import type { SeededRandom } from "../draw/random.ts"
import type { TlsIdentities } from "../identity/tls-identities.ts"
import { blockstream } from "../implementations/electrs/blockstream.ts"
import { romanz } from "../implementations/electrs/romanz.ts"
import { electrumx } from "../implementations/electrumx/electrumx.ts"
import { fulcrum } from "../implementations/fulcrum/fulcrum.ts"
import type { Implementation, Strain } from "../implementations/implementation.ts"
import { type Face, Liar } from "../lies/liar.ts"
import { lyingBackend } from "../lies/lying-backend.ts"
import type { ServerModel } from "../model/server-model.ts"
import type { Uplink } from "../network/uplink.ts"
import type { PlannedServer } from "../plan/plan.ts"
import type { LieSpec } from "../scenario/lie-spec.ts"
import type { RequestLog } from "../server/request-log.ts"
import { type ServerRun, SimServer } from "../server/sim-server.ts"
import type { TlsIdentity } from "../server/tls-identity.ts"
import type { Trait } from "../server/trait.ts"
import { traits } from "../traits/traits.ts"
import type { Backend } from "../world/backend.ts"
import type { World } from "../world/world.ts"
import { oddIdentity } from "./odd-identity.ts"

const implementationOf = (model: ServerModel, compact: boolean, behaviour: ReadonlyArray<Trait>): Implementation => {
  switch (model.software.family) {
    case "ElectrumX":
      return electrumx(model, { compact, exhausted: behaviour.some((trait) => trait.exhausted === true) })
    case "Fulcrum":
      return fulcrum(model)
    case "romanz electrs":
      return romanz(model)
    case "Blockstream electrs":
    case "mempool electrs":
      return blockstream(model)
  }
}

/** ElectrumX's own default; the others take whoever comes. */
const maxSessions = (planned: PlannedServer): number | null =>
  planned.model.software.family === "ElectrumX" ? (planned.maxSessions ?? 1000) : null

/** A first or further run of the process behind a planned server. */
export const runOf = (planned: PlannedServer, world: World, random: SeededRandom): ServerRun => {
  const behaviour = planned.traits.map((name) => traits[name]!)
  const chain = planned.model.chain.name
  const processes: Array<Implementation> = []
  const stop = (): void => {
    for (const process of processes) process.stop()
  }
  // Who shares a node shares its forged twin.
  const fork = (): Backend => world.backend(planned.model.backend.name.slice(chain.length + 1), "low-work-sim")
  const faceOf = (lies: ReadonlyArray<LieSpec>): Face => {
    const model =
      lies.length === 0
        ? planned.model
        : { ...planned.model, backend: lyingBackend(planned.model.backend, lies, { chain, fork }) }
    const implementation = implementationOf(model, planned.compact, behaviour)
    processes.push(implementation)
    return { model, implementation }
  }
  const strain = (): ReadonlyArray<Strain> => processes.map((process) => process.strain())
  const run = { model: planned.model, stop, strain, traits: behaviour, maxSessions: maxSessions(planned) }
  if (planned.lies.length === 0) {
    let implementation: Implementation | undefined
    // Made for the first client: most of ten thousand servers wait for theirs.
    return { ...run, implementation: () => (implementation ??= faceOf([]).implementation) }
  }
  const liar = new Liar({
    lies: planned.lies,
    face: faceOf,
    clients: random.fork(`lied to/${planned.operator}`),
    sessions: random.fork(`lying/${planned.id}`)
  })
  return { ...run, implementation: (client) => liar.implementation(client) }
}

/** What all servers of a network have in common. */
export interface Surroundings {
  readonly world: World
  readonly random: SeededRandom
  readonly uplink: Uplink
  readonly identities: TlsIdentities
  /** What servers write down of those who ask them; null: nothing. */
  readonly log: RequestLog | null
}

/** The server that was planned. */
export const makeSimServer = (
  planned: PlannedServer,
  { world, random, uplink, identities, log }: Surroundings
): SimServer => {
  const jitter = random.fork(`jitter/${planned.id}`)
  const hosts = planned.names.map((name) => name.host)
  const odd = planned.traits.map((name) => traits[name]!.certificate).find((kind) => kind !== undefined)
  return new SimServer({
    run: runOf(planned, world, random),
    failure: planned.failure,
    identity:
      odd === undefined
        ? () => identities.of(planned.certificate)
        : oddIdentity(odd, hosts, random.fork(`odd key/${planned.id}`), identities.today),
    freshIdentity: odd === "new each time",
    log: log === null ? null : (client) => log.session(planned.id, client),
    roundTrip: (client) =>
      planned.roundTripMs + uplink.extraMs(client, planned.country) + planned.jitterMs * jitter.unit()
  })
}

/** A later certificate of a server: with the key it has, or another. */
export const renewedIdentity = (
  { certificate }: PlannedServer,
  key: "same" | "new",
  renewals: number,
  identities: TlsIdentities
): (() => TlsIdentity) => {
  const renewed = ` renewal ${renewals}`
  const { hosts, spec } = certificate
  return key === "same"
    ? () => identities.of(certificate, renewals)
    : () => identities.of({ key: certificate.key + renewed, label: certificate.label + renewed, hosts, spec })
}

import { blockstream } from "./implementations/blockstream.ts"
import { electrumx } from "./implementations/electrumx.ts"
import { fulcrum } from "./implementations/fulcrum.ts"
import type { Implementation } from "./implementations/implementation.ts"
import { romanz } from "./implementations/romanz.ts"
import type { PlannedServer } from "./plan.ts"
import type { SeededRandom } from "./random.ts"
import { type ServerRun, SimServer } from "./sim-server.ts"
import { makeTlsIdentity, type TlsIdentity } from "./tls-identity.ts"
import type { Trait } from "./traits/trait.ts"
import { traits } from "./traits/traits.ts"
import type { Uplink } from "./uplink.ts"

const implementationOf = (planned: PlannedServer, behaviour: ReadonlyArray<Trait>): Implementation => {
  const { model, compact } = planned
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

/**
 * Certificates by label: servers with the same label show the same one. Each is
 * made when first needed, and dated by the machine's clock, since real clients
 * judge it by theirs.
 */
export const tlsIdentities = (random: SeededRandom): ((label: string, hosts: ReadonlyArray<string>) => TlsIdentity) => {
  const made = new Map<string, TlsIdentity>()
  return (label, hosts) => {
    const known = made.get(label)
    if (known !== undefined) return known
    const identity = makeTlsIdentity(hosts, random.fork(`key/${label}`), Date.now())
    made.set(label, identity)
    return identity
  }
}

const year = 365 * 86_400_000

/** The certificates of a server with a trait about them. */
const oddIdentity = (
  kind: NonNullable<Trait["certificate"]>,
  hosts: ReadonlyArray<string>,
  random: SeededRandom
): (() => TlsIdentity) => {
  let connections = 0
  switch (kind) {
    case "expired":
      return () => makeTlsIdentity(hosts, random, Date.now() - 11 * year)
    case "long chain":
      return () => {
        const leaf = makeTlsIdentity(hosts, random, Date.now())
        const others = Array.from({ length: 100 }, (_, i) => makeTlsIdentity(hosts, random.fork(String(i)), Date.now()))
        return { ...leaf, certificate: [leaf, ...others].map((identity) => identity.certificate).join("") }
      }
    case "new each time":
      return () => makeTlsIdentity(hosts, random.fork(`connection ${connections++}`), Date.now())
  }
}

/** ElectrumX's own default; the others take whoever comes. */
const maxSessions = (planned: PlannedServer): number | null => (planned.model.software.family === "ElectrumX" ? 1000 : null)

/** A first or further run of the process behind a planned server. */
export const runOf = (planned: PlannedServer): ServerRun => {
  const behaviour = planned.traits.map((name) => traits[name]!)
  const implementation = implementationOf(planned, behaviour)
  return {
    model: planned.model,
    implementation: () => implementation,
    traits: behaviour,
    maxSessions: maxSessions(planned)
  }
}

/** The server that was planned. */
export const makeSimServer = (
  planned: PlannedServer,
  identities: ReturnType<typeof tlsIdentities>,
  random: SeededRandom,
  uplink: Uplink
): SimServer => {
  const jitter = random.fork(`jitter/${planned.id}`)
  const hosts = planned.names.map((name) => name.host)
  const odd = planned.traits.map((name) => traits[name]!.certificate).find((kind) => kind !== undefined)
  return new SimServer({
    run: runOf(planned),
    failure: planned.failure,
    identity:
      odd === undefined
        ? () => identities(planned.key, hosts)
        : oddIdentity(odd, hosts, random.fork(`odd key/${planned.id}`)),
    freshIdentity: odd === "new each time",
    roundTrip: (client) =>
      planned.roundTripMs + uplink.extraMs(client, planned.country) + planned.jitterMs * jitter.unit()
  })
}

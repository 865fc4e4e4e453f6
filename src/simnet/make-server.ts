import { blockstream } from "./implementations/blockstream.ts"
import { electrumx } from "./implementations/electrumx.ts"
import { fulcrum } from "./implementations/fulcrum.ts"
import type { Implementation } from "./implementations/implementation.ts"
import { romanz } from "./implementations/romanz.ts"
import type { PlannedServer } from "./plan.ts"
import type { SeededRandom } from "./random.ts"
import { SimServer } from "./sim-server.ts"
import { makeTlsIdentity, type TlsIdentity } from "./tls-identity.ts"
import { type Trait, traits } from "./traits.ts"

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

/** Certificates by label: servers with the same label show the same one. Each is made when first needed. */
export const tlsIdentities = (random: SeededRandom): (label: string, hosts: ReadonlyArray<string>) => TlsIdentity => {
  const made = new Map<string, TlsIdentity>()
  return (label, hosts) => {
    const known = made.get(label)
    if (known !== undefined) return known
    const identity = makeTlsIdentity(hosts, random.fork(`key/${label}`), Date.now())
    made.set(label, identity)
    return identity
  }
}

/** The process behind a planned server. */
export const makeSimServer = (
  planned: PlannedServer,
  identities: ReturnType<typeof tlsIdentities>,
  random: SeededRandom
): SimServer => {
  const behaviour = planned.traits.map((name) => traits[name]!)
  const jitter = random.fork(`jitter/${planned.id}`)
  return new SimServer({
    model: planned.model,
    implementation: implementationOf(planned, behaviour),
    traits: behaviour,
    identity: () => identities(planned.key, planned.names.map((name) => name.host)),
    roundTrip: () => planned.roundTripMs + planned.jitterMs * jitter.unit()
  })
}

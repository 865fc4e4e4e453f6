import { ipVersion } from "../../domain/address.ts"
import { addressesOf, type BlockFacts, hostingBlocks } from "./address-facts.ts"
import { drawnCity } from "./places.ts"
import type { Plan } from "./plan.ts"

/** All blocks of a world with what is true of them, single addresses included; where they lie within each other the narrowest is right. */
export const blocksOf = (plan: Plan): ReadonlyArray<BlockFacts> => {
  const blocks = hostingBlocks(plan.scenario)
  const rows = new Map(blocks.map((facts) => [facts.network, facts]))
  for (const server of plan.servers) {
    for (const name of server.names.filter((name) => name.country !== null || name.asn !== null)) {
      for (const address of name.facts === null ? addressesOf(name) : []) {
        const network = `${address}/${ipVersion(address) === 4 ? 32 : 128}`
        rows.set(network, { network, country: name.country, city: drawnCity(name.country, network), asn: name.asn, org: null })
      }
    }
  }
  return [...rows.values()].toSorted((a, b) => (a.network < b.network ? -1 : 1))
}

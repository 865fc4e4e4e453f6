import { ipVersion, parseBlock } from "../../domain/address.ts"
import type { Scenario } from "../scenario/scenario.ts"

/** What public registries say about a block of addresses. */
export interface BlockFacts {
  /** CIDR. */
  readonly network: string
  readonly country: string | null
  readonly city: string | null
  readonly asn: number | null
  readonly org: string | null
}

/** The blocks of a scenario's hostings. */
export const hostingBlocks = (scenario: Scenario): ReadonlyArray<BlockFacts> =>
  Object.values(scenario.hosting ?? {}).flatMap(({ blocks, country, city, asn, org }) =>
    blocks.map((network) => ({ network, country, city: city ?? null, asn, org }))
  )

/** Look up whose block an address is in; undefined outside all of them. */
export const addressFacts = (scenario: Scenario): ((address: string) => BlockFacts | undefined) => {
  const blocks = hostingBlocks(scenario)
    // The narrowest first: it knows best.
    .toSorted((a, b) => Number(b.network.split("/")[1]) - Number(a.network.split("/")[1]))
    .map((facts) => ({ facts, holds: parseBlock(facts.network)! }))
  return (address) => blocks.find(({ holds }) => holds(address))?.facts
}

/** The addresses a name leads to: what it resolves to, or itself; none for onions. */
export const addressesOf = (name: {
  readonly host: string
  readonly addresses: ReadonlyArray<string>
}): ReadonlyArray<string> =>
  name.addresses.length > 0 ? name.addresses : ipVersion(name.host) === undefined ? [] : [name.host]

import { canonicalAddress, ipVersion, parseBlock } from "../../domain/address.ts"
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

const bitsOf = ({ network }: BlockFacts): number => Number(network.split("/")[1])

/** Look up the narrowest of some blocks that holds an address. Single addresses, often most of them, are not searched. */
export const narrowestBlock = (blocks: ReadonlyArray<BlockFacts>): ((address: string) => BlockFacts | undefined) => {
  const isSingle = (block: BlockFacts): boolean => bitsOf(block) === (block.network.includes(":") ? 128 : 32)
  const singles = new Map(blocks.filter(isSingle).map((block) => [canonicalAddress(block.network.split("/")[0]!), block]))
  const wider = blocks
    .filter((block) => !isSingle(block))
    .toSorted((a, b) => bitsOf(b) - bitsOf(a))
    .map((block) => ({ block, holds: parseBlock(block.network)! }))
  return (address) => singles.get(canonicalAddress(address)) ?? wider.find(({ holds }) => holds(address))?.block
}

/** The addresses a name leads to: what it resolves to, or itself; none for onions. */
export const addressesOf = (name: {
  readonly host: string
  readonly addresses: ReadonlyArray<string>
}): ReadonlyArray<string> =>
  name.addresses.length > 0 ? name.addresses : ipVersion(name.host) === undefined ? [] : [name.host]

import type { WalletList } from "../analysis/exposure/exposure-input.ts"
import { type SeedList, shippedSeeds } from "../discovery/seeds.ts"
import { shippedChains } from "../domain/chain.ts"

/** The TLS entries of a list: the wallet looks at no others by default. */
export const tlsEntries = ({ advertisements, source }: SeedList): WalletList => ({
  source: source.detail === null ? source.name : `${source.name}, ${source.detail}`,
  servers: advertisements.flatMap(({ host, services }) => {
    const port = services.find(({ transport }) => transport === "tls")?.port
    return host === null || port === undefined ? [] : [{ host, port }]
  })
})

/** The list that a wallet of a network ships with, of a simulated one that of the network it imitates; null where there is none. */
export const walletListOf = (network: string): WalletList | null => {
  const chain = shippedChains.find(({ name, simulated }) => !simulated && (name === network || `${name}-sim` === network))
  const shipped = chain === undefined ? undefined : shippedSeeds(chain)
  return shipped === undefined ? null : tlsEntries(shipped.list)
}

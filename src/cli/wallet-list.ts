import { Effect } from "effect"
import type { WalletList } from "../analysis/exposure/exposure-input.ts"
import { type SeedList, seedsOfFile, shippedSeeds } from "../discovery/seeds.ts"
import { type Chain, shippedChains } from "../domain/chain.ts"

const tlsEntries = ({ advertisements, source }: SeedList): WalletList => ({
  source: source.detail === null ? source.name : `${source.name}, ${source.detail}`,
  servers: advertisements.flatMap(({ host, services }) => {
    const port = services.find(({ transport }) => transport === "tls")?.port
    return host === null || port === undefined ? [] : [{ host, port }]
  })
})

/**
 * The TLS entries of the list that a wallet would have: of a file, or the one
 * that ships for the chain, of a simulated one that of the chain it imitates.
 * Null where there is none. Fails as `seedsOfFile` does.
 */
export const walletListOf = Effect.fnUntraced(function*(chain: Chain, file: string | null) {
  if (file !== null) return tlsEntries(yield* seedsOfFile(file, chain))
  const imitated = chain.simulated ? shippedChains.find(({ name }) => `${name}-sim` === chain.name) : chain
  const shipped = imitated === undefined ? undefined : shippedSeeds(imitated)
  return shipped === undefined ? null : tlsEntries(shipped)
})

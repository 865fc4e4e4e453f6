import { satoshiOf } from "../../domain/satoshi.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/** Satoshi per 1,000 vB that Bitcoin Core relays by default: up to release 29, and since. */
const defaults: ReadonlySet<number> = new Set([1_000, 100])

const unusual = once(({ relayFee }: ServerTraits): ReadonlyArray<string> => {
  if (relayFee === null) return []
  const satoshi = satoshiOf(relayFee)
  return satoshi <= 0 || defaults.has(satoshi) ? [] : [String(satoshi)]
})

/** The nodes of both were told to relay for the same unusual fee. */
export const relayFee: Comparison = {
  name: "relay fee",
  definition: "Nodes of both relay transactions from one fee on that is no default of Bitcoin Core.",
  question: "shared infrastructure",
  forgeability: "backend",
  // A setting of the node, where its estimates are its state: of one node both agree.
  bundle: "node settings",
  levels: [{ name: "one unusual fee", m: 0.5, u: 5e-3, measured: true }],
  innocent: ["a fee of a guide, an image or another node's default", "round numbers"],
  keys: unusual,
  compare: (a, b) => {
    const [[ofA], [ofB]] = [unusual(a), unusual(b)]
    return ofA === undefined || ofA !== ofB ? undefined : { level: 0, value: ofA, detail: () => ({ satoshi_per_kvb: Number(ofA) }) }
  }
}

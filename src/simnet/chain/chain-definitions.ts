import type { AddressStyle } from "../bitcoin/address.ts"

/** A simulated chain as data. */
export interface ChainDefinition {
  /** Shares all blocks below `height` with `parent`. */
  readonly fork: { readonly parent: SimulatedChainName; readonly height: number } | null
  /** `regtest`: the block that real wallets in regtest begin with. */
  readonly genesis: "own" | "regtest"
  /** Height of the block that the world begins with. */
  readonly tip: number
  /** Compact target of every block of its own; there is no retargeting. */
  readonly bits: number
  /** Blocks between halvings of the subsidy. */
  readonly halving: number
  /** The last height that clients have pinned: scenarios plant nothing at or below it. */
  readonly checkpoint: number
  /** Has the public scripts with their dormant histories, see `public-scripts.ts`. */
  readonly publicScripts: boolean
  /** Seconds between the headers that the world begins with. */
  readonly settledGap: number
  /** Mean seconds between blocks from then on. */
  readonly blockGap: number
  readonly addresses: AddressStyle
}

/** Every simulated chain; none has the name of a real one. */
export const simulatedChainNames = [
  "mainnet-sim",
  "testnet-sim",
  "signet-sim",
  "cash-sim",
  "sv-sim",
  "mutiny-sim",
  "low-work-sim",
  "regtest"
] as const
/** The name of one of them. */
export type SimulatedChainName = (typeof simulatedChainNames)[number]

const bitcoin: AddressStyle = { hrp: "bc", p2pkh: 0, p2sh: 5 }
const testing: AddressStyle = { hrp: "tb", p2pkh: 111, p2sh: 196 }

/** Expected hashes per block: 4 and 2. Real chains differ by more; here it only has to show. */
const [hard, easy] = [0x203fffff, 0x207fffff]

const main: ChainDefinition = {
  fork: null,
  genesis: "own",
  tip: 2150,
  bits: hard,
  halving: 210_000,
  checkpoint: 1000,
  publicScripts: true,
  settledGap: 600,
  blockGap: 600,
  addresses: bitcoin
}

/** The chains by name; those that fork name their parent. */
export const chainDefinitions: Readonly<Record<SimulatedChainName, ChainDefinition>> = {
  "mainnet-sim": main,
  "testnet-sim": { ...main, bits: easy, addresses: testing },
  "signet-sim": { ...main, bits: easy, addresses: testing },
  // Like Bitcoin Cash: genesis and ports of mainnet-sim, other headers at the checkpoint.
  "cash-sim": { ...main, fork: { parent: "mainnet-sim", height: 500 }, bits: easy },
  // Like Bitcoin SV, which left Bitcoin Cash.
  "sv-sim": { ...main, fork: { parent: "cash-sim", height: 700 }, bits: easy },
  // Like mutinynet: signet's genesis and nothing else of it.
  "mutiny-sim": { ...main, fork: { parent: "signet-sim", height: 1 }, bits: easy, blockGap: 30, addresses: testing },
  // What a majority of liars may serve: passes every checkpoint and is higher, with less work.
  "low-work-sim": {
    ...main,
    fork: { parent: "mainnet-sim", height: 2100 },
    tip: 2155,
    bits: easy,
    checkpoint: 2099,
    settledGap: 500,
    blockGap: 480
  },
  regtest: {
    ...main,
    genesis: "regtest",
    bits: easy,
    halving: 150,
    checkpoint: 0,
    publicScripts: false,
    addresses: { ...testing, hrp: "bcrt" }
  }
}

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The scenario of these tests: one server of every implementation before one node. */
export const scenarioFile = fileURLToPath(new URL("every-implementation.json", import.meta.url))

interface Payment {
  readonly to: string
  readonly amount: number
  readonly height: number | "mempool"
  readonly spent?: number | "mempool"
  readonly after_s?: number
}

const { payments } = JSON.parse(readFileSync(scenarioFile, "utf8")) as { readonly payments: ReadonlyArray<Payment> }

/** One change of a balance. Height 0: in the mempool. */
export interface Entry {
  readonly height: number
  /** Satoshi, negative when spent. */
  readonly value: number
}

/** Chain order, the mempool last. */
export const byHeight = (a: Entry, b: Entry): number =>
  (a.height || Infinity) - (b.height || Infinity) || a.value - b.value

/** The one payment that is made while the world runs. */
export const later = payments.find((payment) => payment.after_s !== undefined)!

/** What the scenario planted for these addresses and is there from the beginning. */
const paymentsTo = (addresses: ReadonlyArray<string>): ReadonlyArray<Payment> =>
  payments.filter((payment) => addresses.includes(payment.to) && payment.after_s === undefined)

const heightOf = (of: number | "mempool"): number => (of === "mempool" ? 0 : of)

/** The history of these addresses, in chain order and the mempool last. */
export const entriesOf = (addresses: ReadonlyArray<string>): ReadonlyArray<Entry> =>
  paymentsTo(addresses)
    .flatMap(({ height, amount, spent }) => [
      { height: heightOf(height), value: amount },
      ...(spent === undefined ? [] : [{ height: heightOf(spent), value: -amount }])
    ])
    .toSorted(byHeight)

/** Satoshi. */
export interface Balance {
  readonly confirmed: number
  readonly unconfirmed: number
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, value) => total + value, 0)

/** As servers count: what is in blocks, and what the mempool adds to it or takes away. */
export const serverBalanceOf = (addresses: ReadonlyArray<string>): Balance => {
  const entries = entriesOf(addresses)
  return {
    confirmed: sum(entries.filter(({ height }) => height > 0).map(({ value }) => value)),
    unconfirmed: sum(entries.filter(({ height }) => height === 0).map(({ value }) => value))
  }
}

/** As the wallet counts: outputs that nothing spends, not even in the mempool, by where they are. */
export const walletBalanceOf = (addresses: ReadonlyArray<string>): Balance => {
  const unspent = paymentsTo(addresses).filter(({ spent }) => spent === undefined)
  return {
    confirmed: sum(unspent.filter(({ height }) => height !== "mempool").map(({ amount }) => amount)),
    unconfirmed: sum(unspent.filter(({ height }) => height === "mempool").map(({ amount }) => amount))
  }
}

/** One address of every form, with what servers call its script, as the wallet computes it. */
export const addresses = {
  P2PKH: {
    address: "mquYpZWUWN786LKgwGAMVAudxMWfrmSKoR",
    scripthash: "60898c295c51965ef5e82c9d5abc9b74e36ad8b8fa29743634aa8c7a2c469937"
  },
  P2SH: {
    address: "2NDjfgpg7jEFKWDzpzA2TzAh38DudEFtPCy",
    scripthash: "52799f85f718e7eebbca8e8300794a06505f559df925d7c31b4dc7e94adee907"
  },
  P2WPKH: {
    address: "bcrt1q6x0p6sl8mwcz0w3z9zce0pefntk7shpvpfdn8a",
    scripthash: "9e69932616e3fdf3f2b6b40d2905b64c1095758ebcf8d33e2a7c87bac6bc3ddc"
  },
  P2WSH: {
    address: "bcrt1qdk3lfr2kasuvycj8ppdh98mvr644luza5z0pmw3yhckevut42e9q8slur6",
    scripthash: "6c32ab0383925e3b2e7f349e39651d862d9a075129d36e0e969674131a73ce35"
  },
  P2TR: {
    address: "bcrt1plmlk2nqw7kceea70njj4rzd3ave8y3tkpp00d2fpxjhustq35jpqlxnpmd",
    scripthash: "3ff155d5c6c8e99f6b6bb195bf21f24e29c5c3e1d6d44a0ced164b6e26cbe89d"
  }
} as const

/**
 * A master public key of a wallet that was made for these tests, and addresses
 * that it derives: receiving 0, 3, 12 and 25, change 0. The fourth is found
 * only by who looks twenty addresses beyond the last used one.
 */
export const masterKey = {
  text: "vpub5VmtbjgATVBf71gi5Yg6Lk3YmMbnMiijbAJ8CyyF18Pd7VdwDoYnExYzDC8TD4Rf1Qq6KnudYUPTKNFv9oA5gUxKzW7XyfGaX8Si94Yep2v",
  addresses: [
    "bcrt1q27uq49qeqf8jz7pz2yl28pkq3u9wetkgf0tu2t",
    "bcrt1qhveqr6dr383schkzpexl7x7xgzcgz5rdawnce8",
    "bcrt1qfcurmz2fxy7e6vsq28e5jgy32qpkghqj5ueamy",
    "bcrt1q7fdu03rm4v72ltvqyf0wrjluzpzc9txqpkwdvk",
    "bcrt1qqxmcfv4rqdqtwlz4tfrhd98dpquv4n290cn04k"
  ]
} as const

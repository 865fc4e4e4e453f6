import type { Trait } from "../server/trait.ts"
import { answering, changing } from "./answering.ts"

interface Entry {
  readonly tx_hash: string
  readonly height: number
}

const history = (change: (entries: ReadonlyArray<Entry>) => unknown): Pick<Trait, "result"> =>
  changing<ReadonlyArray<Entry>>("blockchain.scripthash.get_history", change)

const flipped = (hex: string): string => `${hex.slice(0, -1)}${hex.endsWith("0") ? "1" : "0"}`

/** What is said of scripts and transactions. */
export const historyTraits = {
  "unsorted-history": {
    title: "tells histories from the newest to the oldest entry",
    ...history((entries) => entries.toReversed())
  },
  "repeated-history": {
    title: "tells every entry of a history twice",
    ...history((entries) => entries.flatMap((entry) => [entry, entry]))
  },
  "invented-history": {
    title: "adds a transaction that does not exist to every history",
    ...history((entries) => [...entries, { tx_hash: "ab".repeat(32), height: 2000 }])
  },
  "absurd-heights": {
    title: "tells histories with heights that cannot be",
    ...history((entries) => entries.map((entry, i) => ({ ...entry, height: [-5, 1e9, 1.5, "7", null][i % 5] })))
  },
  "odd-history": {
    title: "has wrong types all over its histories",
    ...answering("blockchain.scripthash.get_history", '[null,1,"a",[],{},{"tx_hash":7,"height":"x"},{"height":{}}]')
  },
  "endless-history": {
    title: "tells 50,000 transactions for every script",
    ...answering("blockchain.scripthash.get_history", () =>
      JSON.stringify(
        Array.from({ length: 50_000 }, (_, i) => ({ height: 200 + (i >> 6), tx_hash: i.toString(16).padStart(64, "0") }))
      )
    )
  },
  "wrong-status": {
    title: "tells a status that is not the hash of the history",
    ...answering("blockchain.scripthash.subscribe", JSON.stringify("cd".repeat(32)))
  },
  "status-not-hex": {
    title: "tells a status that is no hash at all",
    ...answering("blockchain.scripthash.subscribe", JSON.stringify("\u001b[31mchanged"))
  },
  "wrong-balance": {
    title: "tells a balance that is not the sum of the unspent outputs",
    ...changing<{ readonly confirmed: number }>("blockchain.scripthash.get_balance", (balance) => ({
      ...balance,
      confirmed: balance.confirmed + 100_000_000
    }))
  },
  "absurd-balance": {
    title: "tells a balance of more money than there is, and less than none",
    ...answering("blockchain.scripthash.get_balance", '{"confirmed":1e300,"unconfirmed":-9007199254740993}')
  },
  "wrong-values": {
    title: "tells unspent outputs with other values than they have",
    ...changing<ReadonlyArray<{ readonly value: number }>>("blockchain.scripthash.listunspent", (outputs) =>
      outputs.map((output) => ({ ...output, value: output.value + 1 }))
    )
  },
  "wrong-merkle": {
    title: "proves transactions with branches that lead to no block",
    ...changing<{ readonly merkle: ReadonlyArray<string> }>("blockchain.transaction.get_merkle", (proof) => ({
      ...proof,
      merkle: proof.merkle.length > 0 ? proof.merkle.map(flipped) : ["ef".repeat(32)]
    }))
  },
  "endless-merkle": {
    title: "proves transactions with branches of 10,000 hashes",
    ...changing<object>("blockchain.transaction.get_merkle", (proof) => ({
      ...proof,
      merkle: Array.from({ length: 10_000 }, () => "ef".repeat(32))
    }))
  },
  "wrong-transaction": {
    title: "hands out transactions with one digit changed",
    ...changing<unknown>("blockchain.transaction.get", (hex) => (typeof hex === "string" ? flipped(hex) : hex))
  },
  "phishing-broadcast": {
    title: "answers a broadcast with a text that asks to install an update, as in December 2018",
    line: (_, request, session) =>
      request.method === "blockchain.transaction.broadcast"
        ? session.envelope.result(
            request.id,
            JSON.stringify('<h1>Required update</h1><a href="https://update.test/wallet.exe">Download it</a>')
          )
        : undefined
  }
} as const satisfies Readonly<Record<string, Trait>>

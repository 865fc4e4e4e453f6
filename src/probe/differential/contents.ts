import { unanswered } from "../../domain/differential.ts"
import type { Reply } from "../../electrum/reply.ts"

/** JSON with the members of objects in order: the same content is the same text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === "object" && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : v) ?? "null"

const sorted = (values: ReadonlyArray<unknown>): string => values.map(canonical).toSorted().join("\n")

interface Entry {
  readonly tx_hash: string
  readonly height: number
}

/** How results are compared where the whole result, in one spelling, would say too much. */
const normalisers: Readonly<Record<string, (result: unknown) => string>> = {
  // What is in blocks; the mempool changes from one moment to the next.
  "blockchain.scripthash.get_history": (result) =>
    sorted((result as ReadonlyArray<Entry>).flatMap(({ height, tx_hash }) => height > 0 ? [[tx_hash.toLowerCase(), height]] : [])),
  "blockchain.scripthash.get_balance": (result) => String((result as { readonly confirmed: number }).confirmed),
  // The order of a list says nothing; what is in it may be drawn, which shows as variation within a persona.
  "server.peers.subscribe": (result) => sorted(result as ReadonlyArray<unknown>),
  // Bins move every few seconds: only whether there is a mempool at all.
  "mempool.get_fee_histogram": (result) => (result as ReadonlyArray<unknown>).length === 0 ? "empty" : "something",
  // Settings of the node; the rest changes.
  "mempool.get_info": (result) => {
    const info = result as Readonly<Record<string, unknown>>
    return canonical([info["minrelaytxfee"] ?? null, info["incrementalrelayfee"] ?? null])
  }
}

/**
 * The content of a reply as it is compared: never its time, its form or its
 * length. That none came is a content too; null where that says nothing: the
 * server asked for less, or was not asked.
 */
export const contentOf = (reply: Reply): string | null => {
  switch (reply.outcome) {
    case "ok":
      return (normalisers[reply.request.method.name] ?? canonical)(reply.result)
    case "error":
      // Sentences quote heights, times and ids.
      return `error ${reply.errorCode ?? ""} ${(reply.errorMessage ?? "").replaceAll(/[0-9]+/g, "0")}`
    case "malformed":
    case "too large":
      return reply.outcome
    case "timeout":
    case "closed":
      return unanswered
    default:
      return null
  }
}

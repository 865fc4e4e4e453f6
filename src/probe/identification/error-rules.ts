import type { Behaviour, SeenReply } from "./behaviour.ts"
import { any, before, esploraFamily, type Finding, type Fits, type Rule, since } from "./rule.ts"

const electrumx = { ElectrumX: any } as const
const fulcrum = { Fulcrum: any } as const
const romanz = { "romanz electrs": any } as const
const mempool = { "mempool electrs": any } as const

/** A sentence of an error, and whose it is. The first that fits counts. */
type Sentence = readonly [name: string, code: number | null, form: RegExp, fits: Fits, source: string]

/**
 * The grammar of errors. Codes are part of it: proxies that translate texts
 * forget them. `null` is an error that is a bare text.
 */
export const sentences: ReadonlyArray<Sentence> = [
  ["unknown method", -32601, /^unknown method "/, electrumx, "6, row 16"],
  ["unsupported request", -32601, /^Unsupported request: /, fulcrum, "6, row 16"],
  ["method not found", -32601, /^method not found$/, romanz, "6, row 16"],
  ["unknown method as an RPC error", 1, / RPC error: unknown method /, mempool, "6, row 16"],
  ["addresses are for BCH", -32601, /^blockchain\.address\.\* methods are /, { Fulcrum: since("1.2") }, "6, row 46"],
  ["method must be a string", -32601, /^method must be a string$/, electrumx, "6, row 19"],
  ["invalid method", -32600, /^Invalid method$/, fulcrum, "6, row 19"],
  ["counted arguments", -32602, /^[0-9]+ arguments? passed to method /, electrumx, "6, row 24"],
  ["invalid request arguments", -32602, /^invalid request arguments: /, electrumx, "6, row 21"],
  ["expected parameters", -32602, /^Expected at (?:least|most) [0-9]+ parameters? for /, fulcrum, "6, row 24"],
  ["missing params", -32602, /^Missing required params$/, fulcrum, "6, row 24"],
  ["no named params", -32602, /^Named params are not supported /, fulcrum, "6, row 23"],
  ["invalid params, capital", -32600, /^Invalid params$/, fulcrum, "6, row 21"],
  ["invalid params", -32602, /^invalid params$/, romanz, "6, row 42"],
  ["invalid JSON", -32700, /^invalid JSON$/, electrumx, "6, row 26"],
  ["must be UTF-8", -32700, /^messages must be encoded in UTF-8$/, electrumx, "6, row 26"],
  ["failed to parse", -32700, /^Failed to parse Json from string: /, fulcrum, "6, row 26"],
  ["parse error", -32700, /^parse error$/, romanz, "6, row 26"],
  ["request is no dictionary", -32600, /^request object must be a dictionary$/, electrumx, "6, row 28"],
  ["empty batch", -32600, /^batch is empty$/, electrumx, "6, row 29"],
  ["not 2.0", -32600, /^"jsonrpc" is not "2\.0"$/, electrumx, "6, row 40"],
  ["invalid id", -32600, /^invalid "id": /, electrumx, "6, row 35"],
  ["invalid id, Fulcrum's", -32600, /^Error parsing JSON key "id": /, fulcrum, "6, row 33"],
  ["invalid object", -32600, /^Invalid JSON RPC object$/, fulcrum, "6, row 17"],
  ["invalid request, capital", -32600, /^Invalid request$/, fulcrum, "6, row 28"],
  ["invalid request", -32600, /^invalid request$/, romanz, "6, row 17"],
  ["invalid request, shown", -32600, /^invalid request: /, mempool, "6, row 17"],
  ["expected version 2.0", -32600, /^Expected jsonrpc version/, { Fulcrum: before("1.6") }, "6, row 39"],
  ["unexpected response", -31999, /^Unexpected response /, fulcrum, "6, row 18"],
  ["not identified", 1, /^use server\.version to identify client$/, { ElectrumX: since("1.19") }, "1.6"],
  ["handshake twice", 1, /^server\.version already sent$/, { ...electrumx, ...fulcrum }, "6, row 9"],
  ["version refused, shown", 1, /^unsupported protocol version: /, electrumx, "6, row 4"],
  ["version refused", 1, /^Unsupported protocol version$|^Bad version tuple: /, fulcrum, "6, row 4"],
  ["version refused, Rust", 1, /^unsupported request (?:Single|MinMax)\(/, romanz, "6, row 4"],
  ["no script hash, shown", 1, / is not a valid script hash$/, electrumx, "6, row 42"],
  ["invalid script hash", 1, /^Invalid scripthash$/, fulcrum, "6, row 42"],
  ["height with commas", 1, /^height [0-9,]+ out of range$/, electrumx, "6, row 58"],
  ["height out of range", 1, /^Height [0-9]+ is out of range$/, fulcrum, "6, row 58"],
  ["no header", 1, /^no header at [0-9]+$/, romanz, "6, row 58"],
  ["invalid height", 1, /^Invalid height$/, fulcrum, "6, row 59"],
  ["cp_height required", 1, /^require header height /, electrumx, "6, row 61"],
  ["cp_height in words", 1, /^header height [0-9]+ must be <= cp_height /, fulcrum, "6, row 61"],
  ["first parameter named", 1, / first parameter should be a non-negative integer$/, fulcrum, "6, row 49"],
  ["non-negative integer, shown", 1, / should be a non-negative integer$/, electrumx, "6, row 49"],
  ["estimate mode", 1, /^unknown estimatefee mode: /, electrumx, "6, row 54"],
  ["no transaction hash, shown", 1, / should be a transaction hash$/, electrumx, "6, row 65"],
  ["invalid transaction hash", 1, /^Invalid tx hash$/, fulcrum, "6, row 65"],
  ["verbose must be", 1, /^"verbose" must be a boolean$/, electrumx, "6, row 66"],
  ["invalid verbose", 1, /^Invalid verbose argument; expected boolean$/, fulcrum, "6, row 66"],
  ["no hex, shown", 1, / should be a hex string$/, { ElectrumX: since("1.19") }, "6, row 68"],
  ["no hex", 1, /^non-hex transaction$|^invalid transaction$/, romanz, "6, row 68"],
  ["history too large", 1, /^history too large/, { ElectrumX: before("2.0") }, "6, row 47"],
  ["history too large, own code", 10001, /^history too large/, { ElectrumX: since("2.0") }, "6, row 47"],
  ["history too large, counted", -32603, /^internal error: History for scripthash /, fulcrum, "6, row 47"],
  ["response too large", -32600, /^response too large \(over /, electrumx, "1.2"],
  ["database error", 1, /^db error: DBError\(/, electrumx, "6"],
  // Fulcrum writes the same on purpose, for an unknown transaction.
  ["the node's error as Python shows it", 2, /^daemon error: DaemonError\(\{/, { ...electrumx, ...fulcrum }, "6, row 64"],
  ["no such transaction", 2, /^No such mempool or blockchain transaction\./, romanz, "6, row 64"],
  ["missing header", null, /^missing header$/, esploraFamily, "6, row 58"],
  ["missing transaction", null, /^missing transaction$/, esploraFamily, "6, row 64"],
  ["bad or missing argument", null, /^(?:bad|missing|non-[a-z]+) [a-z_]+(?: value)?$/, esploraFamily, "6, row 42"],
  ["no estimate", null, /^cannot estimate fee for [0-9]+ blocks$/, esploraFamily, "6, row 48"],
  ["no verbose transactions", null, /^verbose transactions are currently unsupported$/, esploraFamily, "6, row 67"],
  ["too many entries", null, /^Too many history /, esploraFamily, "6, row 47"]
]

/** The sentence that an error says; undefined for any other text. */
export const sentenceOf = ({ errorCode, errorMessage, outcome }: SeenReply): Sentence | undefined =>
  outcome === "error" && errorMessage !== null
    ? sentences.find(([, code, form]) => errorCode === code && form.test(errorMessage))
    : undefined

/** A reading for each sentence that errors say, whatever was asked. */
export const errorReadings = ({ replies }: Behaviour): ReadonlyArray<readonly [Rule, Finding]> => {
  const said = new Set(replies.map(sentenceOf).filter((sentence) => sentence !== undefined))
  return [...said].map(([name, , , fits, source]) => {
    const found: Finding = { saw: "said", fits }
    return [{ name: `error: ${name}`, effort: "form", source, look: () => found }, found]
  })
}

/** What Blockstream electrs knows; on anything else it ends the connection without a word (protocol-facts 6, row 16). */
const known = new Set([
  "server.version",
  "server.banner",
  "server.donation_address",
  "server.ping",
  "server.peers.subscribe",
  "blockchain.headers.subscribe",
  "blockchain.block.header",
  "blockchain.block.headers",
  "blockchain.estimatefee",
  "blockchain.relayfee",
  "mempool.get_fee_histogram",
  "blockchain.scripthash.get_balance",
  "blockchain.scripthash.get_history",
  "blockchain.scripthash.listunspent",
  "blockchain.scripthash.subscribe",
  "blockchain.transaction.broadcast",
  "blockchain.transaction.get",
  "blockchain.transaction.get_merkle",
  "blockchain.transaction.id_from_pos"
])

/** A connection that ends on a method that is not there. It may end for other reasons, so this is weak. */
export const closingRule: Rule = {
  name: "end on an unknown method",
  effort: "text",
  source: "6, rows 13 and 16",
  look: ({ replies }) => {
    const last = replies.findLast(({ outcome }) => outcome !== "not asked")
    return last?.outcome === "closed" && !known.has(last.method)
      ? { saw: "the connection ends", fits: { "Blockstream electrs": any } }
      : null
  }
}

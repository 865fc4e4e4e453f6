import { Effect, type Scope } from "effect"
import { type SeenReply, seenReply } from "../../src/probe/identification/behaviour.ts"
import { anyMethod, sessionWith } from "./session.ts"

type Call = readonly [method: string, ...params: ReadonlyArray<unknown>]

/** Releases that agree on protocol 1.6, where the mempool's information takes the place of the relay fee. */
const speaks16 = /^(?:ElectrumX (?:1\.19|1\.20|2\.)|Fulcrum 2\.1)/

/** What a visit asks a software after the handshake, without lists of peers twice and without scripts. */
export const visitCalls = (software: string): ReadonlyArray<Call> => [
  ["server.banner"],
  ["server.donation_address"],
  ["blockchain.headers.subscribe"],
  ["blockchain.block.header", 0],
  ["server.ping"],
  ["server.peers.subscribe"],
  ["blockchain.estimatefee", 2],
  ["mempool.get_fee_histogram"],
  [speaks16.test(software) ? "mempool.get_info" : "blockchain.relayfee"]
]

/** What identification could ask besides; nothing of it ends a connection but the last. */
export const furtherCalls: ReadonlyArray<Call> = [
  ["blockchain.relayfee"],
  ["blockchain.estimatefee", 2],
  ["blockchain.estimatefee", 2, "bogus"],
  ["mempool.get_fee_histogram"],
  ["blockchain.block.header", 99_999_999],
  ["blockchain.block.headers", 0, 2],
  ["blockchain.transaction.get", "11".repeat(32)],
  ["blockchain.transaction.id_from_pos", 1, 0],
  ["blockchain.scripthash.subscribe", "abc"],
  ["server.ping", 1],
  ["foo.bar"]
]

/** A handshake as a visit has it, then calls in one packet, then a last one alone. */
export const askAll = Effect.fnUntraced(function*(
  port: number,
  calls: ReadonlyArray<Call>,
  last: Call
): Effect.fn.Return<ReadonlyArray<SeenReply>, Error, Scope.Scope> {
  const session = yield* sessionWith(port)
  const seen: Array<SeenReply> = []
  const versions: Call = ["server.version", "electrum-observatory/test", ["1.4", "1.6"]]
  for (const packet of [[versions], calls, [last]]) {
    const requests = packet.map(([name, ...params]) => ({ method: anyMethod(name), params }))
    if (requests.length > 0) seen.push(...(yield* session.exchange(requests, 10_000)).map(seenReply))
  }
  return seen
})

import { Effect, Schema } from "effect"
import type { Advertisement, Source } from "../domain/advertisement.ts"
import type { Chain } from "../domain/chain.ts"
import { jsonText } from "./bounded-text.ts"
import { ownRules, strangersRules } from "./claim.ts"
import { DiscoveryError } from "./discovery-error.ts"
import { readTextFile } from "./read-list.ts"
import { type ParsedSeeds, parseSeedLine, parseSeedText } from "./seed-grammar.ts"
import mainnet from "./wallet-servers/mainnet.json" with { type: "json" }
import signet from "./wallet-servers/signet.json" with { type: "json" }
import testnet from "./wallet-servers/testnet.json" with { type: "json" }
import testnet4 from "./wallet-servers/testnet4.json" with { type: "json" }

/** Where a crawl starts: what one source of seeds says. */
export interface SeedList {
  readonly source: Source
  readonly advertisements: ReadonlyArray<Advertisement>
  /** Entries beyond our bound: counted, not read. */
  readonly dropped: number
  /** Sentences for the log: format found, entries with a problem. */
  readonly notes: ReadonlyArray<string>
}

/** Our format of a list of servers, as shipped per network. */
export const WalletServers = Schema.Struct({
  source: Schema.NonEmptyString,
  commit: Schema.NonEmptyString,
  date: Schema.NonEmptyString,
  servers: Schema.Array(Schema.Struct({
    host: Schema.NonEmptyString,
    tcp_port: Schema.NullOr(Schema.Int),
    tls_port: Schema.NullOr(Schema.Int),
    version: Schema.NullOr(Schema.String)
  }))
})
export type WalletServers = typeof WalletServers.Type

/** The shipped lists by chain name; simulated chains and regtest have none. */
const shippedLists: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["mainnet", mainnet],
  ["testnet", testnet],
  ["testnet4", testnet4],
  ["signet", signet]
])

const summary = (parsed: ParsedSeeds): ReadonlyArray<string> => {
  const problems = parsed.advertisements.filter((advertisement) => advertisement.problem !== null).length
  return [
    `${parsed.advertisements.length} entries, read as ${parsed.format}`,
    ...(problems === 0 ? [] : [`${problems} of them with a problem`]),
    ...(parsed.dropped === 0 ? [] : [`${parsed.dropped} more not read`])
  ]
}

/**
 * The seeds of `--seed HOST:PORT:t|s`, given once or more. What the user names
 * may be private or local. A text that cannot be read is an advertisement with
 * a problem.
 */
export const seedsOfFlags = (texts: ReadonlyArray<string>, chain: Chain): SeedList => ({
  source: { kind: "user", name: "command line", detail: null },
  advertisements: texts.map((text) => parseSeedLine(text, chain.default_ports, ownRules)),
  dropped: 0,
  notes: []
})

/**
 * The seeds of `--seeds FILE`, format found from the content. Fails with reason
 * `not found`, `cannot read`, `too large` (10 MB), or `bad format`.
 */
export const seedsOfFile = Effect.fn("seedsOfFile")(function*(path: string, chain: Chain) {
  const parsed = parseSeedText(yield* readTextFile(path), chain.default_ports, ownRules)
  if (parsed === undefined || (parsed.advertisements.length === 0 && parsed.dropped === 0)) {
    return yield* new DiscoveryError({
      reason: "bad format",
      subject: path,
      message: parsed === undefined ? `${path} is no valid JSON.` : `${path} names no server.`
    })
  }
  const list: SeedList = {
    source: { kind: "list", name: path, detail: null },
    advertisements: parsed.advertisements,
    dropped: parsed.dropped,
    notes: summary(parsed)
  }
  return list
})

/** The list that ships for a chain: the default servers of the Electrum wallet. Undefined where there is none. */
export const shippedSeeds = (chain: Chain): SeedList | undefined => {
  const json = shippedLists.get(chain.name)
  if (json === undefined || chain.simulated) return undefined
  const list = Schema.decodeUnknownSync(WalletServers)(json)
  const parsed = parseSeedText(jsonText(list), chain.default_ports, strangersRules)!
  return {
    source: { kind: "list", name: list.source, detail: `commit ${list.commit}, ${list.date}` },
    advertisements: parsed.advertisements,
    dropped: parsed.dropped,
    notes: summary(parsed)
  }
}

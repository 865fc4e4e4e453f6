import { Effect, Schema } from "effect"
import type { Advertisement, Source } from "../domain/advertisement.ts"
import type { Chain } from "../domain/chain.ts"
import { jsonText } from "./bounded-text.ts"
import { type ClaimRules, ownRules, strangersRules } from "./claim.ts"
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

/** A list read from a text, format found from the content. Fails with reason `bad format` when it names no server at all. */
export const seedsOfText = (
  text: string,
  source: Source,
  chain: Chain,
  rules: ClaimRules
): Effect.Effect<SeedList, DiscoveryError> => {
  const parsed = parseSeedText(text, chain.default_ports, rules)
  if (parsed === undefined || (parsed.advertisements.length === 0 && parsed.dropped === 0)) {
    return Effect.fail(
      new DiscoveryError({
        reason: "bad format",
        subject: source.name,
        message: parsed === undefined ? `${source.name} is no valid JSON.` : `${source.name} names no server.`
      })
    )
  }
  return Effect.succeed({ source, advertisements: parsed.advertisements, dropped: parsed.dropped, notes: summary(parsed) })
}

/**
 * The seeds of a file, format found from the content. Fails with reason
 * `not found`, `cannot read`, `too large` (10 MB), or `bad format`.
 */
export const seedsOfFile = Effect.fn("seedsOfFile")(function*(path: string, chain: Chain) {
  return yield* seedsOfText(yield* readTextFile(path), { kind: "list", name: path, detail: null }, chain, ownRules)
})

/** The list that ships for a chain: the default servers of the Electrum wallet, and its day (milliseconds since 1970). Undefined where there is none. */
export const shippedSeeds = (chain: Chain): { readonly list: SeedList; readonly dated: number | null } | undefined => {
  const json = shippedLists.get(chain.name)
  if (json === undefined || chain.simulated) return undefined
  const shipped = Schema.decodeUnknownSync(WalletServers)(json)
  const parsed = parseSeedText(jsonText(shipped), chain.default_ports, strangersRules)!
  const day = Date.parse(shipped.date)
  return {
    list: {
      source: { kind: "list", name: shipped.source, detail: `commit ${shipped.commit}, ${shipped.date}` },
      advertisements: parsed.advertisements,
      dropped: parsed.dropped,
      notes: summary(parsed)
    },
    dated: Number.isNaN(day) ? null : day
  }
}

import { NodeServices } from "@effect/platform-node"
import { Effect, type Layer, type Scope } from "effect"
import { connectionOf } from "../../src/cli/connection.ts"
import { Output } from "../../src/cli/output.ts"
import { Crawler } from "../../src/crawl/crawler.ts"
import { defaultCrawlSettings } from "../../src/crawl/settings.ts"
import { noExclusions } from "../../src/domain/exclusions.ts"
import { seedsOfFlags } from "../../src/discovery/seeds.ts"
import { type Chain, shippedChains } from "../../src/domain/chain.ts"
import { tallied } from "../../src/domain/tallied.ts"
import type { ByteBudget } from "../../src/electrum/byte-budget.ts"
import type { Visitor } from "../../src/probe/visitor.ts"
import type { RunningSimnet } from "../../src/simnet/simnet.ts"
import { Store, type Vantage } from "../../src/store/store.ts"
import type { Dialer } from "../../src/transport/dialer.ts"
import { temporaryFolder } from "./small-database.ts"

/** A simulated network and a database in which it has been crawled. */
export interface CrawledNetwork {
  readonly db: string
  readonly chain: Chain
  readonly vantage: Vantage
  readonly layer: Layer.Layer<Dialer | Visitor | ByteBudget>
}

/** What a client of a simulated network dials through. */
export const dialling = Effect.fnUntraced(function*(net: RunningSimnet) {
  const proxy = `socks5://127.0.0.1:${net.socksPort}`
  const chain = shippedChains.find(({ name }) => name === net.chain)!
  const { layer, vantage } = yield* connectionOf({
    proxy,
    tor: proxy,
    resolver: `127.0.0.1:${net.dnsPort}`,
    allowPrivate: false,
    connectTimeout: 5000,
    replyTimeout: null
  }, chain, "here")
  return { chain, layer, vantage }
})

/** Crawls a running network into a new database, from all its seeds, as fast as it goes. */
export const crawled = (net: RunningSimnet): Effect.Effect<CrawledNetwork, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const network = { db: `${yield* temporaryFolder}/crawled.duckdb`, ...(yield* dialling(net)) }
    yield* crawlAgain(net, network)
    return network
  }).pipe(Effect.provide(Output.layer))

/** Crawls it into a database that there may be already. */
export const crawlAgain: (net: RunningSimnet, network: CrawledNetwork) => Effect.Effect<void, unknown> = Effect.fnUntraced(function*(
  net: RunningSimnet,
  { chain, db, layer, vantage }: CrawledNetwork
) {
  const list = seedsOfFlags(net.seeds, chain)
  yield* Effect.flatMap(Crawler, (crawler) =>
    crawler.start({
      chain,
      vantage,
      codeVersion: "test",
      exclusions: noExclusions,
      onProgress: () => Effect.void,
      settings: {
        ...defaultCrawlSettings,
        network: chain.name,
        rate: 0,
        connection: {
          proxy: null,
          proxyCredentials: false,
          tor: "auto",
          torCredentials: false,
          resolver: null,
          connectTimeoutMs: null,
          replyTimeoutMs: null
        },
        vantage: "here",
        clientName: "electrum-observatory/test"
      },
      seeds: { collected: [], said: [{
        _tag: "advertised",
        source: list.source,
        at: Date.now(),
        timesAsked: 1,
        entries: tallied(list.advertisements),
        dropped: 0
      }] }
    })).pipe(
      Effect.provide(Crawler.layer),
      Effect.provide(layer),
      Effect.provide(Store.layer(db)),
      Effect.provide(NodeServices.layer)
    )
})

import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { type ConnectionInput, connectionOf, storedConnection } from "../../src/cli/connection.ts"
import { clientNameOf } from "../../src/cli/client-name.ts"
import { leanHeap } from "../../src/cli/lean-heap.ts"
import { Crawler } from "../../src/crawl/crawler.ts"
import { defaultCrawlSettings } from "../../src/crawl/settings.ts"
import { noExclusions } from "../../src/domain/exclusions.ts"
import { seedsOfFlags } from "../../src/discovery/seeds.ts"
import { shippedChains } from "../../src/domain/chain.ts"
import { tallied } from "../../src/domain/tallied.ts"
import { Store } from "../../src/store/store.ts"
import { version } from "../../src/version.ts"
import { type Job, measured, peerRounds, serve, timeouts } from "./messages.ts"

/** The product's crawl as `observatory crawl` wires it, from an empty database to the closed one, snapshots included. */

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

const connection: ConnectionInput = {
  proxy: null,
  tor: "off",
  resolver: null,
  allowPrivate: true,
  connectTimeout: timeouts.connectMs,
  replyTimeout: timeouts.replyMs
}

const crawl = Effect.fnUntraced(function*({ concurrency, db, network, scope }: Job) {
  yield* leanHeap
  const { layer, vantage } = yield* connectionOf(connection, chain, "bench")
  const [address, port] = network.servers[0]!
  const seeds = seedsOfFlags([`${address}:${port}:${network.transport === "tls" ? "s" : "t"}`], chain)
  const at = Date.now()
  return yield* Effect.flatMap(Crawler, (crawler) =>
    crawler.start({
      chain,
      vantage,
      codeVersion: version,
      exclusions: noExclusions,
      onProgress: () => Effect.void,
      settings: {
        ...defaultCrawlSettings,
        network: chain.name,
        concurrency,
        rate: 0,
        peerRounds,
        visit: scope,
        ...(scope === "topology" ? { fingerprint: "off" } : {}),
        allowPrivate: true,
        clientName: clientNameOf(null),
        vantage: "bench",
        connection: storedConnection(connection)
      },
      seeds: { collected: [], said: [{
        _tag: "advertised",
        source: seeds.source,
        at,
        timesAsked: 1,
        entries: tallied(seeds.advertisements),
        dropped: 0
      }] }
    })).pipe(
      Effect.provide(Crawler.layer.pipe(
        Layer.provide(layer),
        Layer.provide(Store.layer(db!)),
        Layer.provide(NodeServices.layer)
      ))
    )
})

serve((job: Job) =>
  measured(async () => {
    const summary = await Effect.runPromise(Effect.scoped(crawl(job)))
    if (summary.answered !== job.network.servers.length || summary.failed > 0) {
      throw new Error(`of ${job.network.servers.length} servers ${summary.answered} answered: ${JSON.stringify(summary)}`)
    }
    return summary.visits
  })
)

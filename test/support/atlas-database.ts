import { NodeServices } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { Atlas, type AtlasService } from "../../src/atlas/atlas.ts"
import { AnalysisStore, Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { copyOfKept } from "./kept.ts"
import { temporaryFolder, withStore } from "./small-database.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  certificateOf,
  crawlStart,
  seedList,
  serverOf,
  someTime,
  stateOf,
  tlsOf
} from "./store-facts.ts"
import { giftAddress } from "./gift-address.ts"

/** A server of the invented network: what it shows and where it is met. */
export interface InventedServer {
  readonly host: string
  /** Of its certificate. */
  readonly key: string
  readonly donation: string
  readonly address: string
  /** Hosts it names. */
  readonly names: ReadonlyArray<string>
}

const strangers = ["ash", "birch", "cedar", "fir", "hazel", "larch", "maple", "oak"].map((tree) => `${tree}.example.org`)
const fleet = ["one", "two", "three"].map((number) => `${number}.fleet.test`)

/** Eight strangers, and three servers with one private key and one address for gifts; everybody names everybody. */
export const inventedServers: ReadonlyArray<InventedServer> = [...strangers, ...fleet].map((host, i, all) => ({
  host,
  key: fleet.includes(host) ? "key of the fleet" : `key of ${host}`,
  donation: fleet.includes(host) ? giftAddress("the fleet") : giftAddress(host),
  address: `34.${90 + i}.1.2`,
  names: all.filter((other) => other !== host)
}))

const keyOf = (host: string): string => `${host}:50002:s`

/** What a crawl of the invented network records. */
export const inventedFacts = (servers: ReadonlyArray<InventedServer> = inventedServers): ReadonlyArray<Fact> => [
  seedList(servers.slice(0, 2).map(({ host }) => advertisementOf(keyOf(host)))),
  ...servers.map(({ host }) => stateOf(keyOf(host), "visited")),
  ...servers.map(({ address, donation, host, key }): Fact => ({
    _tag: "visit",
    visit: answeredVisit(keyOf(host), {
      dial: { address, resolvedBy: "dns", addresses: [address], via: "direct" },
      donationAddress: donation,
      banner: `Welcome to ${host}`,
      tls: tlsOf({ ...certificateOf(`certificate of ${host}`, key), subject: `CN=${host}`, issuer: `CN=${host}`, sanDns: [host] })
    })
  })),
  ...servers.map(({ host, names }) => announcedByServer(keyOf(host), names.map((other) => advertisementOf(keyOf(other))))),
  { _tag: "servers", servers: servers.map(({ host }) => serverOf([keyOf(host)])) }
]

/** Stores facts as a finished crawl of mainnet. */
export const recordCrawl = (path: string, facts: ReadonlyArray<Fact>, startedAt = someTime, settings?: Record<string, unknown>) =>
  withStore(path, (store) =>
    Effect.gen(function*() {
      const start = crawlStart({ startedAt })
      const crawlId = yield* store.startCrawl({ ...start, settings: { ...start.settings, ...settings } })
      yield* store.record(crawlId, facts)
      yield* store.endCrawl(crawlId, "finished", startedAt + 60_000)
      return crawlId
    }))

/** Analyses a crawl of a database. */
export const analyse = (path: string, crawlId: number) =>
  Effect.flatMap(Analysis, (analysis) => analysis.analyze({ crawlId })).pipe(
    Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path))),
    Effect.provide(NodeServices.layer),
    Effect.scoped
  )

/** A copy, in a folder, of a database with one analysed crawl of the invented network: its path. */
export const copyOfAnalysed = (folder: string): Effect.Effect<string> => {
  const databaseIn = (place: string): string => `${place}/observatory.duckdb`
  const make = (path: string) => Effect.flatMap(recordCrawl(path, inventedFacts()), (crawlId) => analyse(path, crawlId))
  return Effect.as(
    Effect.promise(() => copyOfKept("analysed-database", folder, (place) => Effect.runPromise(make(databaseIn(place))))),
    databaseIn(folder)
  )
}

/** Such a database: its path. */
export class AnalysedDatabase extends Context.Service<AnalysedDatabase, string>()("test/AnalysedDatabase") {
  /** One copy for all tests it is given to. */
  static readonly layer = Layer.effect(
    AnalysedDatabase,
    Effect.flatMap(temporaryFolder, copyOfAnalysed)
  )
}

/** Asks the atlas of a database. */
export const shown = <A, E>(path: string, use: (atlas: AtlasService) => Effect.Effect<A, E>) =>
  Effect.flatMap(Atlas, use).pipe(Effect.provide(Layer.provide(Atlas.layer, Database.layer(path))), Effect.provide(NodeServices.layer), Effect.scoped)

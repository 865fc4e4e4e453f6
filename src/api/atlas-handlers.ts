import { Effect, Semaphore } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Atlas, CrawlRef } from "../atlas/atlas.ts"
import type { AtlasError } from "../atlas/atlas-error.ts"
import { encodeGraph } from "../atlas/shapes/graph-bytes.ts"
import { version } from "../version.ts"
import { CurrentEdition } from "./editions.ts"
import { ObservatoryApi } from "./observatory-api.ts"
import { Internal, problemOfAtlas } from "./problem.ts"
import { serverPage } from "./server-page.ts"
import type { SqlLimits } from "./sql/wire.ts"

/** What a server allows; see `About`. */
export interface Allowed {
  readonly public: boolean
  readonly sql: boolean
  readonly notes: boolean
}

const statedLimits = ({ answerChars, maxRows, memoryLimit, textChars, timeoutMs }: SqlLimits) =>
  ({ textChars, maxRows, answerChars, timeoutMs, memory: memoryLimit })

const edition = Effect.flatMap(
  CurrentEdition,
  (edition) => edition === null ? Effect.die(new Error("no edition was leased for this request")) : Effect.succeed(edition)
)

const logged = (error: AtlasError) =>
  error.reason === "cannot read" ? Effect.logError(`Cannot answer: ${error.message}`) : Effect.void

/** Asks the atlas of the request's edition. */
export const fromAtlas = <A>(ask: (atlas: Atlas["Service"]) => Effect.Effect<A, AtlasError>) =>
  Effect.flatMap(edition, ({ atlas }) => ask(atlas)).pipe(Effect.tapError(logged), Effect.mapError(problemOfAtlas))

/** Asks it about one crawl, by its number. */
export const ofCrawl = <A>(ref: CrawlRef, ask: (atlas: Atlas["Service"], crawlId: number) => Effect.Effect<A, AtlasError>) =>
  fromAtlas((atlas) => Effect.flatMap(atlas.crawl(ref), ({ crawlId }) => ask(atlas, crawlId)))

/**
 * Details cost a few hundred milliseconds of computing each: many who look at
 * many at a time wait for each other, and not everybody for them.
 */
const detailsAtATime = Semaphore.makeUnsafe(2)
const aDetail = <A, E, R>(answer: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => Semaphore.withPermit(detailsAtATime, answer)

/** One server of a crawl, in turn. */
export const aServer = ({ crawl, server }: { readonly crawl: CrawlRef; readonly server: number }) =>
  aDetail(ofCrawl(crawl, (atlas, crawlId) => atlas.server(crawlId, server)))

/** Of what is about no crawl, only reading can fail. */
export const ofAll = <A>(ask: (atlas: Atlas["Service"]) => Effect.Effect<A, AtlasError>) =>
  Effect.mapError(fromAtlas(ask), (error) => new Internal({ message: error.message }))

export const crawlHandlers = (allowed: Allowed, limits: SqlLimits) =>
  HttpApiBuilder.group(ObservatoryApi, "crawls", (handlers) =>
    handlers.handleAll({
      about: () => Effect.map(edition, ({ id }) => ({ version, ...allowed, sqlLimits: statedLimits(limits), edition: id })),
      crawls: () => ofAll((atlas) => atlas.crawls),
      crawl: ({ params }) => fromAtlas((atlas) => atlas.crawl(params.crawl)),
      overview: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.overview(crawlId)),
      clusters: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.clusters(crawlId)),
      cluster: ({ params }) => aDetail(ofCrawl(params.crawl, (atlas, crawlId) => atlas.cluster(crawlId, params.cluster))),
      suspicion: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.suspicion(crawlId)),
      exposure: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.exposure(crawlId)),
      texts: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.texts(crawlId)),
      graph: ({ params }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.graphHead(crawlId)),
      graphBytes: ({ params }) =>
        ofCrawl(params.crawl, (atlas, crawlId) => Effect.map(atlas.graphEdges(crawlId), encodeGraph))
    }))

export const serverHandlers = HttpApiBuilder.group(ObservatoryApi, "servers", (handlers) =>
  handlers.handleAll({
    servers: ({ params, query }) =>
      fromAtlas((atlas) => Effect.gen(function*() {
        const crawl = yield* atlas.crawl(params.crawl)
        return serverPage(crawl, yield* atlas.servers(crawl.crawlId), query)
      })),
    server: ({ params }) => aServer(params),
    pair: ({ params }) => aDetail(ofCrawl(params.crawl, (atlas, crawlId) => atlas.pair(crawlId, params.a, params.b)))
  }))

export const watchedHandlers = HttpApiBuilder.group(ObservatoryApi, "watched", (handlers) =>
  handlers.handleAll({
    watched: ({ params, query }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.watched(crawlId, query.window ?? "week")),
    happened: ({ params, query }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.happened(crawlId, query.window ?? "week")),
    lateness: ({ params, query }) => ofCrawl(params.crawl, (atlas, crawlId) => atlas.lateness(crawlId, query.window ?? "week")),
    watchedServer: ({ params, query }) =>
      aDetail(ofCrawl(params.crawl, (atlas, crawlId) => atlas.watchedServer(crawlId, params.server, query.window ?? "week")))
  }))

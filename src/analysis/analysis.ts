import { Context, Effect, Layer } from "effect"
import { AnalysisStore, Database, type TableRows } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"
import type { StoreError } from "../store/store-error.ts"
import type { AnalysisError } from "./analysis-error.ts"
import {
  type AnalysedCrawl,
  type AnalysisTarget,
  findCrawl,
  maxAnnouncements,
  readAnnouncements,
  readPresentedKeys
} from "./analysis-input.ts"
import { readBehaviourVectors } from "./behaviour/behaviour-input.ts"
import { behaviourRows } from "./behaviour/behaviour-rows.ts"
import { announcedServers, orderedAnnouncements, reciprocity } from "./graph/announcement-graph.ts"
import { type Communities, type CommunityOptions, communityOptionsFor, detectCommunities } from "./graph/communities.ts"
import { readListers, readNamedBySources, readNamedKinds } from "./graph/graph-input.ts"
import { placeRows, places } from "./graph/places.ts"
import {
  type SharedKeyGroup,
  sharedKeyExplanations,
  sharedKeyGroups,
  sharedKeyStatement
} from "./shared-keys.ts"

/** What an analysis found; the tables `community`, `cluster` and `cluster_member` hold the same. */
export interface AnalysisResult {
  readonly crawlId: CrawlId
  readonly network: string
  readonly simulated: boolean
  /** Servers of the crawl, confirmed or not. */
  readonly servers: number
  /** Servers that announce or are announced: the nodes of the graph. */
  readonly announcedServers: number
  /** Ordered pairs of servers of which the first announces the second. */
  readonly announcements: number
  /** Share of announcements returned, among servers that name anybody; null when there are none. */
  readonly reciprocity: number | null
  /** One for each resolution; empty when there are too many announcements. */
  readonly communities: ReadonlyArray<Communities>
  /** Groups of servers that share a key, the largest first. */
  readonly sharedKeys: ReadonlyArray<SharedKeyGroup>
  /** Sentences about what was not done. */
  readonly notes: ReadonlyArray<string>
}

const tablesOf = (
  crawl: AnalysedCrawl,
  communities: ReadonlyArray<Communities>,
  groups: ReadonlyArray<SharedKeyGroup>
): ReadonlyArray<TableRows> => [
  {
    table: "community",
    crawlId: crawl.crawl_id,
    columns: ["resolution", "server_id", "community", "stability", "modularity"],
    rows: communities.flatMap(({ members, modularity, resolution }) =>
      members.map(({ community, serverId, stability }) => [resolution, serverId, community, stability, modularity])
    )
  },
  {
    table: "cluster",
    crawlId: crawl.crawl_id,
    columns: ["cluster_id", "kind", "evidence", "servers", "detail"],
    rows: groups.map((group, i) => [
      i + 1,
      "shared key",
      group.spkiSha256,
      group.serverIds.length,
      JSON.stringify({
        statement: sharedKeyStatement(group, crawl.simulated),
        innocent_explanations: sharedKeyExplanations,
        key_type: group.keyType,
        certificates: group.certificates
      })
    ])
  },
  {
    table: "cluster_member",
    crawlId: crawl.crawl_id,
    columns: ["cluster_id", "server_id", "evidence"],
    rows: groups.flatMap((group, i) => group.serverIds.map((serverId) => [i + 1, serverId, null]))
  }
]

/** Reads a crawl, finds communities and groups, and replaces what an earlier analysis of it wrote. */
export class Analysis extends Context.Service<Analysis, {
  /**
   * Analyse one crawl. Fails with `AnalysisError` when there is none to
   * analyse, with `StoreError` when the file cannot be read or written.
   */
  readonly analyze: (
    target: AnalysisTarget,
    options?: Partial<CommunityOptions>
  ) => Effect.Effect<AnalysisResult, AnalysisError | StoreError>
}>()("electrum-observatory/Analysis") {
  static readonly layer = Layer.effect(
    Analysis,
    Effect.gen(function*() {
      const database = yield* Database
      const store = yield* AnalysisStore
      const analyze = Effect.fn("Analysis.analyze")(
        function*(target: AnalysisTarget, options?: Partial<CommunityOptions>) {
          const crawl = yield* findCrawl(target)
          const read = yield* readAnnouncements(crawl.crawl_id)
          const announcements = orderedAnnouncements(read ?? [])
          const communities = read === undefined
            ? []
            : detectCommunities(announcements, { ...communityOptionsFor(announcements.length), ...options })
          const sharedKeys = sharedKeyGroups(yield* readPresentedKeys(crawl))
          const found = places(announcements, {
            listers: yield* readListers(crawl.crawl_id),
            kindOf: yield* readNamedKinds(crawl.crawl_id, new Set(announcements.map(({ to }) => to))),
            namedBySources: yield* readNamedBySources(crawl.crawl_id)
          })
          yield* store.replaceRows([
            ...tablesOf(crawl, communities, sharedKeys),
            placeRows(crawl.crawl_id, found),
            behaviourRows(crawl.crawl_id, yield* readBehaviourVectors(crawl.crawl_id))
          ])
          const result: AnalysisResult = {
            crawlId: crawl.crawl_id,
            network: crawl.network,
            simulated: crawl.simulated,
            servers: crawl.servers,
            announcedServers: announcedServers(announcements).length,
            announcements: announcements.length,
            reciprocity: reciprocity(announcements),
            communities,
            sharedKeys,
            notes: read === undefined
              ? [`More than ${maxAnnouncements.toLocaleString("en")} announcements: communities were not computed.`]
              : []
          }
          return result
        },
        Effect.provideService(Database, database)
      )
      return Analysis.of({ analyze })
    })
  )
}

import { Context, type Effect } from "effect"
import type { AtlasError } from "./atlas-error.ts"
import type { ClusterDetail, ClusterRow } from "./shapes/cluster.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { DictionaryTable } from "./shapes/dictionary.ts"
import type { PairDetail } from "./shapes/evidence.ts"
import type { ExposurePage } from "./shapes/exposure.ts"
import type { GraphEdges } from "./shapes/graph-bytes.ts"
import type { GraphHead } from "./shapes/graph.ts"
import type { Overview } from "./shapes/overview.ts"
import type { ServerDetail } from "./shapes/server-detail.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import type { SuspicionPage } from "./shapes/suspicion.ts"
import type { Texts } from "./shapes/text.ts"

/** Which crawl: its number, or the newest finished one. */
export type CrawlRef = number | "latest"

/** An answer about one crawl, or why there is none. */
type Answer<A> = Effect.Effect<A, AtlasError>

/** All that is shown of one database, in the shapes of `shapes/`: read by API, report and exports. */
export class Atlas extends Context.Service<Atlas, {
  /** Newest first. */
  readonly crawls: Answer<ReadonlyArray<CrawlRow>>
  readonly crawl: (ref: CrawlRef) => Answer<CrawlRow>
  readonly overview: (crawlId: number) => Answer<Overview>
  /** All servers of a crawl; `matches` of `shapes/server-filter.ts` narrows them. */
  readonly servers: (crawlId: number) => Answer<ReadonlyArray<ServerRow>>
  readonly server: (crawlId: number, serverId: number) => Answer<ServerDetail>
  readonly pair: (crawlId: number, a: number, b: number) => Answer<PairDetail>
  readonly clusters: (crawlId: number) => Answer<ReadonlyArray<ClusterRow>>
  readonly cluster: (crawlId: number, clusterId: number) => Answer<ClusterDetail>
  readonly suspicion: (crawlId: number) => Answer<SuspicionPage>
  readonly exposure: (crawlId: number) => Answer<ExposurePage>
  readonly graphHead: (crawlId: number) => Answer<GraphHead>
  /** Nodes are numbered as in `graphHead`. */
  readonly graphEdges: (crawlId: number) => Answer<GraphEdges>
  readonly texts: (crawlId: number) => Answer<Texts>
  readonly dictionary: Answer<ReadonlyArray<DictionaryTable>>
}>()("electrum-observatory/Atlas") {}

import type { FleetReach } from "../../analysis/evaluation/power.ts"
import type { LieReach } from "../../analysis/evaluation/lie-coverage.ts"
import type { ClusterDetail, ClusterRow } from "../../atlas/shapes/cluster.ts"
import type { CrawlRow } from "../../atlas/shapes/crawl.ts"
import type { DictionaryTable } from "../../atlas/shapes/dictionary.ts"
import type { ExposurePage } from "../../atlas/shapes/exposure.ts"
import type { GraphHead } from "../../atlas/shapes/graph.ts"
import type { Overview } from "../../atlas/shapes/overview.ts"
import type { ServerRow } from "../../atlas/shapes/server-row.ts"
import type { SuspicionPage } from "../../atlas/shapes/suspicion.ts"
import type { Texts } from "../../atlas/shapes/text.ts"
import type { WatchedPage } from "../../atlas/shapes/watched.ts"
import type { CrawlChange } from "../../atlas/changes/crawl-change.ts"
import type { LabelFindings } from "../labels/match-labels.ts"
import type { NamedFacts } from "./named-facts.ts"
import type { Named } from "./read-named.ts"

/** How the comparison of servers asked in two ways stands, servers by state. */
export interface TwoWays {
  readonly differs: number
  readonly open: number
  readonly same: number
  readonly notComparable: number
}

/** What the newest analysis says of itself. */
export interface AnalysisRun {
  readonly analysedAt: string
  readonly servers: number
  readonly pairsPossible: number
  readonly pairsCompared: number
  readonly operatorPrior: number
  readonly threshold: number
  readonly operatorGroups: number
  readonly expectedFalseGroups: number
}

/** Everything a report is made of. What names servers is as the atlas shows it: withheld where the report is for the public. */
export interface ReportFacts {
  readonly crawl: CrawlRow
  readonly named: NamedFacts
  readonly overview: Overview
  readonly servers: ReadonlyArray<ServerRow>
  /** Threat model and methodology with this crawl's figures. */
  readonly texts: Texts
  /** Null where the crawl was not analysed; so is what follows. */
  readonly run: AnalysisRun | null
  readonly clusters: ReadonlyArray<ClusterRow>
  /** Of the largest operator groups. */
  readonly details: ReadonlyArray<ClusterDetail>
  readonly suspicion: SuspicionPage | null
  readonly exposure: ExposurePage | null
  readonly graph: GraphHead | null
  readonly dictionary: ReadonlyArray<DictionaryTable>
  readonly twoWays: TwoWays
  readonly snapshots: number
  /** Null: not computed, because there are too many servers or it was not asked for. */
  readonly fleets: ReadonlyArray<FleetReach> | null
  readonly lies: ReadonlyArray<LieReach>
  readonly labels: LabelFindings
  readonly change: CrawlChange | null
  /** The last month of the watched time, with what query `watched-uptime` says of itself. */
  readonly watched: { readonly page: WatchedPage; readonly named: Pick<Named<unknown>, "title" | "level" | "caveat" | "source"> }
  readonly isLocal: boolean
}

import type { TableRows, Value } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { isUntested } from "./indicator.ts"
import type { Unjudged } from "./read-evidence.ts"
import type { Suspicion } from "./score.ts"

const indicatorRows = ({ indicators, serverId }: Suspicion): ReadonlyArray<ReadonlyArray<Value>> =>
  indicators.map(({ entry, points, reading }) => {
    const shared = [entry.weight, points, entry.base_rate.share]
    return isUntested(reading)
      ? [serverId, entry.name, null, null, ...shared, null, reading.untested]
      : [serverId, entry.name, reading.value, reading.share, ...shared, JSON.stringify(reading.detail), null]
  })

/** The rows of tables `indicator` and `suspicion`. Servers that are not judged have a row that says why. */
export const suspicionRows = (
  crawlId: CrawlId,
  suspicions: ReadonlyArray<Suspicion>,
  unjudged: ReadonlyArray<Unjudged>,
  simulated: boolean
): ReadonlyArray<TableRows> => [
  {
    table: "indicator",
    crawlId,
    columns: ["server_id", "name", "value", "share", "weight", "points", "base_rate", "detail", "untested"],
    rows: suspicions.flatMap(indicatorRows)
  },
  {
    table: "suspicion",
    crawlId,
    columns: ["server_id", "score", "tested_weight", "explanation"],
    rows: [
      ...suspicions.map(({ explanation, score, serverId, testedWeight }) =>
        [serverId, score, testedWeight, `${simulated ? "SIMULATED: " : ""}${explanation}`]),
      ...unjudged.map(({ because, serverId }) => [serverId, null, 0, because])
    ]
  }
]

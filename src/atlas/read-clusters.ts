import { Effect, Schema } from "effect"
import { probabilityText } from "../analysis/clusters/explanation.ts"
import { Database } from "../store/database.ts"
import type { ClusterRow } from "./shapes/cluster.ts"
import type { ServerRow } from "./shapes/server-row.ts"

const StoredRow = Schema.Struct({
  cluster_id: Schema.Int,
  kind: Schema.String,
  evidence: Schema.String,
  posterior: Schema.NullOr(Schema.Finite),
  weakest_link: Schema.NullOr(Schema.Finite),
  server_ids: Schema.Array(Schema.Int),
  main_probability: Schema.NullOr(Schema.Finite)
})

const sql = `
  WITH seen AS (
    SELECT cluster_id, main_probability FROM exposure
    WHERE crawl_id = $crawl_id AND cluster_id IS NOT NULL AND wallet = 'Electrum' AND route = 'clearnet' AND NOT saved_server AND starts = 100
  )
  SELECT k.cluster_id, k.kind, k.evidence, k.posterior, k.weakest_link,
    list(m.server_id ORDER BY m.server_id) AS server_ids, any_value(s.main_probability) AS main_probability
  FROM cluster k
  JOIN cluster_member m USING (crawl_id, cluster_id)
  LEFT JOIN seen s ON s.cluster_id = k.cluster_id
  WHERE k.crawl_id = $crawl_id
  GROUP BY k.cluster_id, k.kind, k.evidence, k.posterior, k.weakest_link
  ORDER BY k.kind <> 'operator', count(*) DESC, k.cluster_id`

const kindStatements: Readonly<Record<string, string>> = {
  "shared infrastructure": "shared infrastructure",
  "same machine": "probably one machine",
  "same behaviour": "one software in one configuration",
  "shared key": "one public key: one operator, one image or one proxy"
}

/** What a group is called: never a name, and only of operators a probability. */
const statementOf = (kind: string, posterior: number | null): string =>
  kind === "operator"
    ? `probably one operator${posterior === null ? "" : ` (p ${probabilityText(posterior)})`}`
    : `${kindStatements[kind] ?? kind}${posterior === null || kind === "same behaviour" ? "" : ` (p ${probabilityText(posterior)})`}`

const distinct = <A extends string | number>(values: ReadonlyArray<A | null>): ReadonlyArray<A> =>
  [...new Set(values.filter((value) => value !== null))].toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0)

/** A group with its members. */
export interface KnownCluster {
  readonly row: ClusterRow
  readonly serverIds: ReadonlyArray<number>
}

/** A group with these members and what they are and where. */
export const withMembers = (
  row: Omit<ClusterRow, "servers" | "serversReachable" | "hosts" | "countries" | "asns" | "implementations">,
  serverIds: ReadonlyArray<number>,
  servers: ReadonlyMap<number, ServerRow>
): KnownCluster => {
  const members = serverIds.flatMap((id) => servers.get(id) ?? [])
  return {
    serverIds,
    row: {
      ...row,
      servers: serverIds.length,
      serversReachable: members.filter(({ reachable }) => reachable === true).length,
      hosts: members.map(({ host }) => host),
      countries: distinct(members.map(({ country }) => country)),
      asns: distinct(members.map(({ asn }) => asn)),
      implementations: distinct(members.map(({ implementation }) => implementation))
    }
  }
}

/** The groups of a crawl, operators first, the largest first; none before it was analysed. */
export const readClusters = Effect.fnUntraced(function*(crawlId: number, servers: ReadonlyMap<number, ServerRow>) {
  const database = yield* Database
  const rows = yield* database.rows(StoredRow, sql, { crawl_id: crawlId })
  return rows.map((row): KnownCluster => withMembers({
    clusterId: row.cluster_id,
    kind: row.kind,
    statement: statementOf(row.kind, row.posterior),
    posterior: row.posterior,
    weakestLink: row.weakest_link,
    evidence: row.evidence,
    mainProbability: row.main_probability
  }, row.server_ids, servers))
})

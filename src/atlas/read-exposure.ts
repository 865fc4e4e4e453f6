import { Effect } from "effect"
import { Database } from "../store/database.ts"
import { ExposurePage } from "./shapes/exposure.ts"

const figure = (name: string, value = name): string => `{'value': ${value}, 'low': ${name}_low, 'high': ${name}_high}`

const rowsSql = `
  SELECT wallet, route, saved_server AS "savedServer", starts, owner, cluster_id AS "clusterId", server_id AS "serverId", servers, posterior,
    ${figure("main", "main_probability")} AS main, ${figure("connected", "connected_probability")} AS connected, recommendation
  FROM exposure WHERE crawl_id = $crawl_id
  ORDER BY wallet, route, saved_server, starts, main_probability DESC, connected_probability DESC, owner`

const policiesSql = `
  SELECT policy, title, route, starts, shows_ip AS "showsIp",
    ${figure("all_scripts")} AS "allScripts", ${figure("share_of_scripts")} AS "shareOfScripts", ${figure("connected")} AS connected, recommendation
  FROM selection_policy WHERE crawl_id = $crawl_id ORDER BY route, starts, policy <> 'today', share_of_scripts DESC, policy`

const concentrationSql = `
  SELECT level, dimension, counted, unknown, value_groups AS groups, largest, largest_share AS "largestShare",
    ${figure("hhi")} AS hhi, ${figure("nakamoto")} AS nakamoto, recommendation
  FROM concentration WHERE crawl_id = $crawl_id ORDER BY dimension <> 'operator', dimension, level DESC`

/** What wallets would show to whom, as the newest analysis modelled it. */
export const readExposure = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const { concentration, policies, rows } = ExposurePage.fields
  const given = { crawl_id: crawlId }
  const page: ExposurePage = {
    crawlId,
    basis: "Model output, from the wallet's own rules of choosing servers and one crawl. Whoever runs servers sees this: it accuses nobody.",
    rows: yield* database.rows(rows.value, rowsSql, given),
    policies: yield* database.rows(policies.value, policiesSql, given),
    concentration: yield* database.rows(concentration.value, concentrationSql, given)
  }
  return page
})

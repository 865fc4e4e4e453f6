import type { TableRows } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { type ExposureFigure, type ExposureInput, exposureOf, type ExposureOptions, type ExposureResult } from "./exposure.ts"
import type { Estimate } from "./interval.ts"
import type { OwnerExposure } from "./owners.ts"
import { ownerName } from "./policy-lab.ts"
import { concentrationRecommendation, ownerRecommendation, policyRecommendation } from "./recommendation.ts"

/** Servers alone that are stored of each figure and number of starts, those who see most; clusters are all stored. */
export const storedServers = 100

/** Those owners of a figure that are stored or shown: every cluster, and the servers that see most. */
export const notableOwners = ({ owners }: ExposureFigure, servers: number = storedServers): ReadonlyArray<OwnerExposure> => {
  const counts = new Map<number, number>()
  return owners.filter(({ owner, starts }) => {
    if (owner.cluster !== null) return true
    const count = (counts.get(starts) ?? 0) + 1
    counts.set(starts, count)
    return count <= servers
  })
}

const limits = ({ high, low, mean }: Estimate) => [mean, low, high]

/** The rows of `exposure`, `selection_policy` and `concentration` of a crawl. */
export const exposureRows = (crawlId: CrawlId, result: ExposureResult): ReadonlyArray<TableRows> => [
  {
    table: "exposure",
    crawlId,
    columns: [
      "wallet", "route", "saved_server", "starts", "owner", "cluster_id", "server_id", "servers", "posterior",
      "main_probability", "main_low", "main_high", "main_error",
      "connected_probability", "connected_low", "connected_high", "connected_error",
      "lives", "switches_per_start", "basis", "recommendation"
    ],
    rows: result.figures.flatMap((figure) =>
      notableOwners(figure).map(({ connected, main, owner, starts }) => {
        const { route, savedServer, wallet } = figure.model
        const simulated = wallet === "Electrum"
        return [
          wallet, route, savedServer, starts, ownerName(owner), owner.cluster?.clusterId ?? null, owner.serverId, owner.servers.length,
          owner.cluster?.posterior ?? null,
          ...limits(main), main.error, ...limits(connected), connected.error,
          simulated ? result.options.lives : null, simulated ? result.options.switchesPerStart : null,
          "model output", ownerRecommendation(figure.model, starts, { main, connected })
        ]
      })
    )
  },
  {
    table: "selection_policy",
    crawlId,
    columns: [
      "policy", "title", "route", "starts", "shows_ip", "served",
      "all_scripts", "all_scripts_low", "all_scripts_high",
      "share_of_scripts", "share_of_scripts_low", "share_of_scripts_high",
      "connected", "connected_low", "connected_high",
      "best_informed", "owners_asked", "basis", "recommendation"
    ],
    rows: result.policies.map((policy) => [
      policy.policy, policy.title, policy.route, policy.starts, policy.showsIp, policy.served,
      ...limits(policy.worstAll), ...limits(policy.worstScripts), ...limits(policy.worstConnected),
      policy.worstOwner, policy.ownersAsked, "model output", policyRecommendation(policy, result.policies[0]!)
    ])
  },
  {
    table: "concentration",
    crawlId,
    columns: [
      "level", "dimension", "counted", "unknown", "value_groups", "largest", "largest_share",
      "hhi", "hhi_low", "hhi_high", "hhi_if_servers_apart",
      "nakamoto", "nakamoto_low", "nakamoto_high", "nakamoto_if_servers_apart", "recommendation"
    ],
    rows: result.concentration.map((figure) => [
      figure.level, figure.dimension, figure.counted, figure.unknown, figure.groups, figure.largest, figure.largestShare,
      figure.hhi.mean, figure.hhi.low, figure.hhi.high, figure.hhiApart,
      figure.nakamoto.mean, figure.nakamoto.low, figure.nakamoto.high, figure.nakamotoApart, concentrationRecommendation(figure)
    ])
  }
]

/** What is to be simulated, and for which crawl; survives the way to another thread. */
export interface ExposureWork {
  readonly crawlId: CrawlId
  readonly input: ExposureInput
  readonly options: ExposureOptions
}

/** Simulates, and gives what is stored of it: what every owner would see is too much to hand on. */
export const exposureRowsOf = ({ crawlId, input, options }: ExposureWork): ReadonlyArray<TableRows> =>
  exposureRows(crawlId, exposureOf(input, options))

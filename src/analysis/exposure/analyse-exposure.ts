import { Effect } from "effect"
import type { ClusterMembership } from "./candidate.ts"
import { defaultExposureOptions } from "./exposure.ts"
import { exposureApart } from "./exposure-in-worker.ts"
import { type ExposedCrawl, readExposureInput, type WalletList } from "./exposure-input.ts"

/** Wallets simulated of each kind with every analysis; `observatory exposure` takes more. */
const lives = 250

/** Clusters under the numbers that they are stored with, as far as exposure needs them. */
export const memberships = (
  clusters: ReadonlyArray<{
    readonly serverIds: ReadonlyArray<number>
    readonly posterior: number
    readonly memberPosterior: ReadonlyMap<number, number>
  }>,
  clusterIds: ReadonlyArray<number>
): ReadonlyArray<ClusterMembership> =>
  clusters.map(({ memberPosterior, posterior, serverIds }, i) => ({
    clusterId: clusterIds[i]!,
    serverIds,
    posterior,
    memberPosteriors: serverIds.map((id) => memberPosterior.get(id) ?? posterior)
  }))

/** The rows of `exposure`, `selection_policy` and `concentration` of a crawl, by the clusters that its analysis found. */
export const analyseExposure = Effect.fnUntraced(function*(
  crawl: ExposedCrawl,
  list: WalletList | null,
  clusters: ReadonlyArray<ClusterMembership>,
  randomSeed: number
) {
  const input = yield* readExposureInput(crawl, list, clusters)
  return yield* exposureApart({ crawlId: crawl.crawl_id, input, options: { ...defaultExposureOptions, lives, randomSeed } })
})

import type { CrawlId } from "../../store/facts.ts"
import type { ClusterMembership } from "./candidate.ts"
import { defaultExposureOptions, type ExposureInput } from "./exposure.ts"
import type { ExposureWork } from "./exposure-rows.ts"

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

/** What is to be simulated for a crawl: `exposureApart` makes the rows of its tables of it. */
export const exposureWork = (crawlId: CrawlId, input: ExposureInput, randomSeed: number): ExposureWork =>
  ({ crawlId, input, options: { ...defaultExposureOptions, lives, randomSeed } })

import type { TableRows } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { neighbours } from "./neighbours.ts"
import { outliers } from "./outliers.ts"
import { type BehaviourVector, profiles } from "./vector.ts"

/** The rows of the table `behaviour_vector`. */
export const behaviourRows = (crawlId: CrawlId, vectors: ReadonlyArray<BehaviourVector>): TableRows => {
  const numbers = new Map(profiles(vectors).flatMap((alike, i) => alike.map(({ serverId }) => [serverId, i + 1])))
  const near = neighbours(vectors)
  const unusual = outliers(vectors)
  return {
    table: "behaviour_vector",
    crawlId,
    columns: [
      "server_id", "implementation", "traits", "known", "profile", "surprise", "distance", "unusual", "neighbours", "similarities"
    ],
    rows: vectors.map(({ implementation, serverId, traits }, i) => [
      serverId, implementation, JSON.stringify(Object.fromEntries(traits)), traits.size, numbers.get(serverId)!,
      unusual[i]!.surprise, unusual[i]!.distance, unusual[i]!.unusual,
      near[i]!.map((other) => other.serverId), near[i]!.map((other) => other.similarity)
    ])
  }
}

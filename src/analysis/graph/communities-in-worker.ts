import { Effect } from "effect"
import { inThread } from "../in-thread.ts"
import type { Announcement } from "./announcement-graph.ts"
import { type Communities, type CommunityOptions, detectCommunities, manyAnnouncements } from "./communities.ts"

/** Looks for communities in a thread of its own when there are very many announcements, while traits are read. */
export const communitiesApart = (
  announcements: ReadonlyArray<Announcement>,
  { randomSeed, repeats, resolutions }: CommunityOptions,
  isApart = announcements.length > manyAnnouncements
): Effect.Effect<ReadonlyArray<Communities>> => {
  // No more than these: what else the caller has in the object need not survive the way to another thread.
  const options: CommunityOptions = { randomSeed, repeats, resolutions }
  if (!isApart) return Effect.sync(() => detectCommunities(announcements, options))
  const columns = {
    from: new Uint32Array(announcements.length),
    to: new Uint32Array(announcements.length),
    weight: new Float64Array(announcements.length)
  }
  announcements.forEach(({ from, to, weight }, i) => {
    columns.from[i] = from
    columns.to[i] = to
    columns.weight[i] = weight
  })
  return inThread<ReadonlyArray<Communities>>({ kind: "communities", announcements: columns, options })
}

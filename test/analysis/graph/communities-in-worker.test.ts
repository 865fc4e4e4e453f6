import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { orderedAnnouncements } from "../../../src/analysis/graph/announcement-graph.ts"
import { communityOptionsFor } from "../../../src/analysis/graph/communities.ts"
import { communitiesApart } from "../../../src/analysis/graph/communities-in-worker.ts"

/** Three circles of eight that each announce the next four of their own, one announcement between them. */
const announcements = orderedAnnouncements(Array.from({ length: 24 }, (_, i) => [
  ...Array.from({ length: 4 }, (_, k) => ({ from: i, to: i - i % 8 + (i + k + 1) % 8, weight: 1 / (k + 1) })),
  { from: i, to: (i + 8) % 24, weight: i % 8 === 0 ? 0.25 : 0 }
]).flat())

describe("looking for communities", () => {
  it.effect("finds in a thread of its own what it finds in this one", () =>
    Effect.gen(function*() {
      const options = communityOptionsFor(announcements.length)
      const here = yield* communitiesApart(announcements, options, false)
      assert.isAbove(here[1]!.communities, 1)
      // What else the options have may be nothing that another thread can be given.
      const others = { ...options, walletListOf: () => null }
      assert.deepStrictEqual(yield* communitiesApart(announcements, others, true), here)
    }))

  it.effect("is handed to a thread once", () =>
    Effect.gen(function*() {
      const apart = communitiesApart(announcements, communityOptionsFor(announcements.length), true)
      yield* apart
      assert.strictEqual((yield* Effect.exit(apart))._tag, "Failure")
    }))
})

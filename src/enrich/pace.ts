import { Clock, Effect } from "effect"

/** Lets effects begin at most so many times a second, evenly spaced, in the order they come; 0 for no limit. */
export const makePace = Effect.fnUntraced(function*(perSecond: number) {
  const clock = yield* Clock.Clock
  const gapMs = perSecond > 0 ? 1000 / perSecond : 0
  let next = 0
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const now = clock.currentTimeMillisUnsafe()
      const at = Math.max(now, next)
      next = at + gapMs
      return at > now ? Effect.delay(effect, at - now) : effect
    })
})

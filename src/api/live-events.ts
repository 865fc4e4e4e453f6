import { Clock, Effect, PubSub, Schema, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { LiveEvent } from "../atlas/shapes/event.ts"
import { type Edition, Editions } from "./editions.ts"
import { ObservatoryApi } from "./observatory-api.ts"

/** Between two signs of life. */
const aliveMs = 15_000

const eventOf = Effect.fnUntraced(function*(kind: "snapshot" | "alive", { atlas, id }: Edition) {
  const at = new Date(yield* Clock.currentTimeMillis).toISOString()
  const crawl = kind === "alive" ? null : yield* Effect.orElseSucceed(atlas.crawl("latest"), () => null)
  const event: LiveEvent = { kind, edition: id, at, crawl }
  return event
})

const encode = Schema.encodeSync(Schema.fromJsonString(LiveEvent))

/** One event as text of the stream; JSON has no line ends. */
const written = (event: LiveEvent): string => `event: ${event.kind}\nid: ${event.edition}\ndata: ${encode(event)}\n\n`

/**
 * Tells at once which edition is shown, then of every new one, and in between
 * that the line is alive. A reader that lost the line comes again by itself and
 * learns the newest edition; there is nothing in between that it would need.
 */
export const eventHandlers = HttpApiBuilder.group(ObservatoryApi, "events", Effect.fn(function*(handlers) {
  const editions = yield* Editions
  const events = Stream.unwrap(Effect.gen(function*() {
    const changes = yield* editions.changes
    const snapshots = Stream.fromEffectRepeat(PubSub.take(changes)).pipe(
      Stream.mapEffect((edition) => eventOf("snapshot", edition))
    )
    const alive = Stream.fromEffectRepeat(
      Effect.andThen(Effect.sleep(aliveMs), Effect.suspend(() => eventOf("alive", editions.newest())))
    )
    const first = Stream.fromEffect(Effect.suspend(() => eventOf("snapshot", editions.newest())))
    return Stream.concat(first, Stream.merge(snapshots, alive))
  }))
  return handlers.handle("events", () =>
    Effect.succeed(HttpServerResponse.stream(
      Stream.concat(Stream.make("retry: 2000\n\n"), Stream.map(events, written)).pipe(Stream.encodeText),
      { contentType: "text/event-stream", headers: { "cache-control": "no-store", "x-accel-buffering": "no" } }
    )))
}))

import { Effect, Option, Schema } from "effect"
import { CrawlSettings } from "../crawl/settings.ts"
import type { Chain } from "../domain/chain.ts"
import { Store } from "../store/store.ts"
import { type ConnectionInput, connectionOf, resumedConnection } from "./connection.ts"
import { exclusionsFor, refuseListsPastProxy } from "./run-crawl.ts"

/** The flags that say how servers of a crawl are reached. */
export interface ProbeWayInput extends ConnectionInput {
  readonly vantage: string
  readonly exclude: ReadonlyArray<string>
}

/**
 * How to reach the servers of the latest crawl: as that crawl did unless flags
 * say otherwise, so that no probe goes without its proxy, nor to whom it left out.
 */
export const probeWay = Effect.fnUntraced(function*(chain: Chain, input: ProbeWayInput) {
  const store = yield* Store
  const settings = Option.getOrNull(Schema.decodeUnknownOption(CrawlSettings)(yield* store.probing.settings(chain.name)))
  const given = settings === null
    ? input
    : yield* resumedConnection(input, settings.connection, input.allowPrivate || settings.allowPrivate)
  const exclude = [...new Set([...settings?.exclude ?? [], ...input.exclude])]
  yield* refuseListsPastProxy(given.proxy, exclude)
  const connection = yield* connectionOf(given, chain, input.vantage)
  return { ...connection, exclude, exclusions: yield* exclusionsFor(chain.name, exclude) }
})

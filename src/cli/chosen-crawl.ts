import { Effect } from "effect"
import type { CrawlRow } from "../atlas/shapes/crawl.ts"
import { chosenChain, usageError } from "./network.ts"

/** The crawl that is meant where none is named: the newest finished one of the network named, or of the only one in the file. */
export const chosenCrawl = Effect.fnUntraced(function*(
  input: { readonly network: string | null; readonly chainFile: string | null },
  crawls: ReadonlyArray<CrawlRow>
) {
  const networks = new Set(crawls.map(({ network }) => network))
  const isNamed = input.network !== null || input.chainFile !== null
  const network = !isNamed && networks.size === 1 ? [...networks][0]! : (yield* chosenChain(input)).name
  const some = crawls.filter((crawl) => crawl.network === network && crawl.kind === "crawl")
  const crawl = some.find(({ state }) => state === "finished") ?? some.find(({ state }) => state === "limited")
  if (crawl !== undefined) return crawl
  return yield* usageError(
    some.length === 0
      ? `There is no crawl of ${network} in the database${networks.size === 0 ? "" : `, but of ${[...networks].join(", ")}`}: name one with --network.`
      : `No crawl of ${network} in the database has ended: finish it with \`crawl --resume\` first.`
  )
})

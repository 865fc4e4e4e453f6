import { Effect } from "effect"
import { findCrawl, type AnalysisTarget } from "../analysis/analysis-input.ts"
import { mostServersAnew, weighPairAnew } from "../analysis/pair-anew.ts"
import { readCluster, readPair, readRun, readServer, readServerAt } from "../analysis/verdict-reader.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { clusterText, pairText, serverText } from "./explain-text.ts"
import { usageError } from "./network.ts"
import { Output } from "./output.ts"

/**
 * Prints why a group is one, why a server is in one or in none, or what is said
 * of two servers: `12`, `a.example.org`, `a.example.org,b.example.org`.
 */
export const explain = Effect.fnUntraced(function*(target: AnalysisTarget, what: string) {
  const output = yield* Output
  const crawl = yield* findCrawl(target)
  const { operator_prior, threshold } = yield* readRun(crawl)
  const serverAt = Effect.fnUntraced(function*(host: string) {
    const server = yield* readServerAt(crawl, host.trim())
    return server ?? (yield* usageError(`Crawl ${crawl.crawl_id} knows no host ${host.trim()}.`))
  })
  const print = (text: string) =>
    output.stdout(`${crawl.simulated ? `${output.style.warning(simulatedNotice(crawl.network))}\n\n` : ""}${text}`)
  if (/^\d+$/.test(what)) {
    const cluster = yield* readCluster(crawl, Number(what))
    if (cluster === undefined) return yield* usageError(`Crawl ${crawl.crawl_id} has no group ${what}.`)
    return yield* print(clusterText(cluster, output.style))
  }
  const hosts = what.split(",")
  if (hosts.length === 1) {
    return yield* print(serverText(yield* readServer(crawl, yield* serverAt(what)), operator_prior, threshold, output.style))
  }
  const [one, other] = yield* Effect.forEach(hosts.slice(0, 2), serverAt)
  const pair = yield* readPair(crawl, one!, other!)
  if (pair !== undefined) return yield* print(pairText(pair, operator_prior, output.style))
  const weighed = yield* weighPairAnew(crawl, one!, other!)
  const both = `${hosts[0]} and ${hosts[1]}`
  yield* print(weighed === undefined
    ? crawl.servers > mostServersAnew
      ? `${both}: nothing is stored of them, since no question is likelier than 0.02 or they were not compared: nothing rare is common to them, or what is does not count, as one may copy or relay the other. Of more than ${mostServersAnew} servers a pair is not weighed anew.\n`
      : `${both} were not compared: nothing is common to them by which servers are compared, or one was not confirmed.\n`
    : `${both}: no question is likelier than 0.02, so nothing is stored of them. Weighed anew:\n${pairText(weighed, operator_prior, output.style)}`)
})

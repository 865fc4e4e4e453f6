import type { DueSummary } from "../crawl/due-summary.ts"
import { durationText } from "./duration-text.ts"

const servers = (count: number): string => `${count} ${count === 1 ? "server" : "servers"}`

/** What became of deep visits, and what is still due, as lines of a summary; none when there is nothing to say. */
export const dueLines = (summary: DueSummary, now: number): ReadonlyArray<string> => {
  const { answered, dropped, failed, nextDueAt, otherWay, postponed, waiting } = summary
  const done = answered + failed + postponed + dropped
  return [
    ...(done === 0 ? [] : [
      `  deep visits  ${servers(answered)} answered, ${failed} did not`
      + (postponed === 0 ? "" : `, ${postponed} put off by what they may cost the server by what we lack, or not finished in time`)
      + (dropped === 0 ? "" : `, ${dropped} dropped by the opt-out list`)
    ]),
    ...(waiting === 0 || nextDueAt === null ? [] : [
      `  deep visits due later: ${servers(waiting)}, the first in ${durationText(Math.max(0, nextDueAt - now))}`
      + " (done by the next crawl, or by probe --due)"
    ]),
    ...(otherWay === 0 ? [] : [
      `  deep visits left alone: ${servers(otherWay)}, whose crawl went another way (through a proxy, or without one)`
    ])
  ]
}

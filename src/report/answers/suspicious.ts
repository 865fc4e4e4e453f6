import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted, listed, partOf } from "../write/words.ts"

/** Whether servers show suspicious patterns, by what was tested. */
export const suspicious = ({ lies, named, suspicion }: ReportFacts): Answer => {
  const wouldChange = [
    "A lie that only some clients, scripts or moments are told: more vantages, more scripts with known histories, and asking in two ways would show more of it.",
    "An innocent cause that turns out to hold for what was found: every indicator lists some.",
    "Base rates measured on servers known to be honest; most are assumed."
  ]
  if (suspicion === null) {
    return {
      kind: "answer",
      answer: "Not answered: the servers of this crawl have not been judged. Run observatory analyze.",
      figures: [],
      confidence: { level: "none", because: "The crawl has not been analysed." },
      wouldChange
    }
  }
  const scored = named.scores.rows.filter(({ points_from }) => points_from !== null).reduce((sum, { servers }) => sum + servers, 0)
  const clean = named.scores.rows.reduce((sum, { with_no_point }) => sum + with_no_point, 0)
  const { flagged, threshold } = suspicion
  const weaker = scored - clean - flagged
  const untested = named.indicators.rows.filter(({ servers_tested }) => servers_tested === 0).map(({ indicator }) => indicator)
  const found = named.signals.rows.filter(({ servers_with_a_share }) => servers_with_a_share > 0)
  const figures: ReadonlyArray<KeyFigure> = [
    { name: `servers with a score of ${threshold} or more`, value: partOf(flagged, scored), level: "server", caveat: "A violation of the protocol that can be reproduced; not who does it, nor why.", query: "suspicion-scores" },
    { name: "servers with some points below that", value: partOf(weaker, scored), level: "server", caveat: "Has everyday causes: proxies, forks, old configurations.", query: "suspicion-scores" },
    { name: "servers with no point", value: partOf(clean, scored), level: "server", caveat: "Says no more than what was tested: see weight tested.", query: "suspicion-scores" },
    { name: "indicators that found something", value: found.length === 0 ? "none" : found.map((row) => `${row.indicator} (${row.servers_with_a_share})`).join(", "), level: "server", caveat: "Each with innocent causes.", query: "indicators-among-high-scores" }
  ]
  const many = counted(scored, "server")
  const answer = scored === 0
    ? "Not answered: no server could be judged."
    : flagged > 0
    ? `Some do: ${partOf(flagged, scored)} of the servers that were judged break the protocol in a way that can be reproduced. Which way is in the section on suspicion; who does it, and whether on purpose, cannot be seen from outside.`
    : weaker > 0
    ? `Nothing that breaks the protocol was seen at the ${many} that were judged. ${counted(weaker, "server")} ${weaker === 1 ? "shows" : "show"} something weaker (${listed(found.map(({ indicator }) => indicator))}), which has everyday causes.`
    : `None was seen at the ${many} that were judged, with what was tested.`
  const lie = lies.find(({ servers }) => servers > 0)
  return {
    kind: "answer",
    answer,
    figures,
    confidence: {
      level: scored === 0 ? "none" : flagged > 0 ? "moderate" : "low",
      because: [
        flagged > 0 ? "What is counted from the threshold on was asked again or follows from proof of work and pinned data, so that chance does not make it." : "Not having seen a lie is worth no more than what was asked.",
        ...(untested.length === 0 ? [] : [`Not tested at any server: ${listed(untested)}.`]),
        ...(lie === undefined ? [] : [lie.statement])
      ].join(" ")
    },
    wouldChange
  }
}

import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted, listed, partOf } from "../write/words.ts"

/** Two groups that are never added up: a sum of weak signs is no reproduced violation. */
const highText = (violating: number, severalWeak: number, judged: number): string =>
  [
    ...(violating === 0
      ? ["Nothing that breaks the protocol in a way that can be reproduced was seen."]
      : [`Some do: ${partOf(violating, judged)} of the servers of this chain that answered and were judged break the protocol in a way that can be reproduced.`]),
    ...(severalWeak === 0
      ? []
      : [`${partOf(severalWeak, judged)} reached the same score by several weaker signs together, none of which proves anything.`]),
    "Which indicators these are is in the section on suspicion; who does it, and whether on purpose, cannot be seen from outside."
  ].join(" ")

/** Whether servers show suspicious patterns, by what was tested. */
export const suspicious = ({ lies, named, overview, suspicion }: ReportFacts): Answer => {
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
  const { answered: { clean, judged, severalWeak, violating, weaker }, judgedAside, threshold } = suspicion
  const unjudged = Math.max(0, (overview.serversAnswered.value ?? 0) - judged)
  const untested = named.indicators.rows.filter(({ servers_tested }) => servers_tested === 0).map(({ indicator }) => indicator)
  const found = named.signals.rows.filter(({ servers_with_a_share }) => servers_with_a_share > 0)
  const aside = [
    ...(unjudged === 0 ? [] : [`${counted(unjudged, "server")} of this chain answered and could not be judged.`]),
    ...(judgedAside === 0 ? [] : [`${counted(judgedAside, "server")} ${judgedAside === 1 ? "was" : "were"} judged too, but ${judgedAside === 1 ? "is" : "are"} of another chain or answered outside the crawl's own visits, and ${judgedAside === 1 ? "is" : "are"} not counted here.`])
  ]
  const figures: ReadonlyArray<KeyFigure> = [
    { name: `servers with a score of ${threshold} or more by a violation that can be reproduced`, value: partOf(violating, judged), level: "server", caveat: "One indicator alone shows it; not who does it, nor why.", query: "suspicion-of-a-server" },
    { name: `servers with a score of ${threshold} or more by several weaker signs together`, value: partOf(severalWeak, judged), level: "server", caveat: "None of the signs proves anything.", query: "suspicion-of-a-server" },
    { name: "servers with some points below that", value: partOf(weaker, judged), level: "server", caveat: "Has everyday causes: proxies, forks, old configurations.", query: "suspicion-scores" },
    { name: "servers with no point", value: partOf(clean, judged), level: "server", caveat: "Says no more than what was tested: see weight tested.", query: "suspicion-scores" },
    { name: "indicators that found something", value: found.length === 0 ? "none" : found.map((row) => `${row.indicator} (${row.servers_with_a_share})`).join(", "), level: "server", caveat: "Each with innocent causes; of all servers judged.", query: "indicators-among-high-scores" }
  ]
  const many = `${counted(judged, "server")} of this chain that answered and ${judged === 1 ? "was" : "were"} judged`
  const answer = judged === 0
    ? "Not answered: no server of this chain that answered could be judged."
    : violating + severalWeak > 0
    ? highText(violating, severalWeak, judged)
    : weaker > 0
    ? `Nothing that breaks the protocol was seen at the ${many}. ${counted(weaker, "server")} ${weaker === 1 ? "shows" : "show"} something weaker (${listed(found.map(({ indicator }) => indicator))}), which has everyday causes.`
    : `None was seen at the ${many}, with what was tested.`
  const lie = lies.find(({ servers }) => servers > 0)
  return {
    kind: "answer",
    answer: [answer, ...aside].join(" "),
    figures,
    confidence: {
      level: judged === 0 ? "none" : violating > 0 ? "moderate" : "low",
      because: [
        violating > 0 ? "What is counted as a violation was asked again or follows from proof of work and pinned data, so that chance does not make it." : "Not having seen a lie is worth no more than what was asked.",
        ...(untested.length === 0 ? [] : [`Not tested at any server: ${listed(untested)}.`]),
        ...(lie === undefined ? [] : [lie.statement])
      ].join(" ")
    },
    wouldChange
  }
}

import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted, listed, partOf } from "../write/words.ts"

const byClient = ({ differs, notComparable, open, same }: ReportFacts["twoWays"]): string => {
  const tested = differs + open + same
  if (tested === 0) {
    return notComparable === 0
      ? "By client: not tested in this crawl; observatory probe --differential asks servers in the crawler's way and in the wallet's."
      : `By client: ${counted(notComparable, "server")} ${notComparable === 1 ? "was" : "were"} asked in two ways and could not be compared.`
  }
  const seen = differs > 0
    ? `${partOf(differs, tested)} answered differently by how they were asked, on two days`
    : `none of ${counted(tested, "server")} was shown to answer differently by how it was asked`
  return `By client: ${seen}${open === 0 ? "" : `; ${counted(open, "server")} differed once and ${open === 1 ? "is" : "are"} to be asked again`}.`
}

/** Whether servers behave differently by client or by query. */
export const differently = ({ named, twoWays }: ReportFacts): Answer => {
  const { deviations, malformed } = named
  const any = deviations.rows.find(({ question }) => question === "any")
  const some = deviations.rows.filter(({ question, servers_deviating }) => question !== "any" && servers_deviating > 0)
  // Who was not asked, or fits no software, cannot have answered as its software does.
  const judged = malformed.rows.filter(({ behaves_like, malformed_response }) =>
    behaves_like !== null && malformed_response !== null && malformed_response !== "no deep visit yet" && malformed_response !== "not asked")
  const unjudged = malformed.rows.filter((row) => !judged.includes(row)).reduce((sum, { servers }) => sum + servers, 0)
  const visited = judged.reduce((sum, { servers }) => sum + servers, 0)
  const unlike = judged.filter(({ malformed_response }) => malformed_response === "differs").reduce((sum, { servers }) => sum + servers, 0)
  const compared = any?.servers_compared ?? 0
  const deviating = any?.servers_deviating ?? 0
  const tested = twoWays.differs + twoWays.open + twoWays.same
  const byQuery = compared === 0
    ? "By query: no answer could be compared with what the software gives by default."
    : deviating === 0
    ? `By query: at ${counted(compared, "server")} no answer deviated from what the software that they behave like gives by default.`
    : `By query: at ${partOf(deviating, compared)} some answer deviates from what the software that they behave like gives by default (${listed(some.map((row) => `${row.question} at ${row.servers_deviating}`))}).`
  const notCompared = unjudged === 0 ? "" : `; ${counted(unjudged, "server")} ${unjudged === 1 ? "was" : "were"} not asked or could not be compared`
  const byForm = visited === 0
    ? " To malformed requests no answer could be compared."
    : unlike === 0
    ? ` To malformed requests all ${counted(visited, "server")} that could be compared answered as their software does${notCompared}.`
    : ` To malformed requests ${partOf(unlike, visited)} answered unlike their software${notCompared}.`
  const figures: ReadonlyArray<KeyFigure> = [
    { name: "servers with an answer that deviates", value: compared === 0 ? "unknown" : partOf(deviating, compared), level: "server", caveat: deviations.caveat ?? "", query: "deviations-by-question" },
    { name: "unlike their software to malformed requests", value: visited === 0 ? "unknown" : partOf(unlike, visited), level: "server", caveat: malformed.caveat ?? "", query: "malformed-responses" },
    {
      name: "answers differ by how they are asked, on two days",
      value: tested === 0 ? "not tested" : partOf(twoWays.differs, tested),
      level: "server",
      caveat: "Both ways call themselves what they are: who looks at that knows the crawler and can treat wallets as he likes.",
      query: "asked-in-two-ways"
    }
  ]
  return {
    kind: "answer",
    answer: `${byQuery}${byForm} ${byClient(twoWays)}`,
    figures,
    confidence: {
      level: compared === 0 && tested === 0 ? "none" : tested === 0 ? "low" : "moderate",
      because: tested === 0
        ? "By query it rests on one question of each kind; by client nothing was tested."
        : "A difference has to show on two days and pass a test over all servers (false findings one in twenty); not having found one shows nobody honest, because a declared crawler can be recognised."
    },
    wouldChange: [
      "Asking as a client that a server cannot tell from a wallet: this program does not, by choice.",
      "Asking from several networks, through Tor and without, at several times.",
      "A configuration or a proxy that explains a deviation: limits, methods switched off, several servers behind one name."
    ]
  }
}

import type { Answer, KeyFigure } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { stockRows } from "../sections/exposure.ts"
import { shareWithin } from "../write/words.ts"

const modelled = "Model output, from the wallet's own rules and this crawl."

/** What servers can infer or leak about users. */
export const inferred = ({ exposure, overview }: ReportFacts): Answer => {
  const rows = exposure === null ? [] : stockRows(exposure, "clearnet", 10)
  const [first] = rows
  const meets = rows.toSorted((a, b) => (b.connected.value ?? 0) - (a.connected.value ?? 0))[0]
  const tor = exposure === null ? undefined : stockRows(exposure, "tor", 10)[0]
  const { topFiveMain } = overview
  const figures: Array<KeyFigure> = []
  if (first !== undefined && first.main.value !== null) {
    figures.push({ name: "best informed owner sees all addresses, after 10 starts", value: shareWithin(first.main.value, first.main.low, first.main.high), level: "operator (probable) or server", caveat: modelled, query: "exposure" })
  }
  if (meets !== undefined && meets.connected.value !== null) {
    figures.push({ name: "owner who meets most wallets sees the IP address, after 10 starts", value: shareWithin(meets.connected.value, meets.connected.low, meets.connected.high), level: "operator (probable) or server", caveat: modelled, query: "exposure" })
  }
  if (tor !== undefined && tor.main.value !== null) {
    figures.push({ name: "best informed owner sees all addresses through Tor, after 10 starts", value: shareWithin(tor.main.value, tor.main.low, tor.main.high), level: "operator (probable) or server", caveat: `${modelled} Through Tor it learns no IP address of the wallet.`, query: "exposure" })
  }
  if (topFiveMain.value !== null) {
    figures.push({ name: "five largest owners are the main server of one start", value: shareWithin(topFiveMain.value, topFiveMain.low, topFiveMain.high), level: topFiveMain.level, caveat: topFiveMain.caveat, query: topFiveMain.query })
  }
  figures.push(
    { name: "scripts of a session that the main server has together", value: "all: 35 of 35 without address reuse, 31 of 31 with it", level: "wallet session", caveat: "Measured once with Debian's electrum 4.3.4 on simulated servers, November 2026; not of this crawl.", query: null },
    { name: "sessions of one wallet tied together at another server of the operator", value: "2 of 2; of different wallets 0 of 2", level: "wallet session", caveat: "Measured in the same way, by scripts in common.", query: null }
  )
  const network = first === undefined || first.main.value === null
    ? "How often that is which operator was not computed for this crawl (observatory analyze)."
    : `On this network the best informed owner would have seen all addresses of ${percent(first.main.value)} of wallets after ten starts${meets?.connected.value == null ? "" : `, and the owner who meets most the IP address of ${percent(meets.connected.value)}`}.`
  return {
    kind: "answer",
    answer: `The server that a wallet uses as its main one is asked about every address of it: it learns that they belong together, the balances and histories, when the wallet is on, and the IP address unless Tor hides it. The other servers it connects to learn IP address, time, and the wallet's name and version, but no addresses. ${network} What servers keep or pass on cannot be observed.`,
    figures,
    confidence: {
      level: exposure === null ? "low" : "moderate",
      because: "What a main server is asked follows from the protocol and was measured with a real wallet; how often each owner is chosen is a model of the wallet's rules, with servers that stay up and no invented peers."
    },
    wouldChange: [
      "Another wallet, or another rule of choosing servers: the section on exposure compares some.",
      "Groups that turn out to be one operator's, or not: what an operator sees adds up over his servers.",
      "Knowing what servers log, which nobody outside can."
    ]
  }
}

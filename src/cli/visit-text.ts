import { setByText } from "../domain/defaults.ts"
import { forDisplay } from "../domain/display.ts"
import { endpointKey } from "../domain/endpoint.ts"
import type { FoundDefault } from "../domain/visit-defaults.ts"
import type { JudgedAnswer, TimingFacts } from "../domain/judged-answer.ts"
import type { Identification } from "../domain/identification.ts"
import { rangeText } from "../domain/implementation.ts"
import type { Observation, TlsFacts, Visit } from "../domain/visit.ts"
import { type WalletVerdict, walletVerdict } from "../domain/wallet-trust.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Characters of a reply on a terminal; `--format json` has all that was kept. */
const replyLimit = 4_000

const at = (milliseconds: number | null): string => milliseconds === null ? "" : `${milliseconds.toFixed(0)} ms`

const line = (name: string, when: string, what: string): string => `  ${name.padEnd(20)} ${when.padStart(9)}  ${what}`.trimEnd()

const more = (what: string): string => line("", "", what)

const walletWords = ({ accepts, reason }: WalletVerdict): string =>
  `${accepts === null ? "may or may not use it" : accepts ? "would use it" : "would not use it"} (${forDisplay(reason, 120)})`

const tlsLines = (tls: TlsFacts, when: number | null): Array<string> => {
  const certificate = tls.certificate
  const words = [tls.version, tls.cipher, tls.group].filter((word) => word !== null).join(", ")
  return [
    line("tls", at(when), `${words}; SNI ${tls.sni ?? "not sent"}`),
    ...(certificate === null ? [more("no readable certificate")] : [
      more(`certificate sha256 ${certificate.sha256}`),
      more(`public key sha256 ${certificate.spkiSha256} (${certificate.keyType})`),
      more(`subject ${forDisplay(certificate.subject, 200)}, ${certificate.selfSigned ? "self-signed" : `issuer ${forDisplay(certificate.issuer, 200)}`}`),
      more(`valid ${certificate.validFrom ?? "?"} to ${certificate.validTo ?? "?"}; names ${certificate.sanDns.map((name) => forDisplay(name, 100)).join(", ") || "none"}`)
    ]),
    ...(tls.verifyError === null ? [] : [more(`not trusted by Mozilla's roots: ${forDisplay(tls.verifyError, 100)} (common here, no verdict)`)]),
    more(`the Electrum wallet ${walletWords(walletVerdict(tls))}; session to resume ${tls.sessionOffered ? "offered" : "not offered"}`)
  ]
}

const observationLines = (observation: Observation): Array<string> => {
  const error = observation.errorMessage === null ? "" : ` ${observation.errorCode ?? ""} ${forDisplay(observation.errorMessage, 300)}`
  const head = line(
    observation.probe,
    at(observation.latencyMs),
    `${observation.method}: ${observation.outcome}${error}${observation.replyBytes > 0 ? `, ${observation.replyBytes} bytes` : ""}`
  )
  return observation.replyRaw === null ? [head] : [head, more(forDisplay(observation.replyRaw, replyLimit))]
}

const verdict = (visit: Visit): string => {
  if (visit.outcome === "failed") {
    return `did not count as an answer: ${visit.reason} in phase ${visit.phase}${visit.detail === null ? "" : ` (${forDisplay(visit.detail, 300)})`}`
  }
  const chain = visit.chain
  if (chain?.verdict === "same") return `answered, on this chain by the headers at ${chain.headers.map((h) => h.height).join(", ")}`
  return "answered; its chain is not verified, because it showed no deciding header"
}

const behaviourLines = (found: Identification): Array<string> => {
  const { confidence, contradictions, implementation, proxy, range, readings, remarks } = found
  const likeliest = Object.entries(found.candidates).map(([name, probability]) => `${name} ${percent(probability)}`).join(", ")
  const what = implementation === null || range === null
    ? `nothing known well enough${likeliest === "" ? "" : `: ${likeliest}`}`
    : `${implementation}, ${range.since === null && range.before === null ? "any release" : `releases ${rangeText(range)}`} (${percent(confidence)})`
  return [
    line("behaves like", "", what),
    ...readings.map(({ fits, rule, saw }) => more(`${rule}: ${saw}; ${fitsText(fits)}`)),
    ...contradictions.map((sentence) => more(`does not go together: ${sentence}`)),
    ...proxy.map((sign) => more(`something in front speaks TLS for it: ${sign}`)),
    ...remarks.map((sentence) => more(sentence))
  ]
}

const percent = (probability: number): string => `${(100 * probability).toFixed(1)} %`

const fitsText = (fits: Identification["readings"][number]["fits"]): string =>
  Object.entries(fits).map(([name, releases]) => releases === "any" ? name : `${name} ${releases}`).join(", ") || "no known software"

const answerLines = (answers: ReadonlyArray<JudgedAnswer>): Array<string> =>
  answers.length === 0 ? [] : [
    line("answers", "", "held against what is known and what its software does by default; a deviation is no verdict"),
    ...answers.map(({ causes, detail, filtered, response, scriptForm, subject }) =>
      more(
        `${scriptForm === null ? subject : `${subject} ${scriptForm}`}: ${response ?? "not judged"}`
          + (response === "ok" ? "" : ` ${forDisplay(JSON.stringify(detail), 300)}`)
          + (filtered === true ? `; unusual, perhaps ${causes.join(", or ")}` : "")
      ))
  ]

const timingLines = (timing: TimingFacts): Array<string> => [
  line(
    "round trip",
    timing.medianMs === null ? "" : `${timing.medianMs.toFixed(1)} ms`,
    timing.medianMs === null
      ? `not measured: ${forDisplay(timing.untimed ?? "", 200)}`
      : `median of ${timing.pings} pings${timing.deviationMs === null ? "" : `, standard deviation ${timing.deviationMs.toFixed(2)} ms`}`
  )
]

const defaultLines = (found: ReadonlyArray<FoundDefault>): Array<string> =>
  found.length === 0 ? [] : [
    line("defaults", "", "set by software, images or guides; they tell nothing about who runs this server"),
    ...found.map(({ entry, kind, value }) => more(`${kind} "${forDisplay(value, 60)}": ${setByText(entry)}`))
  ]

/** A visit as a person reads it: phases with their time since the start, every probe with its reply, what it behaves like, what of it is a default. */
export const visitText = (visit: Visit, defaults: ReadonlyArray<FoundDefault>, style: TerminalStyle): string => {
  const { connectedMs, endedMs, handshakeMs, resolvedMs, tlsMs } = visit.stamps
  const { addresses, address, resolvedBy, via } = visit.dial
  return [
    style.bold(endpointKey(visit.endpoint)),
    line("resolve", at(resolvedMs), `${addresses.join(", ") || "nothing"} (${resolvedBy ?? "not resolved"})`),
    ...(connectedMs === null ? [] : [line("connect", at(connectedMs), `${address ?? "by the proxy"}, ${via}`)]),
    ...(visit.tls === null ? [] : tlsLines(visit.tls, tlsMs)),
    ...(handshakeMs === null ? [] : [line("handshake", at(handshakeMs), `${forDisplay(visit.software ?? "", 100)}, protocol ${forDisplay(visit.protocol ?? "?", 40)}`)]),
    ...visit.observations.flatMap(observationLines),
    ...(visit.tip === null ? [] : [line("tip", "", `height ${visit.tip.height}, ${visit.tip.hash}`)]),
    ...(visit.peers === null ? [] : [line("peers", "", `${visit.peers.entries.numbers.length} announcements in ${visit.peers.asked} replies`)]),
    ...(visit.timing === null ? [] : timingLines(visit.timing)),
    ...(visit.identification === null ? [] : behaviourLines(visit.identification)),
    ...answerLines(visit.answers),
    ...defaultLines(defaults),
    line("ended", at(endedMs), `${visit.requests} requests, ${visit.bytesOut} bytes out, ${visit.bytesIn} bytes in, about ${visit.cost.toFixed(1)} units on ElectrumX's books`),
    "",
    style.bold(verdict(visit)),
    ""
  ].join("\n")
}

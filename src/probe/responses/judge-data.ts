import type { Judged, Subject } from "../../domain/judged-answer.ts"
import { jointResponse } from "../../domain/response.ts"
import { mempoolInfo } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import type { Probe } from "../catalogue.ts"
import type { DataProbes } from "../data-probes.ts"
import { longEnough } from "../request-limit.ts"
import { replyResponse, type Verdict } from "./reply-response.ts"
import { respondBalance, respondHistory } from "./script-response.ts"

const judged = (subject: Subject, { detail, response }: Verdict): Judged => ({ subject, scriptForm: null, response, detail })

/** Several replies to one kind of question. */
const jointVerdict = (replies: ReadonlyArray<Reply>): Verdict => {
  const verdicts = replies.map(replyResponse)
  const response = jointResponse(verdicts.map((verdict) => verdict.response))
  const significant = verdicts.find((verdict) => verdict.response === response)
  return {
    response,
    detail: { ...significant?.detail, answered: replies.filter(({ outcome }) => outcome === "ok").length, of: replies.length }
  }
}

/** How questions of one packet were answered: in how many arrivals, in the order asked or not. Nothing of several packets. */
const bundleOf = (replies: ReadonlyArray<Reply>): Readonly<Record<string, unknown>> => {
  if (new Set(replies.map(({ sentMs }) => sentMs)).size !== 1) return {}
  const arrivals = replies.flatMap(({ latencyMs }) => latencyMs === null ? [] : [latencyMs])
  return {
    arrivals: new Set(arrivals).size,
    in_order: arrivals.every((arrival, i) => i === 0 || arrival >= arrivals[i - 1]!)
  }
}

/** Nothing that is known of one chain is held against a server that may be of another. */
const ofUnknownChain = ({ detail, response }: Verdict): Verdict =>
  response === "differs" || response === "truncated" || response === "empty"
    ? { response: null, detail: { ...detail, because: "its chain is not verified" } }
    : { response, detail }

/** As far as a server is known when it is judged. */
export interface JudgedServer {
  /** Height of the tip that it shows. */
  readonly tip: number | null
  /** It has shown the headers of the chain. */
  readonly isOfChain: boolean
  /** Why it was left before all was asked; null when it was not. */
  readonly left: string | null
}

/** What the replies to the data probes say, held against what is known; some may not have been asked. */
export const judgeData = (
  probes: DataProbes,
  replies: ReadonlyMap<Probe, Reply>,
  { isOfChain, left, tip }: JudgedServer
): ReadonlyArray<Judged> => {
  const notAsked: Verdict = { response: "not asked", detail: { because: left ?? longEnough } }
  const of = (probe: Probe): ReadonlyArray<Reply> => {
    const reply = replies.get(probe)
    return reply === undefined ? [] : [reply]
  }
  const together = (asked: ReadonlyArray<Reply>): Verdict => asked.length === 0 ? notAsked : jointVerdict(asked)
  const alone = ([reply]: ReadonlyArray<Reply>): Verdict => reply === undefined ? notAsked : replyResponse(reply)
  const all: Array<Judged> = []
  probes.histories.forEach((probe, i) => {
    const { script } = probe
    const [shown] = of(probe)
    const [held] = of(probes.balances[i]!)
    const history = shown === undefined ? { ...notAsked, later: null } : respondHistory(script, shown, tip)
    const balance = held === undefined ? notAsked : respondBalance(script, held, history, tip)
    for (const [subject, verdict] of [["balance", balance], ["history", history]] as const) {
      all.push({ ...judged(subject, isOfChain ? verdict : ofUnknownChain(verdict)), scriptForm: script.form })
    }
  })
  const derived = probes.derived.flatMap(of)
  const wallet = together(derived)
  all.push(judged("derived balances", { ...wallet, detail: { ...wallet.detail, ...bundleOf(derived) } }))
  all.push(judged("fee estimates", together(probes.fees.flatMap(of))))
  all.push(judged("fee histogram", alone(of(probes.histogram))))
  all.push(judged(probes.pool.method === mempoolInfo ? "mempool info" : "relay fee", alone(of(probes.pool))))
  return all
}

/** Nothing was asked about scripts, and why. */
export const scriptsNotAsked = (because: string): ReadonlyArray<Judged> =>
  (["balance", "history"] as const).map((subject) => judged(subject, { response: "not asked", detail: { because } }))

/** The answer to `server.features`, which some software closes on. */
export const judgeFeatures = (reply: Reply): Judged => judged("features", replyResponse(reply))

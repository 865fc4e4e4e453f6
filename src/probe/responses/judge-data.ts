import type { Judged, Subject } from "../../domain/judged-answer.ts"
import { jointResponse } from "../../domain/response.ts"
import { mempoolInfo } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import type { Probe } from "../catalogue.ts"
import type { DataProbes } from "../data-probes.ts"
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

/** How questions of one packet were answered: in how many arrivals, in the order asked or not. */
const bundleOf = (replies: ReadonlyArray<Reply>): Readonly<Record<string, unknown>> => {
  const arrivals = replies.flatMap(({ latencyMs }) => latencyMs === null ? [] : [latencyMs])
  return {
    arrivals: new Set(arrivals).size,
    in_order: arrivals.every((arrival, i) => i === 0 || arrival >= arrivals[i - 1]!)
  }
}

/** What the replies to the data packet say, held against what is known. */
export const judgeData = (
  probes: DataProbes,
  replies: ReadonlyArray<Reply>,
  tip: number | null
): ReadonlyArray<Judged> => {
  const byProbe = new Map<Probe, Reply>(probes.all.map((probe, i) => [probe, replies[i]!]))
  const of = (probe: Probe): Reply => byProbe.get(probe)!
  const all: Array<Judged> = []
  probes.histories.forEach((probe, i) => {
    const { script } = probe
    const { detail, later, response } = respondHistory(script, of(probe), tip)
    const balance = respondBalance(script, of(probes.balances[i]!), { detail, later, response }, tip)
    all.push({ subject: "balance", scriptForm: script.form, ...balance })
    all.push({ subject: "history", scriptForm: script.form, response, detail })
  })
  const derived = probes.derived.map(of)
  const wallet = jointVerdict(derived)
  all.push(judged("derived balances", { ...wallet, detail: { ...wallet.detail, ...bundleOf(derived) } }))
  all.push(judged("fee estimates", jointVerdict(probes.fees.map(of))))
  all.push(judged("fee histogram", replyResponse(of(probes.histogram))))
  all.push(judged(probes.pool.method === mempoolInfo ? "mempool info" : "relay fee", replyResponse(of(probes.pool))))
  return all
}

/** Nothing was asked about scripts, and why. */
export const scriptsNotAsked = (because: string): ReadonlyArray<Judged> =>
  (["balance", "history"] as const).map((subject) => judged(subject, { response: "not asked", detail: { because } }))

/** The answer to `server.features`, which some software closes on. */
export const judgeFeatures = (reply: Reply): Judged => judged("features", replyResponse(reply))

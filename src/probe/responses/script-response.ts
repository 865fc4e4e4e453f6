import type { PublicScript } from "../../domain/public-script.ts"
import { type JudgedReply, replyResponse, type Verdict } from "./reply-response.ts"

/** Most entries of one kind that a verdict names. */
const maxNamed = 20

const named = (txids: ReadonlyArray<string>): ReadonlyArray<string> => txids.slice(0, maxNamed)

/** A history as a server gives it; heights 0 and -1 are unconfirmed. */
type ShownHistory = ReadonlyArray<{ readonly tx_hash: string; readonly height: number }>

/** A judged history, and what its entries mean for the balance. */
export interface HistoryVerdict extends Verdict {
  /** Entries that are unconfirmed, or confirmed at or above the height up to which the script is known; null without a history. */
  readonly later: number | null
}

/** What is left out where there is nothing of it. */
const some = (values: Readonly<Record<string, ReadonlyArray<unknown>>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).filter(([, list]) => list.length > 0))

/** Entry by entry what is known, as nearly every server has it: there is nothing to look for. */
const isAsKnown = ({ entries }: PublicScript, shown: ShownHistory): boolean =>
  shown.length === entries.length
  && entries.every(({ height, txid }, i) => shown[i]!.height === height && shown[i]!.tx_hash === txid)

const isEntry = (value: unknown): value is ShownHistory[number] =>
  typeof value === "object" && value !== null
  && "tx_hash" in value && typeof value.tx_hash === "string"
  && "height" in value && Number.isSafeInteger(value.height)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Entries that can be read of a list that is none, or of the beginning of one that is too long. */
const readable = ({ outcome, raw, unread }: JudgedReply): ShownHistory => {
  if (outcome === "too large") return (raw?.match(/\{[^{}]*\}/g) ?? []).map(parsed).filter(isEntry)
  return Array.isArray(unread) ? unread.filter(isEntry) : []
}

/** What is untrue in a history that is not read as a whole: what it says of known entries, and of blocks that are known, is said. */
const untrueIn = ({ below, complete, entries }: PublicScript, reply: JudgedReply): Readonly<Record<string, unknown>> => {
  const shown = new Map(readable(reply).map(({ height, tx_hash }) => [tx_hash.toLowerCase(), height]))
  const known = new Map(entries.map(({ height, txid }) => [txid, height]))
  const moved = entries.flatMap(({ height, txid }) => {
    const other = shown.get(txid)
    return other === undefined || other === height ? [] : [{ txid, expected: height, shown: other }]
  })
  const added = complete ? [...shown].filter(([txid, height]) => height >= 1 && height < below && !known.has(txid)).map(([txid]) => txid) : []
  return some({ moved: moved.slice(0, maxNamed), added: named(added) })
}

/**
 * Hold a history against what is known of the script below its height. What came
 * later, or is unconfirmed, never counts. What is missing counts up to the tip
 * the server claims: one that lags behind misses what it cannot have; without a
 * tip nothing missing counts. Order counts by height alone, since within a block
 * not all software keeps the chain's.
 */
export const respondHistory = (script: PublicScript, reply: JudgedReply, tip: number | null): HistoryVerdict => {
  if (reply.outcome !== "ok") {
    const untrue = untrueIn(script, reply)
    return Object.keys(untrue).length === 0
      ? { ...replyResponse(reply), later: null }
      : { response: "differs", detail: { expected: script.entries.length, ...untrue, because: "not all of its entries are read" }, later: null }
  }
  const shown = reply.result as ShownHistory
  if (isAsKnown(script, shown)) {
    return { response: "ok", detail: { expected: shown.length, shown: shown.length }, later: 0 }
  }
  const heights = new Map<string, number>()
  const repeated: Array<string> = []
  let later = 0
  let last = 0
  let below = 0
  let ordered = true
  for (const entry of shown) {
    const txid = entry.tx_hash.toLowerCase()
    if (heights.has(txid)) repeated.push(txid)
    heights.set(txid, entry.height)
    if (entry.height < 1 || entry.height >= script.below) {
      later++
      continue
    }
    below++
    if (entry.height < last) ordered = false
    last = entry.height
  }
  const known = new Map(script.entries.map(({ height, txid }) => [txid, height]))
  const absent = script.entries.filter(({ txid }) => !heights.has(txid))
  const missing = absent.filter(({ height }) => tip !== null && height <= tip)
  const moved = script.entries.filter(({ height, txid }) => heights.has(txid) && heights.get(txid) !== height)
  const added = script.complete
    ? [...heights].filter(([txid, height]) => height >= 1 && height < script.below && !known.has(txid)).map(([txid]) => txid)
    : []
  // An entry twice is wrong wherever it stands; of those that came later nothing else is known.
  const twice = repeated.filter((txid) => known.has(txid))
  const detail = {
    expected: script.entries.length,
    shown: below,
    ...(later > 0 ? { later } : {}),
    ...some({
      missing: named(missing.map(({ txid }) => txid)),
      moved: moved.slice(0, maxNamed).map(({ height, txid }) => ({ txid, expected: height, shown: heights.get(txid) })),
      added: named(added),
      repeated: named(twice)
    }),
    ...(ordered ? {} : { order: "not by height" })
  }
  const verdict = (response: Verdict["response"], because?: string): HistoryVerdict => ({
    response,
    detail: because === undefined ? detail : { ...detail, because },
    later
  })
  if (moved.length + added.length + twice.length > 0 || !ordered) return verdict("differs")
  if (missing.length > 0) return verdict(below === 0 ? "empty" : "truncated")
  if (absent.length > 0) return verdict(null, tip === null ? "no tip was shown" : "its tip is below the entries")
  return verdict("ok")
}

/** Satoshi that there will ever be. */
const allMoney = 2_100_000_000_000_000

/** An amount that a balance names and nobody can have; undefined where it names none. */
const impossibleAmount = (balance: unknown): number | undefined => {
  if (typeof balance !== "object" || balance === null || !("confirmed" in balance)) return undefined
  const { confirmed } = balance
  return typeof confirmed === "number" && (confirmed < 0 || confirmed > allMoney) ? confirmed : undefined
}

/**
 * Hold a balance against what is known of the script. Later entries change it,
 * so it is judged only where the same server's history, asked after it, has none;
 * and only from a tip that has all that is known.
 */
export const respondBalance = (
  script: PublicScript,
  reply: JudgedReply,
  history: HistoryVerdict,
  tip: number | null
): Verdict => {
  const impossible = impossibleAmount(reply.outcome === "ok" ? reply.result : reply.unread)
  if (impossible !== undefined) return { response: "differs", detail: { expected: script.balance, shown: impossible, because: "there is no such amount" } }
  if (reply.outcome !== "ok") return replyResponse(reply)
  const { confirmed } = reply.result as { readonly confirmed: number }
  if (script.balance === null) return { response: "ok", detail: { shown: confirmed } }
  const detail = { expected: script.balance, shown: confirmed }
  if (confirmed === script.balance) return { response: "ok", detail }
  const unjudged = (because: string): Verdict => ({ response: null, detail: { ...detail, because } })
  if (tip === null || tip < script.entries.at(-1)!.height) return unjudged("its tip is below the entries, or was not shown")
  if (history.later === null) return unjudged("without its history later entries cannot be excluded")
  if (history.later > 0) return unjudged("there are later entries")
  return { response: confirmed === 0 ? "empty" : "differs", detail }
}

import { answered, type Behaviour, type SeenReply } from "./behaviour.ts"
import { any, before, electrsFamily, esploraFamily, type Finding, type Fits, type Rule, since } from "./rule.ts"

/** First key of the result, or of the first item of the list that it is, as written. */
const firstKey = ({ raw }: SeenReply): string | undefined =>
  /"result": ?\[?\{ ?"([a-z_]{1,40})"/.exec(raw ?? "")?.[1]

const firstKeyOf = (behaviour: Behaviour, method: string): string | undefined => {
  for (const reply of answered(behaviour, method)) {
    const key = firstKey(reply)
    if (key !== undefined) return key
  }
  return undefined
}

/** A rule about which key comes first in a method's result. */
const keyOrder = (
  name: string,
  method: string,
  source: string,
  electrumx: string,
  sorted: Fits,
  sortedFirst: ReadonlyArray<string>
): Rule => ({
  name,
  effort: "form",
  source,
  look: (behaviour) => {
    const key = firstKeyOf(behaviour, method)
    if (key === undefined) return null
    if (key === electrumx) return { saw: `${key} first`, fits: { ElectrumX: any } }
    return sortedFirst.includes(key) ? { saw: "sorted", fits: sorted } : { saw: "in an order of no known software", fits: {} }
  }
})

const sortedKeys = { Fulcrum: any, ...electrsFamily } as const

/** The number as written, of a reply whose result is one. */
const numberText = ({ raw }: SeenReply): string | undefined => /"result": ?(-?[0-9][0-9.eE+-]{0,30})[,}]/.exec(raw ?? "")?.[1]

/**
 * Python and Qt write exponents with two digits and from 1e-5 on, Rust with as
 * few as it needs and below 1e-5; whole numbers that are floats end in `.0` in
 * Python and Rust, not in Qt.
 */
const float = (text: string): Finding | null => {
  if (/e-[0-9]{2}$/.test(text)) return { saw: "an exponent of two digits", fits: { ElectrumX: any, Fulcrum: any } }
  if (/e-[0-9]$/.test(text)) return { saw: "an exponent of one digit", fits: electrsFamily }
  return /^0\.0000[1-9]/.test(text) ? { saw: "no exponent below 0.0001", fits: electrsFamily } : null
}

const feeMethods = new Set(["blockchain.relayfee", "blockchain.estimatefee"])

/** Which key comes first, and how numbers are written. */
export const resultRules: ReadonlyArray<Rule> = [
  keyOrder("order of the tip", "blockchain.headers.subscribe", "6, row 63", "hex", sortedKeys, ["height"]),
  {
    name: "order of headers",
    effort: "form",
    source: "6, row 62",
    look: (behaviour) => {
      const raw = answered(behaviour, "blockchain.block.headers")[0]?.raw
      if (raw === undefined || raw === null) return null
      if (/"result": ?\{"hex":/.test(raw)) return { saw: "hex first", fits: { ElectrumX: any } }
      // Its form since protocol 1.6 is told from the sorted one by what comes second.
      if (/"result": ?\{"count": ?[0-9]+, ?"max":/.test(raw)) return { saw: "headers last", fits: { ElectrumX: since("1.19") } }
      return /"result": ?\{"count":/.test(raw) ? { saw: "sorted", fits: sortedKeys } : null
    }
  },
  keyOrder("order of a history", "blockchain.scripthash.get_history", "6, row 70", "tx_hash", sortedKeys, ["fee", "height"]),
  keyOrder("order of unspent outputs", "blockchain.scripthash.listunspent", "6, row 71", "tx_hash", sortedKeys, ["height"]),
  keyOrder(
    "order of a header's proof",
    "blockchain.block.header",
    "6, row 60",
    "header",
    { Fulcrum: any, ...esploraFamily },
    ["branch"]
  ),
  {
    name: "mempool information",
    effort: "form",
    source: "6, row 57",
    look: (behaviour) => {
      const key = firstKeyOf(behaviour, "mempool.get_info")
      if (key === undefined) return null
      return key === "mempoolminfee"
        ? { saw: "mempoolminfee first", fits: { ElectrumX: since("1.19"), Fulcrum: since("2.1") } }
        : { saw: "sorted, with more", fits: { Fulcrum: since("2.1") } }
    }
  },
  {
    name: "relay fee at protocol 1.6",
    effort: "form",
    source: "2",
    look: (behaviour) => {
      const version = answered(behaviour, "server.version")[0]?.result
      const protocol: unknown = Array.isArray(version) ? version[1] : undefined
      return (protocol === "1.6" || protocol === "1.6.0") && answered(behaviour, "blockchain.relayfee").length > 0
        ? { saw: "told", fits: { Fulcrum: any } }
        : null
    }
  },
  {
    name: "methods of Fulcrum",
    effort: "form",
    source: "6, rows 77 and 78",
    look: (behaviour) => {
      if (answered(behaviour, "blockchain.headers.get_tip").length > 0) return { saw: "headers.get_tip", fits: { Fulcrum: since("1.9") } }
      return answered(behaviour, "blockchain.transaction.get_height").length > 0
        ? { saw: "transaction.get_height", fits: { Fulcrum: any } }
        : null
    }
  },
  {
    name: "unknown estimate mode",
    effort: "form",
    source: "6, row 54",
    look: ({ replies }) => {
      for (const { errorMessage, params } of replies) {
        const mode = params[1]
        if (typeof mode !== "string" || mode === mode.toUpperCase()) continue
        if (errorMessage === `unknown estimatefee mode: ${mode}`) return { saw: "as we wrote it", fits: { ElectrumX: before("1.19") } }
        if (errorMessage === `unknown estimatefee mode: ${mode.toUpperCase()}`) {
          return { saw: "in upper case", fits: { ElectrumX: since("1.19") } }
        }
      }
      return null
    }
  },
  {
    name: "small numbers",
    effort: "wire",
    source: "1.4",
    look: ({ replies }) => {
      for (const reply of replies) {
        if (reply.outcome !== "ok" || !feeMethods.has(reply.method)) continue
        const text = numberText(reply)
        const found = text === undefined ? null : float(text)
        if (found !== null) return found
      }
      return null
    }
  },
  { name: "fee histogram", effort: "form", source: "6, row 56", look: (behaviour) => histogram(behaviour) }
]

/** Bins as written: rate and virtual bytes. */
const binsOf = (raw: string): ReadonlyArray<readonly [rate: string, size: number]> =>
  [...raw.matchAll(/\[(-?[0-9][0-9.eE+-]{0,30}), ?([0-9]{1,15})\]/g)].slice(0, 1000).map((bin) => [bin[1]!, Number(bin[2])])

/**
 * A bin of ElectrumX up to 1.16 has more than 100,000 vB times 1.1 for each bin
 * before it, unless it was split off before a lump of more than twice that,
 * which is then the next bin. Since 1.17 it is 30,000.
 */
const hasSmallBin = (sizes: ReadonlyArray<number>): boolean =>
  sizes.some((size, i) => {
    const least = 100_000 * 1.1 ** i
    return size < least * 0.99 && (sizes[i + 1] ?? 0) <= 2 * least
  })

const histogram = (behaviour: Behaviour): Finding | null => {
  const raw = answered(behaviour, "mempool.get_fee_histogram")[0]?.raw
  const bins = binsOf(raw ?? "")
  if (bins.length === 0) return null
  const rates = bins.map(([rate]) => rate)
  if (rates.every((rate) => /^[0-9]+$/.test(rate))) {
    const powers = rates.every((rate, i) => Number(rate) === 2 ** (rates.length - 1 - i) - 1)
    // A short one may be both.
    if (powers) return { saw: "2^k-1 down to 0", fits: bins.length > 2 ? { "romanz electrs": any } : { "romanz electrs": any, Fulcrum: any } }
    return { saw: "whole numbers", fits: { Fulcrum: any } }
  }
  if (rates.some((rate) => !rate.includes(".") && !rate.includes("e"))) return { saw: "mixed numbers", fits: {} }
  if (rates.some((rate) => !/^[0-9]+\.[0-9]$/.test(rate))) return { saw: "long decimals", fits: esploraFamily }
  // Rates of 32 bits may happen to be short as well.
  return hasSmallBin(bins.map(([, size]) => size))
    ? { saw: "one decimal, bins from 30,000 vB", fits: { ElectrumX: since("1.17"), ...esploraFamily } }
    : { saw: "one decimal", fits: { ElectrumX: any, ...esploraFamily } }
}


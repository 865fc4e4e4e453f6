import { bitsText, type BlockHeader, decodeBlockHeader } from "../../domain/block-header.ts"
import { publicScriptsOf } from "../../domain/public-script.ts"
import { readRawTransaction } from "../../domain/raw-transaction.ts"
import { statusOf } from "../../domain/script-history.ts"
import { sha256Hex } from "../../domain/sha256.ts"
import type { FilledItem } from "./bundle-file.ts"
import { historyOf, lacking, rootOfProof, spkiSha256 } from "./evaluate.ts"
import { type Check, isCertificate, type Ref } from "./format.ts"
import { parsedItem, pointed } from "./read-value.ts"

/** A reply that is whole and whose result can be read. */
interface Readable {
  readonly item: FilledItem
  readonly probe: string
  readonly result: unknown
}

const readable = (items: ReadonlyArray<FilledItem>): ReadonlyArray<Readable> =>
  items.flatMap((item) => {
    if (item.asked === null || item.asked.outcome !== "ok" || !item.asked.whole) return []
    const result = pointed(parsedItem(item.content), "/result")
    return result === undefined ? [] : [{ item, probe: item.asked.probe, result }]
  })

/** A header in a reply: where it is, and for which height it was shown; -1 where that is not known. */
export interface ShownHeader {
  readonly ref: Ref
  readonly hex: string
  readonly header: BlockHeader
  readonly height: number
}

const headerDigits = 160

/** All headers of a reply, in the order of their heights. */
const headersIn = ({ item, probe, result }: Readable): ReadonlyArray<ShownHeader> => {
  const one = (place: Omit<Ref, "item">, hex: unknown, height: unknown): ReadonlyArray<ShownHeader> => {
    const header = typeof hex === "string" && Number.isSafeInteger(height) ? decodeBlockHeader(hex) : undefined
    return header === undefined ? [] : [{ ref: { item: item.name, ...place }, hex: hex as string, header, height: height as number }]
  }
  if (typeof result === "string") return one({ at: "/result" }, result, item.asked?.params?.[0])
  if (typeof result !== "object" || result === null) return []
  const { headers, height, hex } = result as { readonly headers?: unknown; readonly hex?: unknown; readonly height?: unknown }
  if (!/header range/.test(probe)) return one({ at: "/result/hex" }, hex, height)
  // Whether a range holds together does not depend on its heights; where they are not known they are none.
  const start = item.asked?.params?.[0]
  const heightOf = (i: number): number => typeof start === "number" ? start + i : -1
  if (Array.isArray(headers)) return headers.flatMap((each, i) => one({ at: `/result/headers/${i}` }, each, heightOf(i)))
  if (typeof hex !== "string") return []
  return Array.from({ length: Math.floor(hex.length / headerDigits) }, (_, i) => {
    const [from, to] = [i * headerDigits, (i + 1) * headerDigits]
    return one({ at: "/result/hex", from, to }, hex.slice(from, to), heightOf(i))
  }).flat()
}

const showsHeader = /^(?:deep\/)?(?:header|tip|later header)/

/** All headers that replies show. */
export const headersOfItems = (items: ReadonlyArray<FilledItem>): ReadonlyArray<ShownHeader> =>
  readable(items).filter(({ probe }) => showsHeader.test(probe)).flatMap(headersIn)

const headerCheck = ({ header: { bits, hash, meetsOwnTarget, merkleRoot, previousHash, time }, ref }: ShownHeader): Check =>
  ({ check: "header", header: ref, hash, previous: previousHash, merkle_root: merkleRoot, time, bits: bitsText(bits), meets_target: meetsOwnTarget })

const linkChecks = (headers: ReadonlyArray<ShownHeader>): ReadonlyArray<Check> =>
  headers.slice(1).map((later, i) => ({
    check: "link",
    earlier: headers[i]!.ref,
    later: later.ref,
    follows: later.header.previousHash === headers[i]!.header.hash
  }))

/** Replies of one visit by their probes; a question asked again has its own. */
type ByProbe = ReadonlyMap<string, Readable>

const merkleChecks = (byProbe: ByProbe, again: string): ReadonlyArray<Check> =>
  [["deep/merkle proof", "deep/header#"], ["deep/later merkle proof", "deep/later header"]].flatMap(([proofName, headerName]): ReadonlyArray<Check> => {
    const proof = byProbe.get(`${proofName}${again}`)
    const [txid, height] = proof?.item.asked?.params ?? []
    const probe = headerName!.endsWith("#") ? `${headerName}${String(height)}` : headerName!
    // A header that was not asked for again is the one of the first time.
    const header = byProbe.get(`${probe}${again}`) ?? byProbe.get(probe)
    const shown = header === undefined ? undefined : headersIn(header)[0]
    if (proof === undefined || shown === undefined || typeof txid !== "string") return []
    const root = rootOfProof(proof.result, txid)
    return root === undefined ? [] : [{
      check: "merkle",
      proof: { item: proof.item.name, at: "/result" },
      txid,
      root,
      header: shown.ref,
      leads: root === shown.header.merkleRoot
    }]
  })

const transactionChecks = (byProbe: ByProbe, again: string): ReadonlyArray<Check> => {
  const reply = byProbe.get(`deep/transaction${again}`)
  const transaction = typeof reply?.result === "string" ? readRawTransaction(reply.result) : undefined
  return transaction === undefined ? [] : [{ check: "transaction", transaction: { item: reply!.item.name, at: "/result" }, txid: transaction.txid }]
}

const statusChecks = (byProbe: ByProbe, again: string): ReadonlyArray<Check> => {
  const status = byProbe.get(`deep/status${again}`)
  const reply = byProbe.get(`deep/history${again}`) ?? byProbe.get("deep/history")
  const history = historyOf(reply?.result)
  if (status === undefined || history === undefined || (status.result !== null && typeof status.result !== "string")) return []
  return [{
    check: "status",
    history: { item: reply!.item.name, at: "/result" },
    status: { item: status.item.name, at: "/result" },
    agrees: (status.result?.toLowerCase() ?? null) === statusOf(history)
  }]
}

/** Histories and balances of public scripts, held against what is known of them. */
const scriptChecks = (network: string, { item, probe, result }: Readable): ReadonlyArray<Check> => {
  const [what, form] = probe.split("#")
  const script = publicScriptsOf(network).find((it) => it.form === form)
  if (script === undefined) return []
  if (what === "balance") {
    const confirmed = pointed(result, "/confirmed")
    return Number.isSafeInteger(confirmed) ? [{ check: "value", value: { item: item.name, at: "/result/confirmed" }, is: confirmed as number }] : []
  }
  const history = what === "history" ? historyOf(result) : undefined
  if (history === undefined) return []
  const pinned = script.entries.map(({ height, txid }) => ({ txid, height }))
  return [{ check: "entries", history: { item: item.name, at: "/result" }, pinned, ...lacking(history, pinned) }]
}

/** What can be worked out again of the replies and certificates of each visit by itself. */
export const checksOfVisits = (network: string, items: ReadonlyArray<FilledItem>): ReadonlyArray<Check> =>
  [...Map.groupBy(items.filter(({ visit }) => visit !== null), ({ visit }) => visit!).values()].flatMap((ofVisit): ReadonlyArray<Check> => {
    const replies = readable(ofVisit)
    const byProbe = new Map(replies.map((reply) => [reply.probe, reply]))
    const headers = replies.filter(({ probe }) => showsHeader.test(probe)).map(headersIn)
    return [
      ...headers.flat().map(headerCheck),
      ...headers.flatMap(linkChecks),
      ...["", " again"].flatMap((again) => [...merkleChecks(byProbe, again), ...transactionChecks(byProbe, again), ...statusChecks(byProbe, again)]),
      ...replies.flatMap((reply) => scriptChecks(network, reply)),
      ...ofVisit.flatMap((item): ReadonlyArray<Check> => {
        const key = isCertificate(item) ? spkiSha256(item.content) : undefined
        return key === undefined ? [] : [{ check: "certificate", certificate: item.name, sha256: sha256Hex(item.content), spki_sha256: key }]
      })
    ]
  })


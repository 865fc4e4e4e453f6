import { bitsText, decodeBlockHeader, targetOfBits } from "../../domain/block-header.ts"
import { subjectPublicKeyInfo } from "../../domain/der.ts"
import { longestBranch, merkleRootOf, readRawTransaction } from "../../domain/raw-transaction.ts"
import { type HistoryLine, statusOf } from "../../domain/script-history.ts"
import { sha256Hex } from "../../domain/sha256.ts"
import type { Check, Items, Ref } from "./format.ts"
import { sameJson, valueReader } from "./read-value.ts"

/** Whether a fact is so; what is missing or cannot be read makes it untrue. */
export type Evaluate = (check: Check) => boolean

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-fA-F]{64}$/.test(value)

/** The root that a proof leads to; undefined where it is none. */
export const rootOfProof = (proof: unknown, txid: string): string | undefined => {
  if (typeof proof !== "object" || proof === null || !("merkle" in proof) || !("pos" in proof)) return undefined
  const { merkle, pos } = proof
  if (!Array.isArray(merkle) || merkle.length > longestBranch || !merkle.every(isHash)) return undefined
  if (!Number.isSafeInteger(pos) || (pos as number) < 0) return undefined
  return merkleRootOf(txid, merkle, pos as number)
}

const isEntry = (value: unknown): value is HistoryLine =>
  typeof value === "object" && value !== null && "tx_hash" in value && isHash(value.tx_hash) && "height" in value && Number.isSafeInteger(value.height)

/** A history; undefined where it is none. */
export const historyOf = (value: unknown): ReadonlyArray<HistoryLine> | undefined => Array.isArray(value) && value.every(isEntry) ? value : undefined

/** Pinned entries that a history has not, and those that it has at other heights. */
export const lacking = (history: ReadonlyArray<HistoryLine>, pinned: ReadonlyArray<{ readonly txid: string; readonly height: number }>) => {
  const heights = new Map<string, Set<number>>()
  for (const { height, tx_hash } of history) {
    const id = tx_hash.toLowerCase()
    heights.set(id, (heights.get(id) ?? new Set()).add(height))
  }
  return {
    missing: pinned.filter(({ txid }) => !heights.has(txid)).map(({ txid }) => txid),
    moved: pinned.filter(({ height, txid }) => heights.has(txid) && !heights.get(txid)!.has(height)).map(({ txid }) => txid)
  }
}

const sameList = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.length === other.length && one.every((it, i) => it === other[i])

/** The SHA-256 of a certificate's public key info, in the very bytes presented; undefined where it is no DER. */
export const spkiSha256 = (certificate: Uint8Array): string | undefined => {
  const info = subjectPublicKeyInfo(certificate)
  return info === undefined ? undefined : sha256Hex(info)
}

/** Works facts out from items. */
export const evaluator = (items: Items): Evaluate => {
  const read = valueReader(items)
  const headerAt = (ref: Ref) => {
    const hex = read(ref)
    return typeof hex === "string" ? decodeBlockHeader(hex) : undefined
  }
  const transactionAt = (ref: Ref) => {
    const hex = read(ref)
    return typeof hex === "string" ? readRawTransaction(hex) : undefined
  }
  const keyOf = (name: string) => {
    const der = items.get(name)
    return der === undefined ? undefined : spkiSha256(der)
  }
  return (check) => {
    switch (check.check) {
      case "header": {
        const header = headerAt(check.header)
        return header !== undefined && header.hash === check.hash && header.previousHash === check.previous &&
          header.merkleRoot === check.merkle_root && header.time === check.time && bitsText(header.bits) === check.bits &&
          header.meetsOwnTarget === check.meets_target
      }
      case "link": {
        const [earlier, later] = [headerAt(check.earlier), headerAt(check.later)]
        return earlier !== undefined && later !== undefined && (later.previousHash === earlier.hash) === check.follows
      }
      case "easier": {
        const header = headerAt(check.header)
        return header !== undefined && (targetOfBits(header.bits) > targetOfBits(Number.parseInt(check.limit, 16)) * BigInt(check.times)) === check.easier
      }
      case "merkle": {
        const header = headerAt(check.header)
        const root = rootOfProof(read(check.proof), check.txid)
        return header !== undefined && root === check.root && (root === header.merkleRoot) === check.leads
      }
      case "transaction":
        return transactionAt(check.transaction)?.txid === check.txid
      case "status": {
        const history = historyOf(read(check.history))
        const status = read(check.status)
        if (history === undefined || (status !== null && typeof status !== "string")) return false
        return ((status?.toLowerCase() ?? null) === statusOf(history)) === check.agrees
      }
      case "entries": {
        const history = historyOf(read(check.history))
        if (history === undefined) return false
        const { missing, moved } = lacking(history, check.pinned)
        return sameList(missing, check.missing) && sameList(moved, check.moved)
      }
      case "certificate":
        return items.has(check.certificate) && sha256Hex(items.get(check.certificate)!) === check.sha256 && keyOf(check.certificate) === check.spki_sha256
      case "same key": {
        const keys = check.certificates.map(keyOf)
        return keys.length > 1 && keys[0] !== undefined && keys.every((key) => key === keys[0])
      }
      case "same value": {
        const values = check.values.map(read)
        return values.length > 1 && values[0] !== undefined && values.every((value) => sameJson(value, values[0]))
      }
      case "value": {
        const value = read(check.value)
        return value !== undefined && sameJson(value, check.is)
      }
    }
  }
}

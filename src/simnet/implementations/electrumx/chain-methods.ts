import { headerProof } from "../../bitcoin/merkle.ts"
import { Float, print } from "../../model/dialect.ts"
import { atLeast } from "../../model/software.ts"
import { daemonError, invalidTarget } from "../bitcoind-errors.ts"
import { maximumHeaders } from "../common-parameters.ts"
import { type Answer, fail } from "../implementation.ts"
import { entry, type Method, type MethodEntry } from "./method.ts"
import { commas, from16, nonNegative, shouldBeInteger } from "./parameters.ts"
import type { ElectrumxProcess } from "./process.ts"
import { pythonText } from "./python-text.ts"

/** The tip as subscribers are told. */
export const electrumxTip = ({ node, model, dialect }: ElectrumxProcess): string => {
  const height = node.tipHeight
  return print({ hex: model.backend.header(height)!, height }, dialect)
}

const subscribe: Method["answer"] = (_, call) => {
  call.subscriptions.headers = true
  call.listen()
  return { result: electrumxTip(call.process) }
}

const badCheckpoint = (height: number, checkpoint: number, top: number): Answer =>
  fail(
    1,
    `require header height ${commas(height)} <= cp_height ${commas(checkpoint)} <= chain height ${commas(top)}`
  )

const header: Method["answer"] = ([wanted, checkpoint], { process, model, dialect, charge }) => {
  const height = nonNegative(wanted)
  if (height === undefined) return shouldBeInteger(wanted)
  const cp = checkpoint === undefined ? 0 : nonNegative(checkpoint)
  if (cp === undefined) return shouldBeInteger(checkpoint)
  const top = process.node.tipHeight
  if (height > top) return fail(1, `height ${commas(height)} out of range`)
  const hex = model.backend.header(height)!
  if (cp === 0) return { result: print(hex, dialect) }
  charge(1)
  if (!(height <= cp && cp <= top)) return badCheckpoint(height, cp, top)
  const { branch, root } = headerProof(model.backend, height, cp)
  return { result: print({ header: hex, branch, root }, dialect) }
}

const headers: Method["answer"] = ([from, wanted, checkpoint], { process, model, dialect, negotiated, charge }) => {
  const start = nonNegative(from)
  if (start === undefined) return shouldBeInteger(from)
  const amount = nonNegative(wanted)
  if (amount === undefined) return shouldBeInteger(wanted)
  const cp = checkpoint === undefined ? 0 : nonNegative(checkpoint)
  if (cp === undefined) return shouldBeInteger(checkpoint)
  charge(Math.min(amount, maximumHeaders) / 50)
  const top = process.node.tipHeight
  const count = Math.max(0, Math.min(amount, maximumHeaders, top - start + 1))
  const list = Array.from({ length: count }, (_, i) => model.backend.header(start + i)!)
  const last = start + count - 1
  const proven = count > 0 && cp > 0
  if (proven && !(last <= cp && cp <= top)) return badCheckpoint(last, cp, top)
  if (proven) charge(1)
  const proof = proven ? headerProof(model.backend, last, cp) : {}
  return {
    result: print(
      from16(negotiated)
        ? { count, max: maximumHeaders, headers: list, ...proof }
        : { hex: list.join(""), count, max: maximumHeaders, ...proof },
      dialect
    )
  }
}

const feeModes: ReadonlyArray<string> = ["CONSERVATIVE", "ECONOMICAL"]

/** The target that is kept for one asked for. */
const bucket = (target: number): number => {
  if (target <= 1) return 1
  if (target <= 12 || target === 25) return target
  if (target <= 48) return target - (target % 2)
  return target <= 1008 ? target - (target % 24) : 1008
}

const estimateFee: Method["answer"] = ([wanted, mode], { process, model, dialect, charge }) => {
  const modern = atLeast(model.software.version, "1.19")
  const number = nonNegative(wanted)
  if (number === undefined) return shouldBeInteger(wanted)
  let known: string | null = null
  if (modern ? typeof mode === "string" : mode !== undefined && mode !== null) {
    known = modern ? (mode as string).toUpperCase() : pythonText(mode)
    if (!feeModes.includes(known)) return fail(1, `unknown estimatefee mode: ${known}`)
  }
  const target = process.bucketsTargets ? bucket(number) : number
  if (target < 1 || target > 1008) {
    return fail(2, daemonError(-8, invalidTarget))
  }
  const kept = process.estimates.value
  const key = `${target} ${known}`
  let result = kept.get(key)
  if (result === undefined) {
    charge(2)
    const rate = model.backend.estimateFee(target, known === "CONSERVATIVE")
    // Where bitcoind has no estimate the answer is the integer -1.
    result = rate < 0 ? "-1" : print(new Float(rate), dialect)
    kept.set(key, result)
  }
  return { result }
}

/** The methods about headers, fees and the mempool as a whole. */
export const electrumxChainMethods = (release: string): ReadonlyArray<MethodEntry> => [
  entry("blockchain.headers.subscribe", [0, 0], [], subscribe),
  entry("blockchain.block.header", [1, 2], ["height", "cp_height"], header),
  entry("blockchain.block.headers", [2, 3], ["start_height", "count", "cp_height"], headers),
  entry("blockchain.estimatefee", [1, atLeast(release, "1.16") ? 2 : 1], ["number", "mode"], estimateFee),
  entry("blockchain.relayfee", [0, 0], [], (_, c) => ({ result: c.process.relayFee.value }), (v) => !from16(v)),
  entry(
    "mempool.get_info",
    [0, 0],
    [],
    (_, c) => ({ result: c.process.mempoolInfo.value }),
    (negotiated) => atLeast(release, "1.19") && from16(negotiated)
  ),
  entry("mempool.get_fee_histogram", [0, 0], [], (_, c) => ({ result: c.process.histogram.value }))
]

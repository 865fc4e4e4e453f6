import { print } from "../../model/dialect.ts"
import { atLeast, compareTuples } from "../../model/software.ts"
import { hashOf } from "../common-parameters.ts"
import { type Answer, fail } from "../implementation.ts"
import { type ScriptEntry, statusOf, wholeHistory } from "../script-history.ts"
import { balanceJson, entryJson, unspentJson } from "../script-json.ts"
import { entry, type Call, type Method, type MethodEntry } from "./method.ts"
import { pythonText } from "./python-text.ts"

const withHash =
  (answer: (hash: string, call: Call, spelling: string) => Answer): Method["answer"] =>
  ([wanted], call) => {
    const hash = hashOf(wanted)
    return hash === undefined
      ? fail(1, `${pythonText(wanted)} is not a valid script hash`)
      : answer(hash, call, wanted as string)
  }

/** About 99 bytes an entry. */
const historyLimit = (call: Call): number =>
  Math.floor((call.process.maximumSend - (atLeast(call.model.software.version, "2.0") ? 100 : 0)) / 99)

const tooLarge = (call: Call): Answer =>
  fail(atLeast(call.model.software.version, "2.0") ? 10_001 : 1, "history too large")

/** Undefined where it is too long to be sent. */
const historyFor = (hash: string, call: Call): ReadonlyArray<ScriptEntry> | undefined => {
  const { process, model } = call
  if (model.backend.history(hash).length >= historyLimit(call)) return undefined
  return wholeHistory(model.backend, hash, process.mempoolOrder)
}

const history = withHash((hash, call) => {
  const entries = historyFor(hash, call)
  if (entries === undefined) return tooLarge(call)
  call.charge(0.45 + entries.length / 1000)
  return { result: print(entries.map(entryJson), call.dialect) }
})

const mempool = withHash((hash, call) => {
  const entries = call.process.mempoolOrder(call.model.backend.unconfirmed(hash))
  call.charge(0.25 + entries.length / 50)
  return { result: print(entries.map(entryJson), call.dialect) }
})

const unspent = withHash((hash, call) => {
  const outputs = call.model.backend.unspent(hash)
  call.charge(1 + outputs.length / 50)
  return {
    result: print(
      // Confirmed ones first, whatever the node's order.
      [...outputs.filter((o) => o.height > 0), ...outputs.filter((o) => o.height <= 0)].map(unspentJson),
      call.dialect
    )
  }
})

const balance = withHash((hash, call) => {
  call.charge(1 + call.model.backend.unspent(hash).length / 50)
  return { result: print(balanceJson(call.model.backend, hash), call.dialect) }
})

const subscribe = withHash((hash, call, spelling) => {
  const entries = historyFor(hash, call)
  if (entries === undefined) return tooLarge(call)
  const status = statusOf(entries)
  call.charge(0.3 + entries.length / 1000)
  call.subscriptions.add(hash, spelling, status)
  call.listen()
  return { result: print(status, call.dialect) }
})

const unsubscribe = withHash((hash, call) => {
  call.charge(0.1)
  return { result: String(call.subscriptions.remove(hash)) }
})

/** The methods about scripthashes. */
export const electrumxScriptMethods = (): ReadonlyArray<MethodEntry> => [
  entry("blockchain.scripthash.get_balance", [1, 1], ["scripthash"], balance),
  entry("blockchain.scripthash.get_history", [1, 1], ["scripthash"], history),
  entry("blockchain.scripthash.get_mempool", [1, 1], ["scripthash"], mempool),
  entry("blockchain.scripthash.listunspent", [1, 1], ["scripthash"], unspent),
  entry("blockchain.scripthash.subscribe", [1, 1], ["scripthash"], subscribe),
  entry(
    "blockchain.scripthash.unsubscribe",
    [1, 1],
    ["scripthash"],
    unsubscribe,
    (negotiated) => compareTuples(negotiated, [1, 4, 2]) >= 0
  )
]

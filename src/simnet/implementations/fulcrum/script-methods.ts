import { atLeast } from "../../model/software.ts"
import { type Answer, fail } from "../implementation.ts"
import { statusOf, wholeHistory } from "../script-history.ts"
import { balanceJson, entryJson, unspentJson } from "../script-json.ts"
import { entry, firstHashOf, type FulcrumCall, type FulcrumEntry, type FulcrumMethod, json, unsigned } from "./method.ts"

/** Entries of the longest history that it answers with. */
const historyLimit = 125_000

const withHash =
  (answer: (hash: string, call: FulcrumCall, params: ReadonlyArray<unknown>) => Answer): FulcrumMethod["answer"] =>
  (params, call) => {
    const hash = firstHashOf(params[0])
    if (hash === undefined) return fail(1, "Invalid scripthash")
    const items = call.model.backend.history(hash).length
    return items > historyLimit
      ? fail(
          -32603,
          `internal error: History for scripthash ${hash} exceeds max history ${historyLimit} with ${items} items!`
        )
      : answer(hash, call, params)
  }

const noTokens = fail(-32602, "The token filtering option is only available on BCH")

/** Heights from the first on and below the second, and what is unconfirmed only where no second is given. */
const history = withHash((hash, { model }, params) => {
  const from = params.length > 1 ? unsigned(params[1]) : 0
  if (from === undefined) return fail(-32602, "Bad from_height argument")
  const open = params.length < 3 || params[2] === -1
  const to = open ? Number.POSITIVE_INFINITY : unsigned(params[2])
  if (to === undefined || from > to) return fail(-32602, "Bad to_height argument")
  return json(
    wholeHistory(model.backend, hash)
      .filter(({ height }) => (height > 0 ? height >= from && height < to : open))
      .map(entryJson)
  )
})

const mempool = withHash((hash, { model }) => json(model.backend.unconfirmed(hash).map(entryJson)))

const balance = withHash((hash, { model }, params) =>
  params.length > 1 ? noTokens : json(balanceJson(model.backend, hash))
)

const unspent = withHash((hash, { model }, params) =>
  params.length > 1 ? noTokens : json(model.backend.unspent(hash).map(unspentJson))
)

const status = (hash: string, { model }: FulcrumCall): string | null => statusOf(wholeHistory(model.backend, hash))

const subscribe = withHash((hash, call) => {
  const result = status(hash, call)
  if (call.subscriptions.spelling(hash) === undefined && !call.maySubscribe()) return fail(4, "Subscription limit reached")
  // Notifications spell it in lower case, whatever the client wrote.
  call.subscriptions.add(hash, hash, result)
  call.listen()
  return json(result)
})

const firstUse = withHash((hash, { model }) => {
  const { backend } = model
  const [first] = wholeHistory(backend, hash)
  if (first === undefined) return json(null)
  const height = Math.max(0, first.height)
  const block = first.height > 0 ? backend.hash(height)! : "0".repeat(64)
  return json({ block_hash: block, height, block_height: height, tx_hash: first.txid })
})

/** The methods about scripthashes. */
export const fulcrumScriptMethods = (release: string): ReadonlyArray<FulcrumEntry> => {
  const filters = atLeast(release, "1.9") ? 2 : 1
  const ranges = atLeast(release, "1.9.8")
  return [
    entry("blockchain.scripthash.get_balance", [1, filters], balance),
    entry("blockchain.scripthash.get_history", [1, ranges ? 3 : 1], history),
    entry("blockchain.scripthash.get_mempool", [1, 1], mempool),
    entry("blockchain.scripthash.listunspent", [1, filters], unspent),
    entry("blockchain.scripthash.subscribe", [1, 1], subscribe),
    entry(
      "blockchain.scripthash.unsubscribe",
      [1, 1],
      withHash((hash, { subscriptions, unsubscribed }) => {
        const was = subscriptions.remove(hash)
        if (was) unsubscribed()
        return json(was)
      })
    ),
    ...(ranges
      ? [
          entry("blockchain.scripthash.get_first_use", [1, 1], firstUse),
          entry(
            "blockchain.scripthash.get_status",
            [1, 1],
            withHash((hash, call) => json(status(hash, call)))
          )
        ]
      : [])
  ]
}

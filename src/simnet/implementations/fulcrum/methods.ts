import { atLeast } from "../../model/software.ts"
import { fail } from "../implementation.ts"
import { onceFor } from "../once-for.ts"
import { fulcrumChainMethods } from "./chain-methods.ts"
import { entry, type FulcrumEntry, type FulcrumMethod } from "./method.ts"
import { fulcrumScriptMethods } from "./script-methods.ts"
import { fulcrumServerMethods } from "./server-methods.ts"
import { fulcrumTransactionMethods } from "./transaction-methods.ts"

/** From 1.2 there, but on Bitcoin Cash only. */
const addressMethods = (release: string): ReadonlyArray<FulcrumEntry> => {
  const arities: Readonly<Record<string, readonly [number, number]>> = {
    get_balance: [1, atLeast(release, "1.9") ? 2 : 1],
    get_history: [1, atLeast(release, "1.9.8") ? 3 : 1],
    get_mempool: [1, 1],
    get_scripthash: [1, 1],
    listunspent: [1, atLeast(release, "1.9") ? 2 : 1],
    subscribe: [1, 1],
    unsubscribe: [1, 1],
    ...(atLeast(release, "1.9.8") ? { get_first_use: [1, 1], get_status: [1, 1] } : {})
  }
  return Object.entries(arities).map(([name, arity]) =>
    entry(`blockchain.address.${name}`, arity, () =>
      fail(-32601, "blockchain.address.* methods are only available on BCH")
    )
  )
}

/** The methods of a release, made once for all servers that run it. */
export const fulcrumMethods = onceFor((release: string): ReadonlyMap<string, FulcrumMethod> =>
  new Map([
    ...fulcrumServerMethods(release),
    ...fulcrumChainMethods(release),
    ...fulcrumScriptMethods(release),
    ...fulcrumTransactionMethods(release),
    ...(atLeast(release, "1.2") ? addressMethods(release) : [])
  ])
)

import { onceFor } from "../once-for.ts"
import { electrumxChainMethods } from "./chain-methods.ts"
import type { Method } from "./method.ts"
import { electrumxScriptMethods } from "./script-methods.ts"
import { electrumxServerMethods } from "./server-methods.ts"
import { electrumxTransactionMethods } from "./transaction-methods.ts"

/** The methods of a release, made once for all servers that run it. */
export const electrumxMethods = onceFor((release: string): ReadonlyMap<string, Method> =>
  new Map([
    ...electrumxServerMethods(release),
    ...electrumxChainMethods(release),
    ...electrumxScriptMethods(),
    ...electrumxTransactionMethods(release)
  ])
)

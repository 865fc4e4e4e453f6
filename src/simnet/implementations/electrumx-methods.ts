import { electrumxChainMethods } from "./electrumx-chain-methods.ts"
import type { Method } from "./electrumx-method.ts"
import { electrumxScriptMethods } from "./electrumx-script-methods.ts"
import { electrumxServerMethods } from "./electrumx-server-methods.ts"
import { electrumxTransactionMethods } from "./electrumx-transaction-methods.ts"
import { onceFor } from "./once-for.ts"

/** The methods of a release, made once for all servers that run it. */
export const electrumxMethods = onceFor((release: string): ReadonlyMap<string, Method> =>
  new Map([
    ...electrumxServerMethods(release),
    ...electrumxChainMethods(release),
    ...electrumxScriptMethods(),
    ...electrumxTransactionMethods(release)
  ])
)

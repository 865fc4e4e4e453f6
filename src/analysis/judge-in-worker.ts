import { Effect } from "effect"
import { inThread } from "./in-thread.ts"
import { judgeOperators, type OperatorFindings, type OperatorOptions } from "./operators.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** Up to here judging takes less time than starting a thread. */
const fewServers = 400

/** Judges in a thread of its own when there are many servers. */
export const judgeApart = (
  servers: ReadonlyArray<ServerTraits>,
  options: OperatorOptions,
  isApart = servers.length > fewServers
): Effect.Effect<OperatorFindings> =>
  isApart
    ? inThread<OperatorFindings>({ kind: "judge", servers, options })
    : Effect.sync(() => judgeOperators(servers, options))

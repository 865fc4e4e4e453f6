import { Effect } from "effect"
import { inThread } from "./in-thread.ts"
import { type JudgedOperators, judgedOperatorsOf, type JudgingWork } from "./operators.ts"

/** Up to here judging takes less time than starting a thread. */
const fewServers = 400

/** Whether so many servers are judged in a thread of its own. */
export const isJudgedApart = (servers: number): boolean => servers > fewServers

/** Judges in a thread of its own when there are many servers. */
export const judgeApart = (work: JudgingWork, isApart = isJudgedApart(work.servers.length)): Effect.Effect<JudgedOperators> =>
  isApart ? inThread<JudgedOperators>({ kind: "judge", work }) : Effect.sync(() => judgedOperatorsOf(work))

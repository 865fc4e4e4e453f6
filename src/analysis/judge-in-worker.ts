import { Effect, type Scope } from "effect"
import type { TableColumns } from "../store/database.ts"
import type { FirstAnswer } from "./analysis-worker.ts"
import { answersInThread } from "./in-thread.ts"
import { type JudgedOperators, judgedOperatorsOf, type JudgingWork } from "./operators.ts"

/** Up to here judging takes less time than starting a thread. */
const fewServers = 400

/** Whether so many servers are judged in a thread of its own. */
export const isJudgedApart = (servers: number): boolean => servers > fewServers

/** What was found, and the tables of pairs piece by piece, which are made while others go on with it. */
export interface Judged {
  readonly findings: JudgedOperators
  readonly tables: ReadonlyArray<Effect.Effect<ReadonlyArray<TableColumns>>>
}

const judgedHere = (work: JudgingWork): Effect.Effect<Judged> =>
  Effect.sync(() => {
    const { findings, tables } = judgedOperatorsOf(work)
    return { findings, tables: [Effect.sync(() => [...tables].flat())] }
  })

const judgedBy = (answers: Effect.Effect<Effect.Effect<unknown>, never, Scope.Scope>): Effect.Effect<Judged, never, Scope.Scope> =>
  Effect.flatMap(answers, (next) =>
    Effect.map(next as Effect.Effect<FirstAnswer>, ({ findings, pieces }) => ({
      findings,
      tables: Array.from({ length: pieces }, () => next as Effect.Effect<ReadonlyArray<TableColumns>>)
    })))

/** Judges, in a thread of its own if it is to be apart. Nothing made here may hold the work once it is handed on. */
export const judgeApart = (work: JudgingWork, isApart: boolean): Effect.Effect<Judged, never, Scope.Scope> =>
  isApart ? judgedBy(answersInThread({ kind: "judge", work })) : judgedHere(work)

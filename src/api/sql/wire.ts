import type { Parameter } from "../../store/database.ts"

/** What SQL of anybody may use up. */
export interface SqlLimits {
  /** Characters of the text. */
  readonly textChars: number
  readonly maxRows: number
  /** Characters of the answer as JSON. */
  readonly answerChars: number
  readonly timeoutMs: number
  /** How long a query that was stopped may take to stop. */
  readonly graceMs: number
  /** DuckDB's part of a process. */
  readonly memoryLimit: string
  readonly threads: number
  /** Queries that run at a time, each in a process of its own. */
  readonly atATime: number
  /** Queries that wait; more are sent away. */
  readonly waiting: number
}

export const usualSqlLimits: SqlLimits = {
  textChars: 20_000,
  maxRows: 10_000,
  answerChars: 4 * 1024 * 1024,
  timeoutMs: 10_000,
  graceMs: 2_000,
  // Less is too little for view `server_metadata`: its thirty joins and groups reserve some 350 MB whatever they hold.
  memoryLimit: "512MB",
  threads: 2,
  atATime: 2,
  waiting: 16
}

/** To the process: run this, or stop what runs. */
export type SqlJob =
  | { readonly kind: "run"; readonly sql: string; readonly parameters: Readonly<Record<string, Parameter>> }
  | { readonly kind: "stop" }

/** From the process: it is ready, or what came of a query. `answer` is a `QueryAnswer` as JSON. */
export type SqlOutcome =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly answer: string }
  | { readonly kind: "refusal"; readonly message: string; readonly position: number | null }

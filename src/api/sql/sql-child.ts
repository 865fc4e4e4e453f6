/**
 * The process that runs SQL of anybody, on one snapshot: what it may do ends
 * here, also when DuckDB crashes or uses all the memory it gets. Started by
 * `sql-process.ts` in the folder of the snapshot; the arguments are its name and
 * the limits.
 */
import { Effect } from "effect"
import type { DuckDBConnection } from "@duckdb/node-api"
import { readBounded } from "../../store/bounded-read.ts"
import { connect, openReadOnly } from "../../store/duckdb.ts"
import type { SqlJob, SqlLimits, SqlOutcome } from "./wire.ts"

const limits = JSON.parse(process.argv[3]!) as SqlLimits

const send = (outcome: SqlOutcome): void => void process.send!(outcome)

// DuckDB makes every path absolute; where the file lies is nobody's business.
const folder = `${process.cwd()}/`
const withoutFolder = (text: string): string => text.replaceAll(folder, "")

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).trim()

/** DuckDB's error, which `errors_as_json` made JSON, as a sentence and the place it is about. */
const refusalOf = (cause: unknown): SqlOutcome => {
  const message = messageOf(cause)
  const start = message.indexOf("{\"exception_type\"")
  if (start === -1) return { kind: "refusal", message: withoutFolder(message), position: null }
  try {
    const error = JSON.parse(message.slice(start)) as { exception_type: string; exception_message: string; position?: string }
    if (error.exception_type === "Out of Memory") {
      return { kind: "refusal", message: `The query needed more than ${limits.memoryLimit} of memory.`, position: null }
    }
    const position = error.position === undefined ? null : Number(error.position)
    return {
      kind: "refusal",
      message: withoutFolder(`${error.exception_type} error: ${error.exception_message}`),
      position: Number.isSafeInteger(position) ? position : null
    }
  } catch {
    return { kind: "refusal", message: withoutFolder(message), position: null }
  }
}

const answer = async (connection: DuckDBConnection, { parameters, sql }: Extract<SqlJob, { kind: "run" }>): Promise<SqlOutcome> => {
  const began = performance.now()
  try {
    const { columns, rows, truncated } = await readBounded(connection, sql, parameters, {
      maxRows: limits.maxRows,
      maxChars: limits.answerChars
    })
    const ms = Math.round(performance.now() - began)
    const text = `{"columns":${JSON.stringify(columns)},"rows":[${rows.join(",")}],"truncated":${truncated},"maxRows":${limits.maxRows},"ms":${ms}}`
    return { kind: "answer", answer: withoutFolder(text) }
  } catch (cause) {
    return refusalOf(cause)
  }
}

const serve = Effect.gen(function*() {
  const { memoryLimit, threads } = limits
  const connection = yield* connect(yield* openReadOnly(process.argv[2]!, { memoryLimit, threads, errorsAsJson: true }))
  process.on("message", (job: SqlJob) => {
    if (job.kind === "stop") connection.interrupt()
    else void answer(connection, job).then(send)
  })
  send({ kind: "ready" })
  return yield* Effect.never
})

// Nobody is left to answer to.
process.on("disconnect", () => process.exit(0))
// A terminal's Ctrl-C reaches children too; when to end is the parent's decision.
process.on("SIGINT", () => undefined)
void Effect.runPromise(Effect.scoped(serve)).catch((cause: unknown) => {
  send({ kind: "refusal", message: messageOf(cause), position: null })
  process.exit(1)
})

import { useRef, useState } from "preact/hooks"
import type { QueryAnswer, SqlRefusal } from "../../../src/atlas/shapes/query.ts"
import type { About } from "../client/atlas.ts"
import { asFailure, type RequestFailure } from "../client/failure.ts"
import { sendJson } from "../client/request.ts"
import { Failed, Shape } from "../parts/states.tsx"
import { own, setOwn } from "../state/store.ts"
import { shown } from "../text/display.ts"
import { count } from "../text/format.ts"
import { Answer } from "./answer.tsx"
import { Editor } from "./editor.tsx"
import { history, remember } from "./history.ts"
import { placeOf } from "./place.ts"

const first = `SELECT implementation, count(*) AS endpoints
FROM server_metadata
GROUP BY ALL
ORDER BY endpoints DESC`

/** Longer texts would make addresses that browsers and chats cut. */
export const longestInAddress = 1_500

type Outcome =
  | { readonly kind: "none" }
  | { readonly kind: "running" }
  | { readonly kind: "answer"; readonly answer: QueryAnswer }
  | { readonly kind: "refused"; readonly sql: string; readonly refusal: SqlRefusal }
  | { readonly kind: "failed"; readonly failure: RequestFailure }

const outcomeOf = async (sql: string): Promise<Outcome> => {
  try {
    const answer = await sendJson<QueryAnswer>("POST", "sql", { sql })
    return answer === null ? { kind: "none" } : { kind: "answer", answer }
  } catch (cause) {
    const failure = asFailure(cause)
    if (failure.status !== 422) return { kind: "failed", failure }
    const { position = null } = (failure.body ?? {}) as Partial<SqlRefusal>
    return { kind: "refused", sql, refusal: { message: failure.message, position } }
  }
}

const limits = ({ answerChars, maxRows, memory, textChars, timeoutMs }: About["sqlLimits"]): string =>
  `It runs on a read-only copy, in a process of its own without files or network, for ${timeoutMs / 1_000} seconds and ${memory} of memory at most; an answer has ${count(maxRows)} rows and ${count(answerChars / 1_048_576)} MB at most, a text ${count(textChars)} characters.`

/** SQL of the reader's own. */
export const FreeSql = ({ about }: { readonly about: About }) => {
  const [text, setText] = useState(own("sql") !== "" ? own("sql") : history.peek()[0] ?? first)
  // What others wrote into a link runs when the reader says so.
  const [linked] = useState(() => own("sql"))
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" })
  const turn = useRef(0)
  const run = async (): Promise<void> => {
    if (text.trim() === "") return
    const mine = ++turn.current
    remember(text)
    // Axes and order chosen for other columns say nothing about these.
    const forgotten = text === own("sql") ? {} : { sort: "", x: "", y: "", draw: "" }
    setOwn({ ...forgotten, sql: text.length <= longestInAddress ? text : "" }, "replace")
    setOutcome({ kind: "running" })
    const next = await outcomeOf(text)
    // An answer that was overtaken by another question is dropped.
    if (mine === turn.current) setOutcome(next)
  }
  const mistake = outcome.kind === "refused" && outcome.sql === text && outcome.refusal.position !== null ? placeOf(text, outcome.refusal.position) : null
  return (
    <>
      <div class="sql-ask">
        <Editor text={text} mistake={mistake} onChange={setText} onRun={() => void run()} />
        <div class="actions">
          <button type="button" class="main" disabled={outcome.kind === "running"} onClick={() => void run()}>Run <kbd aria-hidden="true">Ctrl Enter</kbd></button>
          {history.value.length === 0 ? null : (
            <label class="chooser">
              <span class="quiet">Run before</span>
              <select value="" onChange={({ currentTarget }) => { if (currentTarget.value !== "") setText(history.peek()[Number(currentTarget.value)] ?? text) }}>
                <option value="">…</option>
                {history.value.map((sql, i) => <option key={i} value={String(i)}>{shown(sql.replace(/\s+/g, " "), 80)}</option>)}
              </select>
            </label>
          )}
        </div>
        <div id="sql-mistake" role="status">
          {outcome.kind === "refused"
            ? <Failed message={`${mistake === null ? "" : `Line ${mistake.line}, column ${mistake.column}: `}${outcome.refusal.message.replace(/\s*\n\s*/g, " ")}`} />
            : outcome.kind === "failed" ? <Failed message={outcome.failure.message} /> : null}
        </div>
        {outcome.kind === "none" && linked !== "" && text === linked
          ? <p class="not-run" role="note">This SQL came with the address and has not been run: read it, then press Run.</p>
          : null}
        <p class="says-who">{limits(about.sqlLimits)} What tables and columns mean: the data dictionary.</p>
      </div>
      {outcome.kind === "running" ? <Shape /> : outcome.kind === "answer" ? <Answer answer={outcome.answer} name="sql-answer" /> : null}
    </>
  )
}

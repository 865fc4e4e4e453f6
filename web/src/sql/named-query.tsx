import { useState } from "preact/hooks"
import type { QueryAnswer, QueryRow } from "../../../src/atlas/shapes/query.ts"
import { useCrawl } from "../client/atlas.ts"
import { useJson } from "../client/resource.ts"
import { Loading } from "../parts/states.tsx"
import { own, setOwn } from "../state/store.ts"
import { shown } from "../text/display.ts"
import { Answer } from "./answer.tsx"
import { longestInAddress } from "./free-sql.tsx"

/** Words of parameters in the address have a mark in front: `crawl` is taken. */
const word = (name: string): string => `p.${name}`

/** Of the parameters that are set; the crawl that the viewer shows is one unless another is said. */
const valuesOf = ({ parameters }: QueryRow, crawlId: number | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(parameters.map(({ name }) => [name, own(word(name)) !== "" ? own(word(name)) : name === "crawl" && crawlId !== undefined ? String(crawlId) : ""]))

const Parameters = ({ query, values }: { readonly query: QueryRow; readonly values: Readonly<Record<string, string>> }) => {
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({})
  const now = { ...values, ...changed }
  if (query.parameters.length === 0) return null
  return (
    <form class="parameters" onSubmit={(event) => {
      event.preventDefault()
      setOwn(Object.fromEntries(query.parameters.map(({ name }) => [word(name), now[name] ?? ""])))
    }}>
      {query.parameters.map(({ default: usual, meaning, name, type }) => (
        <label key={name}>
          <span><code>{name}</code> <span class="quiet">{`${type}${usual === null ? "" : `, usually ${usual}`}`}</span></span>
          <input type="text" inputMode={/int|num|dec|double/i.test(type) ? "decimal" : "text"} value={now[name] ?? ""} placeholder={usual ?? ""} spellcheck={false}
            onInput={({ currentTarget: { value } }) => setChanged((before) => ({ ...before, [name]: value }))} />
          <span class="quiet">{shown(meaning)}</span>
        </label>
      ))}
      <button type="submit" class="main">Run</button>
    </form>
  )
}

/** One query of the catalogue: its question, its parameters, its text and its answer. */
export const NamedQuery = ({ isFree, isPublic, query }: {
  readonly query: QueryRow
  /** SQL of one's own may be run. */
  readonly isFree: boolean
  readonly isPublic: boolean
}) => {
  const crawl = useCrawl()
  const values = valuesOf(query, crawl.value?.crawlId)
  const asked = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "")).toString()
  const answer = useJson<QueryAnswer>(crawl.kind !== "loading" ? `queries/${encodeURIComponent(query.name)}${asked === "" ? "" : `?${asked}`}` : null)
  return (
    <>
      <div class="sql-ask">
        <h2>{query.title}</h2>
        <p>{query.question} <span class="quiet">{`Level: ${query.level}.`}</span></p>
        <Parameters key={query.name} query={query} values={values} />
        <details>
          <summary>SQL of this query</summary>
          <pre>{query.sql}</pre>
          {isFree ? <button type="button" onClick={() => setOwn({ query: "", sql: query.sql.length <= longestInAddress ? query.sql : "" })}>Free SQL</button> : null}
        </details>
      </div>
      {isPublic ? <p class="says-who">This server is public: queries run on a copy without what it withholds, with the two newest finished crawls of each network. Figures count what is shown.</p> : null}
      <Loading of={answer}>{(rows) => <Answer key={query.name} answer={rows} name={query.name} />}</Loading>
    </>
  )
}

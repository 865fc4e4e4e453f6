import { useState } from "preact/hooks"
import type { QueryRow } from "../../../src/atlas/shapes/query.ts"
import { type About, useAbout, useQueries } from "../client/atlas.ts"
import { Loading } from "../parts/states.tsx"
import { FreeSql } from "../sql/free-sql.tsx"
import { NamedQuery } from "../sql/named-query.tsx"
import { own, pageHash } from "../state/store.ts"
import "../sql/sql.css"

const Catalogue = ({ isAllowed, now, queries }: { readonly queries: ReadonlyArray<QueryRow>; readonly now: QueryRow | undefined; readonly isAllowed: boolean }) => {
  const [wanted, setWanted] = useState("")
  const found = queries.filter(({ name, question, title }) => `${name} ${title} ${question}`.toLowerCase().includes(wanted.toLowerCase()))
  return (
    <nav class="catalogue" aria-label="Named queries">
      <h1>SQL</h1>
      <input type="search" aria-label="Find a query" placeholder="Find a query" value={wanted} onInput={({ currentTarget }) => setWanted(currentTarget.value)} />
      <ul>
        {isAllowed ? <li><a href={pageHash("sql")} aria-current={now === undefined ? "true" : undefined}>Free SQL</a></li> : null}
        {found.map(({ name, question, title }) => (
          <li key={name}><a href={pageHash("sql", { own: { query: name } })} title={question} aria-current={now?.name === name ? "true" : undefined}>{title}</a></li>
        ))}
      </ul>
    </nav>
  )
}

const Console = ({ about, queries }: { readonly about: About; readonly queries: ReadonlyArray<QueryRow> }) => {
  const chosen = queries.find(({ name }) => name === own("query")) ?? (about.sql ? undefined : queries[0])
  return (
    <div class="sql">
      <Catalogue queries={queries} now={chosen} isAllowed={about.sql} />
      <div class="sql-main">
        {chosen === undefined ? <FreeSql about={about} /> : <NamedQuery key={chosen.name} query={chosen} isFree={about.sql} isPublic={about.public} />}
      </div>
    </div>
  )
}

const SqlPage = () => {
  const about = useAbout()
  const queries = useQueries()
  return <Loading of={about}>{(what) => <Loading of={queries}>{(list) => <Console about={what} queries={list} />}</Loading>}</Loading>
}

export default SqlPage

import type { DictionaryTable } from "../../../src/atlas/shapes/dictionary.ts"
import { useDictionary } from "../client/atlas.ts"
import { Empty, Loading } from "../parts/states.tsx"
import { WideTable } from "../parts/wide-table.tsx"
import { own, setOwn } from "../state/store.ts"
import { counted } from "../text/format.ts"
import { shown } from "../text/display.ts"

const isFound = ({ columns, comment, name }: DictionaryTable, wanted: string): boolean =>
  [name, comment, ...columns.flatMap((column) => [column.name, column.comment])].some((text) => text.toLowerCase().includes(wanted))

const Table = ({ isOpen, of }: { readonly of: DictionaryTable; readonly isOpen: boolean }) => (
  <details open={isOpen}>
    <summary><span class="mono">{shown(of.name)}</span> <span class="tag">{of.kind}</span> <span class="quiet">{shown(of.comment, 1_000)}</span></summary>
    <WideTable>
      <table class="plain-table">
        <thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning, and what null stands for</th></tr></thead>
        <tbody>
          {of.columns.map((column) => (
            <tr key={column.name}><td class="mono">{shown(column.name)}</td><td class="mono quiet">{shown(column.type, 40)}</td><td>{shown(column.comment, 2_000)}</td></tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  </details>
)

const Content = ({ tables }: { readonly tables: ReadonlyArray<DictionaryTable> }) => {
  const wanted = own("word").trim().toLowerCase()
  const found = wanted === "" ? tables : tables.filter((table) => isFound(table, wanted))
  return (
    <>
      <div class="choices">
        <input type="search" aria-label="Search tables and columns" placeholder="A table, a column, a word of its meaning" value={own("word")} class="wide-search"
          onInput={({ currentTarget: { value } }) => setOwn({ word: value }, "replace")} />
        <span class="quiet">{wanted === "" ? `${counted(tables.length, "table")} and views` : `${found.length} of ${tables.length}`}</span>
      </div>
      {found.length === 0
        ? <Empty>No table, column or comment has that word.</Empty>
        : <div class="dictionary">{found.map((table) => <Table key={table.name} of={table} isOpen={wanted !== "" && found.length <= 4} />)}</div>}
    </>
  )
}

/** What every table and column means; the same comments are in the database. */
const DictionaryPage = () => (
  <div class="page">
    <header>
      <h1>Data dictionary</h1>
      <p>Every table, view and column that SQL can ask for, and what null stands for in it.</p>
    </header>
    <Loading of={useDictionary()} lines={12}>{(tables) => <Content tables={tables} />}</Loading>
  </div>
)

export default DictionaryPage

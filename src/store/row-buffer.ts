import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api"

/** DuckDB's vector size: rows of a data chunk. */
const chunkRows = 2048

/** Rows on their way to one table, kept by column as DuckDB takes them. */
export class RowBuffer<Name extends string = string> {
  /** For hot loops, which push to all columns themselves. */
  readonly columns: ReadonlyArray<Array<DuckDBValue>>
  readonly #names: ReadonlyArray<Name>
  readonly #types: ReadonlyArray<DuckDBType>

  constructor(columns: Readonly<Record<Name, DuckDBType>>) {
    this.#names = Object.keys(columns) as Array<Name>
    this.#types = this.#names.map((name) => columns[name])
    this.columns = this.#names.map(() => [])
  }

  get length(): number {
    return this.columns[0]!.length
  }

  add(row: Readonly<Record<Name, DuckDBValue>>): void {
    for (let i = 0; i < this.columns.length; i++) this.columns[i]!.push(row[this.#names[i]!])
  }

  /** Hands all rows to the appender; they are in its table after its `flushSync`. */
  appendTo(appender: DuckDBAppender): void {
    for (let from = 0; from < this.length; from += chunkRows) {
      const rows = Math.min(chunkRows, this.length - from)
      const chunk = DuckDBDataChunk.create(this.#types, rows)
      chunk.setColumns(rows === this.length ? this.columns : this.columns.map((c) => c.slice(from, from + rows)))
      appender.appendDataChunk(chunk)
    }
  }
}

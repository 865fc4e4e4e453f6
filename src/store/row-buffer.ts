import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api"

/** Rows on their way to one table. */
export interface PendingRows {
  readonly length: number
  /** Writes as many rows, beginning with `from`, as the chunk is set to hold. */
  readonly fill: (chunk: DuckDBDataChunk, from: number) => void
}

/** Rows on their way to one table, kept by column as DuckDB takes them. */
export class RowBuffer<Name extends string = string> implements PendingRows {
  readonly columns: ReadonlyArray<Array<DuckDBValue>>
  readonly #names: ReadonlyArray<Name>

  constructor(columns: Readonly<Record<Name, DuckDBType>>) {
    this.#names = Object.keys(columns) as Array<Name>
    this.columns = this.#names.map(() => [])
  }

  get length(): number {
    return this.columns[0]!.length
  }

  add(row: Readonly<Record<Name, DuckDBValue>>): void {
    for (let i = 0; i < this.columns.length; i++) this.columns[i]!.push(row[this.#names[i]!])
  }

  fill(chunk: DuckDBDataChunk, from: number): void {
    const rows = chunk.rowCount
    chunk.setColumns(rows === this.length ? this.columns : this.columns.map((c) => c.slice(from, from + rows)))
  }
}

/** DuckDB's vector size: rows of a data chunk. */
const chunkRows = 2048

/**
 * Appends buffered rows to one table, always through the same data chunk: a
 * chunk's memory is native, and given back only when JavaScript's collector
 * happens to run.
 */
export class TableAppender {
  readonly #appender: DuckDBAppender
  readonly #chunk: DuckDBDataChunk

  constructor(appender: DuckDBAppender, columns: Readonly<Record<string, DuckDBType>>) {
    this.#appender = appender
    this.#chunk = DuckDBDataChunk.create(Object.values(columns))
  }

  /** Adds the rows to the transaction that is open. */
  append(pending: PendingRows): void {
    for (let from = 0; from < pending.length; from += chunkRows) {
      this.#chunk.reset()
      this.#chunk.rowCount = Math.min(chunkRows, pending.length - from)
      pending.fill(this.#chunk, from)
      this.#appender.appendDataChunk(this.#chunk)
    }
    this.#appender.flushSync()
  }

  /** Forgets what was not flushed. */
  clear(): void {
    this.#appender.clear()
    this.#chunk.reset()
  }
}

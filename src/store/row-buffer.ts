import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api"
import duckdb from "@duckdb/node-bindings"
import { chunkRows, type NativeColumn, nativeColumn } from "./native-column.ts"

type ColumnTypes<Name extends string> = Readonly<Record<Name, DuckDBType>>

/**
 * What rows of one table are written into, to be used again and again: a
 * chunk's memory is native, and given back only when JavaScript's collector
 * happens to run.
 */
export class ChunkPool<Name extends string = string> {
  readonly names: ReadonlyArray<Name>
  readonly #types: ReadonlyArray<DuckDBType>
  readonly #chunks: Array<DuckDBDataChunk> = []
  readonly #columns: Array<ReadonlyArray<NativeColumn>> = []

  constructor(columns: ColumnTypes<Name>) {
    this.names = Object.keys(columns) as Array<Name>
    this.#types = Object.values(columns)
  }

  /** An empty chunk. */
  takeChunk(): DuckDBDataChunk {
    return this.#chunks.pop() ?? DuckDBDataChunk.create(this.#types)
  }

  takeColumns(): ReadonlyArray<NativeColumn> {
    return this.#columns.pop() ?? this.#types.map(nativeColumn)
  }

  giveBackChunk(chunk: DuckDBDataChunk): void {
    chunk.reset()
    this.#chunks.push(chunk)
  }

  giveBackColumns(columns: ReadonlyArray<NativeColumn>): void {
    this.#columns.push(columns)
  }
}

/** Rows on their way to one table, written into native memory as they come. */
export class RowBuffer<Name extends string = string> {
  length = 0
  readonly #pool: ChunkPool<Name>
  readonly #full: Array<DuckDBDataChunk> = []
  #open: DuckDBDataChunk | null = null
  #columns: ReadonlyArray<NativeColumn> = []
  #rows = 0

  constructor(pool: ChunkPool<Name>) {
    this.#pool = pool
  }

  add(row: Readonly<Record<Name, DuckDBValue>>): void {
    if (this.#open === null) this.#begin()
    const { names } = this.#pool
    for (let i = 0; i < names.length; i++) this.#columns[i]!.add(this.#rows, row[names[i]!])
    this.length++
    if (++this.#rows === chunkRows) this.#end()
  }

  /** Hands all rows to the table, in the transaction that is open. No row is to be added after it. */
  appendTo(appender: DuckDBAppender): void {
    if (this.#open !== null) this.#end()
    for (const chunk of this.#full) appender.appendDataChunk(chunk)
    appender.flushSync()
  }

  /** They are committed: what they were in is for others now. */
  release(): void {
    for (const chunk of this.#full.splice(0)) this.#pool.giveBackChunk(chunk)
    if (this.#columns.length > 0) this.#pool.giveBackColumns(this.#columns)
    this.#columns = []
  }

  #begin(): void {
    const chunk = this.#pool.takeChunk()
    if (this.#columns.length === 0) this.#columns = this.#pool.takeColumns()
    for (const [i, column] of this.#columns.entries()) column.begin(duckdb.data_chunk_get_vector(chunk.chunk, i))
    this.#open = chunk
    this.#rows = 0
  }

  #end(): void {
    for (const column of this.#columns) column.end(this.#rows)
    this.#open!.rowCount = this.#rows
    this.#full.push(this.#open!)
    this.#open = null
  }
}

import { Effect, FileSystem, Schema, Stream } from "effect"
import { scrubbed } from "../atlas/withholding.ts"
import { csvLine, csvText } from "../domain/csv.ts"
import { jsonText } from "../domain/json-text.ts"
import { type Column, Database, type Row } from "../store/database.ts"
import { jsonLinesQuery, Outlet } from "../store/outlet.ts"
import type { StoreError } from "../store/store-error.ts"
import { type Provenance, simulatedSentence } from "./about.ts"
import { csvCells, jsonLine } from "./row-text.ts"
import { aboutMeanings, exportTables, type ExportTable, type TableSubject } from "./tables.ts"
import { writeText, writeParts, writtenWhole } from "./write-file.ts"

/** How rows are written. */
export type TableFormat = "csv" | "jsonl" | "parquet"

const Comment = Schema.Struct({ table_name: Schema.String, column_name: Schema.String, comment: Schema.NullOr(Schema.String) })

/** What each column means: by the table's own words, else by the comment in the database. */
const meaningsFor = Effect.fnUntraced(function*({ meanings, meaningsOf }: ExportTable, columns: ReadonlyArray<Column>) {
  const database = yield* Database
  const comments = meaningsOf.length === 0
    ? []
    : yield* database.rows(
      Comment,
      `SELECT table_name, column_name, comment FROM duckdb_columns() WHERE table_name IN (${meaningsOf.map((name) => `'${name}'`).join(", ")})`
    )
  return columns.map(({ name, type }) => {
    const stored = meaningsOf.flatMap((table) => comments.filter((it) => it.table_name === table && it.column_name === name))
    return { name, type, meaning: aboutMeanings[name] ?? meanings[name] ?? stored[0]?.comment ?? "" }
  })
})

const howToRead = {
  csv: "RFC 4180, UTF-8. Nothing is null, \"\" an empty text. Lists, objects and JSON are JSON, numbers are numbers. Texts: one apostrophe in front is to be taken off, then escapes (\\n, \\u001b, \\\\) are those of a JSON string.",
  jsonl: "One JSON object a line, UTF-8; every column in every line, null for what is not known.",
  parquet: "Parquet; crawl, version, licence and level are also in the file's key-value metadata."
}

/** What stands beside a file of rows. */
const sidecar = (subject: TableSubject, format: TableFormat, rows: number | null, provenance: Provenance, columns: ReadonlyArray<unknown>) => {
  const { level, title } = exportTables[subject]
  const warning = simulatedSentence(provenance)
  return `${jsonText({
    ...(warning === null ? {} : { warning }),
    what: subject,
    title,
    level,
    ...provenance,
    ...(rows === null ? {} : { rows }),
    format: howToRead[format],
    columns
  }, 2)}\n`
}

/** Where the description of a file stands. */
export const sidecarOf = (file: string): string => `${file}.meta.json`

/**
 * Writes one subject to a file, and what it is to a file beside it. Rows are
 * read as they are written, so memory does not grow with them. Returns how many
 * there were; null for Parquet, which DuckDB writes.
 */
export const writeTable = Effect.fn("writeTable")(function*(
  subject: TableSubject,
  format: TableFormat,
  file: string,
  provenance: Provenance,
  withheld: ReadonlySet<string>
) {
  const outlet = yield* Outlet
  const table = exportTables[subject]
  const columns = yield* outlet.columns(table.sql)
  let rows: number | null = null
  const lines = { sql: table.sql, columns, withheld: provenance.audience === "local" ? null : withheld }
  if (format === "parquet") {
    const about = Object.fromEntries(Object.entries({ what: subject, level: table.level, ...provenance }).map(([key, value]) => [key, String(value)]))
    yield* writtenWhole(file, (unfinished) =>
      provenance.audience === "local" ? outlet.parquet(table.sql, unfinished, about) : scrubbedParquet(lines, unfinished, about))
  } else {
    rows = yield* writeRows(lines, format, (parts) => writeParts(file, parts))
  }
  yield* writeText(sidecarOf(file), sidecar(subject, format, rows, provenance, yield* meaningsFor(table, columns)))
  return rows
})

/** A query whose rows are written, and which hosts may not stand in them, addresses of private networks neither; null: everything may. */
interface Lines {
  readonly sql: string
  readonly columns: ReadonlyArray<Column>
  readonly withheld: ReadonlySet<string> | null
}

/** Hands the text of all rows to `write`, part by part, and counts them. */
const writeRows = Effect.fnUntraced(function*<E, R>(
  { columns, sql, withheld }: Lines,
  format: "csv" | "jsonl",
  write: (parts: Stream.Stream<string, StoreError>) => Effect.Effect<void, E, R>
) {
  const outlet = yield* Outlet
  let rows = 0
  const shown = (row: Row): Row => withheld === null ? row : scrubbed(row, withheld)
  const lines = outlet.chunks(sql).pipe(Stream.map((chunk) => {
    rows += chunk.length
    return chunk.map((row) => format === "csv" ? csvLine(csvCells(columns, shown(row))) : jsonLine(columns, shown(row))).join("")
  }))
  const head = csvLine(columns.map(({ name }) => csvText(name)))
  yield* write(format === "csv" ? Stream.concat(Stream.make(head), lines) : lines)
  return rows
})

/** Parquet of rows in which hosts are withheld: DuckDB cannot look for them, so it reads the rows back that we looked through. */
const scrubbedParquet = Effect.fnUntraced(function*(lines: Lines, file: string, about: Readonly<Record<string, string>>) {
  const outlet = yield* Outlet
  const fs = yield* FileSystem.FileSystem
  const rows = `${file}.rows`
  yield* writeRows(lines, "jsonl", (parts) => writeParts(rows, parts))
  yield* outlet.parquet(jsonLinesQuery(rows, lines.columns), file, about).pipe(
    Effect.ensuring(Effect.ignore(fs.remove(rows, { force: true })))
  )
})

import { Clock, Effect, FileSystem, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Database, type DatabaseOrigin, type Parameter, type QueryResult } from "../store/database.ts"
import { QueryCatalogue } from "../store/query-catalogue.ts"
import { bindParameters, hasHeader, looseParameters, type NamedQuery, parseQueryFile } from "../store/query-file.ts"
import { durationText } from "./duration-text.ts"
import { archiveFlag, db, positiveInteger } from "./flags.ts"
import { formatRows, type RowFormat, rowFormats } from "./format.ts"
import { usageError } from "./network.ts"
import { choice, nullable, repeated, text } from "./option.ts"
import { Output } from "./output.ts"

/** What is to be run: the SQL, its parameter values, and what to say beside the rows. */
interface Asked {
  readonly sql: string
  readonly parameters: Record<string, Parameter>
  readonly about: NamedQuery | null
}

/** `key=value` texts as a record; a text without `=` is wrong usage. */
const givenParameters = Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
  const given: Record<string, string> = {}
  for (const text of texts) {
    const at = text.indexOf("=")
    if (at < 1) return yield* usageError(`--param ${text}: expected key=value.`)
    given[text.slice(0, at)] = text.slice(at + 1)
  }
  return given
})

/** Values for a query's parameters; a wrong one is wrong usage. */
const bound = (about: NamedQuery, given: Record<string, string>) =>
  Effect.mapError(bindParameters(about, given), (error) =>
    error.reason === "bad parameter" ? usageError(error.message) : error)

/** A query with its values. `--network NAME` is the parameter `network` of queries that have one. */
const askedByName = Effect.fnUntraced(function*(about: NamedQuery, given: Record<string, string>, network: string | null) {
  const takesNetwork = network !== null && about.parameters.some(({ name }) => name === "network")
  const parameters = yield* bound(about, takesNetwork ? { network, ...given } : given)
  return { sql: about.sql, parameters, about } satisfies Asked
})

const fromFile = Effect.fnUntraced(function*(file: string, given: Record<string, string>, network: string | null) {
  const fs = yield* FileSystem.FileSystem
  const sql = yield* fs.readFileString(file).pipe(
    Effect.catch(() => usageError(`There is no SQL file ${file} that can be read.`))
  )
  if (!hasHeader(sql)) return { sql, parameters: looseParameters(given), about: null } satisfies Asked
  const about = yield* Effect.fromResult(parseQueryFile(file, sql))
  return yield* askedByName(about, given, network)
})

const asked = Effect.fnUntraced(function*(input: { readonly name: string | null; readonly sql: string | null; readonly param: ReadonlyArray<string>; readonly network: string | null }) {
  const given = yield* givenParameters(input.param)
  if (input.sql !== null) {
    if (input.name !== null) return yield* usageError("Give either a name, a file, or --sql TEXT.")
    return { sql: input.sql, parameters: looseParameters(given), about: null } satisfies Asked
  }
  if (input.name === null) return null
  if (input.name.endsWith(".sql")) return yield* fromFile(input.name, given, input.network)
  const about = yield* Effect.flatMap(QueryCatalogue, (catalogue) => catalogue.find(input.name!)).pipe(
    Effect.mapError((error) => error.reason === "not found" ? usageError(error.message) : error)
  )
  return yield* askedByName(about, given, input.network)
})

const catalogueRows = (list: ReadonlyArray<NamedQuery>): QueryResult => ({
  columns: ["name", "question", "level", "parameters"].map((name) => ({ name, type: "VARCHAR" })),
  rows: list.map(({ level, name, parameters, question }) => ({
    name,
    question,
    level,
    parameters: parameters.map((p) => p.name).join(", ")
  })),
  truncated: false
})

/** Said on stderr when a snapshot answers, so that nobody takes old rows for new ones. */
const originNote = (origin: DatabaseOrigin, now: number): string | null =>
  origin.kind === "file"
    ? null
    : `A crawl is writing to the database: answering from its snapshot${
      origin.publishedAt === null ? "" : `, ${durationText(now - origin.publishedAt)} old`
    }.\n`

const Networks = Schema.Struct({ networks: Schema.Array(Schema.String), all: Schema.Boolean })

/**
 * Said on stderr whenever the file holds simulated crawls: no answer from it,
 * not even an empty one, may be taken for a finding about real servers.
 */
const simulatedNote = Effect.map(
  Effect.flatMap(Database, (database) =>
    database.rows(Networks, `
      SELECT coalesce(list(DISTINCT network ORDER BY network) FILTER (simulated), []) AS networks,
        coalesce(bool_and(simulated), false) AS all
      FROM crawl`)),
  ([row]) =>
    row === undefined || row.networks.length === 0
      ? null
      : row.all
      ? `SIMULATED: all crawls in this file are of invented networks (${row.networks.join(", ")}): no findings.`
      : `SIMULATED: some crawls in this file are of invented networks (${row.networks.join(", ")}).`
)

export const queryCommand = Command.make("query", {
  name: Argument.String("NAME|FILE.sql").pipe(
    Argument.withDescription("A named query, or a file; without it the catalogue is listed."),
    Argument.optional,
    Argument.map(Option.getOrNull)
  ),
  db,
  archive: archiveFlag,
  sql: nullable(text("sql", "Run this SQL text (one SELECT; the database is read-only).").pipe(Flag.withMetavar("TEXT"))),
  network: nullable(text("network", "Only this network, for named queries (their parameter network).").pipe(Flag.withMetavar("NAME"))),
  param: repeated("param", "Value of a parameter $key.").pipe(Flag.withMetavar("key=value")),
  format: choice("format", rowFormats, "How rows are written; json is one array on stdout and nothing else.").pipe(
    Flag.withDefault("table" as RowFormat)
  ),
  maxRows: nullable(positiveInteger("max-rows", "Read at most so many rows.")),
  timeout: positiveInteger("query-timeout", "Seconds until a query is stopped (default 300).").pipe(Flag.withDefault(300))
}, Effect.fn("query")(function*(input) {
  const output = yield* Output
  const what = yield* asked(input)
  // A table on a terminal is read by a person; redirected, nothing may be lost in it.
  const rendered = (result: QueryResult) =>
    formatRows(result, input.format, output.stdoutIsTerminal ? { cellLimit: 60 } : {})
  if (what === null) {
    const list = yield* Effect.map(QueryCatalogue, (catalogue) => catalogue.list)
    yield* output.stdout(rendered(catalogueRows(list)))
    if (input.format === "table") yield* output.stderr(`\nRun one with: ${output.command} query NAME [--param key=value] [--format json]\n`)
    return
  }
  yield* Effect.gen(function*() {
    const database = yield* Database
    const note = originNote(database.origin, yield* Clock.currentTimeMillis)
    if (note !== null) yield* output.stderr(note)
    const result = yield* database.query(what.sql, what.parameters, {
      timeoutMs: input.timeout * 1000,
      ...(input.maxRows === null ? {} : { maxRows: input.maxRows })
    })
    if (what.about !== null && input.format === "table") {
      const { caveat, level, question, title } = what.about
      yield* output.stderr(`${title}: ${question}\nCounted: ${level}.${caveat === null ? "" : ` ${caveat}`}\n\n`)
    }
    const simulated = yield* simulatedNote
    if (simulated !== null) yield* output.stderr(`${output.style.warning(simulated)}\n`)
    yield* output.stdout(rendered(result))
    if (result.truncated) yield* output.stderr(`Only the first ${result.rows.length} rows; --max-rows sets the bound.\n`)
  }).pipe(Effect.provide(Database.layer(input.db, { archive: input.archive })))
}, Effect.provide(QueryCatalogue.layer))).pipe(
  Command.withDescription("A named query, a file or a text, read-only; without arguments the catalogue."),
  Command.withExamples([
    { command: "observatory query", description: "List the named queries" },
    { command: "observatory query software --format md", description: "Run one, as a Markdown table" },
    { command: "observatory query --sql \"SELECT count(*) FROM server_metadata\"", description: "Ask anything" }
  ])
)

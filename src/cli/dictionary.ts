import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Database, type QueryResult } from "../store/database.ts"
import { type DictionaryEntry, dictionaryOfDatabase, newestDictionary } from "../store/dictionary.ts"
import { formatRows, type RowFormat, rowFormats } from "./format.ts"
import { usageError } from "./network.ts"
import { choice, nullable, text } from "./option.ts"
import { Output } from "./output.ts"

const columns = ["name", "kind", "level", "column", "type", "meaning", "null_meaning"] as const

const rowsOf = (entries: ReadonlyArray<DictionaryEntry>): QueryResult => ({
  columns: columns.map((name) => ({ name, type: "VARCHAR" })),
  rows: entries.map(({ nullMeaning, ...rest }) => ({ ...rest, null_meaning: nullMeaning })),
  truncated: false
})

export const dictionaryCommand = Command.make("dictionary", {
  name: Argument.String("NAME").pipe(
    Argument.withDescription("A table or a view; without it all of them."),
    Argument.optional,
    Argument.map(Option.getOrNull)
  ),
  db: nullable(text("db", "Describe this database file; without it what this program would make.").pipe(Flag.withMetavar("FILE"))),
  format: choice("format", rowFormats, "How rows are written (default md).").pipe(Flag.withDefault("md" as RowFormat))
}, Effect.fn("dictionary")(function*(input) {
  const output = yield* Output
  const entries = yield* input.db === null
    ? newestDictionary
    : dictionaryOfDatabase.pipe(Effect.provide(Database.layer(input.db)))
  const wanted = input.name === null ? entries : entries.filter(({ name }) => name === input.name)
  if (wanted.length === 0) return yield* usageError(`There is no table and no view ${input.name}.`)
  // Definitions are worth nothing cut, on a terminal neither.
  yield* output.stdout(formatRows(rowsOf(wanted), input.format, { cellLimit: Number.POSITIVE_INFINITY }))
})).pipe(
  Command.withDescription("What every table, view and column means: its type, at which level a row counts, what null stands for."),
  Command.withExamples([
    { command: "observatory dictionary server_metadata", description: "The metadata schema" },
    { command: "observatory dictionary --format csv > dictionary.csv", description: "All of it, for a spreadsheet" }
  ])
)

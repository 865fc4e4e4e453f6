import { userInfo } from "node:os"
import { Effect, Layer, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { forDisplay } from "../domain/display.ts"
import { Database } from "../store/database.ts"
import { type Note, NoteBook, networksOfHost, readNotes } from "../store/notes.ts"
import { db } from "./flags.ts"
import { formatRows, type RowFormat, rowFormats } from "./format.ts"
import { usageError } from "./network.ts"
import { choice, integer, nullable, text, toggle } from "./option.ts"
import { Output } from "./output.ts"

/** What the system calls its user; a container may not know him. */
const systemUser = (): string => {
  try {
    return userInfo().username
  } catch {
    return "unknown"
  }
}

const columns = ["note", "network", "host", "author", "written_at", "text"]

const shown = (notes: ReadonlyArray<Note>, format: RowFormat, cellLimit: number) =>
  formatRows({
    columns: columns.map((name) => ({ name, type: "VARCHAR" })),
    rows: notes.map(({ author, host, network, noteId, text, writtenAt }) => ({ note: noteId, network, host, author, written_at: writtenAt, text }))
  }, format, { cellLimit })

/** The network that is meant: the only one that knows the host, unless one is named. */
const networkOf = Effect.fnUntraced(function*(file: string, host: string, named: string | null) {
  const networks = yield* networksOfHost(host).pipe(Effect.provide(Database.layer(file)))
  if (networks.length === 0) return yield* usageError(`No crawl in ${file} knows a server ${host}.`)
  if (named !== null) {
    return networks.includes(named) ? named : yield* usageError(`No crawl of ${named} in ${file} knows a server ${host}; known in ${networks.join(", ")}.`)
  }
  return networks.length === 1
    ? networks[0]!
    : yield* usageError(`${host} is known in ${networks.join(" and ")}: say which with --network.`)
})

const optional = (argument: Argument.Argument<string>, description: string) =>
  argument.pipe(Argument.withDescription(description), Argument.optional, Argument.map(Option.getOrNull))

export const noteCommand = Command.make("note", {
  server: optional(Argument.String("SERVER"), "Host of a server; without a text its notes are listed, without a host all notes."),
  text: optional(Argument.String("TEXT"), "What is to be remembered about it."),
  db,
  network: nullable(text("network", "Network of the server, where several know the host.").pipe(Flag.withMetavar("NAME"))),
  author: nullable(text("author", "Who writes it (default: the name of the system's user).").pipe(Flag.withMetavar("NAME"))),
  remove: nullable(integer("remove", "Remove the note of this number.").pipe(Flag.withMetavar("N"))),
  list: toggle("list", "List notes; done anyway where there is nothing to write.", false),
  format: choice("format", rowFormats, "How notes are listed.").pipe(Flag.withDefault("table" as RowFormat))
}, Effect.fn("note")(function*(input) {
  const output = yield* Output
  const book = NoteBook.layer(input.db)
  if (input.remove !== null) {
    if (input.server !== null) return yield* usageError("--remove N needs no server.")
    const noteId = input.remove
    yield* Effect.flatMap(NoteBook, ({ remove }) => remove(noteId)).pipe(
      Effect.provide(book),
      Effect.mapError((error) => error.reason === "not found" ? usageError(error.message) : error)
    )
    return yield* output.stderr(`Note ${noteId} is removed.\n`)
  }
  if (input.server === null || input.text === null || input.list) {
    const notes = yield* readNotes.pipe(Effect.provide(Database.layer(input.db)))
    const wanted = notes.filter(({ host, network }) =>
      (input.server === null || host === input.server) && (input.network === null || network === input.network))
    return yield* output.stdout(shown(wanted, input.format, output.stdoutIsTerminal ? 60 : Number.POSITIVE_INFINITY))
  }
  if (input.text.trim() === "" || input.text.length > 10_000) return yield* usageError("A note has 1 to 10,000 characters.")
  const network = yield* networkOf(input.db, input.server, input.network)
  const note = { network, host: input.server, author: input.author ?? systemUser(), text: input.text }
  const { noteId } = yield* Effect.flatMap(NoteBook, ({ add }) => add(note)).pipe(Effect.provide(Layer.fresh(book)))
  yield* output.stderr(`Note ${noteId} about ${forDisplay(note.host)} (${network}).\n`)
})).pipe(
  Command.withDescription("Writes a note about a server: with author and date, kept by later crawls and analyses; lists and removes notes."),
  Command.withExamples([
    { command: "observatory note electrum.example.org \"Run by a friend, asked at a meet-up\"", description: "Write one" },
    { command: "observatory note electrum.example.org", description: "Read those about it" },
    { command: "observatory note --remove 3", description: "Remove one" }
  ])
)

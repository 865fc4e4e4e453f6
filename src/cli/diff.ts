import { Effect, Layer } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Atlas } from "../atlas/atlas.ts"
import { changeOfSides, inOrder, readChange, readSide, spanOf } from "../atlas/changes/read-change.ts"
import { Database } from "../store/database.ts"
import { chosenCrawl } from "./chosen-crawl.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { diffText } from "./diff-text.ts"
import { archiveFlag, db, networkFlags } from "./flags.ts"
import { type RowFormat, rowFormats } from "./format.ts"
import { usageError } from "./network.ts"
import { choice } from "./option.ts"
import { Output } from "./output.ts"

/** Which crawl an argument names: one of `--db` by its number, or the latest of another file. */
interface Side {
  readonly file: string
  readonly archive: string | null
  readonly crawl: number | null
}

const sideOf = (text: string, file: string, archive: string | null): Side =>
  /^\d+$/.test(text) ? { file, archive, crawl: Number(text) } : { file: text, archive: null, crawl: null }

const within = ({ archive, file }: Side) => Effect.provide(Atlas.layer.pipe(Layer.provideMerge(Database.layer(file, { archive }))))

const crawlOf = Effect.fnUntraced(function*({ crawl }: Side, network: Parameters<typeof chosenCrawl>[0]) {
  const atlas = yield* Atlas
  return yield* crawl === null ? Effect.flatMap(atlas.crawls, (crawls) => chosenCrawl(network, crawls)) : atlas.crawl(crawl)
})

const side = (name: string) =>
  Argument.String(name).pipe(Argument.withDescription("Number of a crawl of --db, or another database file, whose latest crawl is taken."))

export const diffCommand = Command.make("diff", {
  a: side("A"),
  b: side("B"),
  db,
  archive: archiveFlag,
  ...networkFlags,
  format: choice("format", rowFormats, "How it is written; json is one document, csv and jsonl one row a change.").pipe(Flag.withDefault("table" as RowFormat))
}, Effect.fn("diff")(function*(input) {
  const output = yield* Output
  const [a, b] = [sideOf(input.a, input.db, input.archive), sideOf(input.b, input.db, input.archive)]
  if (a.file === b.file && (a.crawl === null || b.crawl === null)) {
    return yield* usageError("Both are the same file: name two crawls of it by number.")
  }
  const first = yield* crawlOf(a, input).pipe(within(a))
  const second = yield* crawlOf(b, { network: first.network, chainFile: null }).pipe(within(b))
  const change = yield* a.file === b.file
    ? readChange(first, second.crawlId).pipe(within(a))
    : Effect.gen(function*() {
      const [before, after] = yield* inOrder(first, second, false)
      const { from, to } = spanOf(before, after)
      const read = (crawl: typeof before) => readSide(crawl, from, to).pipe(within(crawl === first ? a : b))
      return changeOfSides(yield* read(before), yield* read(after))
    })
  if (first.simulated) yield* output.stderr(`${output.style.warning(simulatedNotice(first.network))}\n`)
  yield* output.stdout(diffText(change, first, input.format))
})).pipe(
  Command.withDescription("What changed between two crawls: servers that appeared, vanished, moved, changed key or software, and who did so together."),
  Command.withExamples([
    { command: "observatory diff 3 4", description: "Two crawls of observatory.duckdb" },
    { command: "observatory diff home.duckdb away.duckdb --format md", description: "The latest crawls of two files, as Markdown" }
  ])
)

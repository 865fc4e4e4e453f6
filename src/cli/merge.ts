import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { mergeObservers } from "../crawl/merge-observers.ts"
import type { Merged } from "../store/merge/merge-archives.ts"
import { counted } from "../atlas/figure-text.ts"
import { db } from "./flags.ts"
import { Output } from "./output.ts"

const linesOf = ({ joint, known, read, unread }: Merged): ReadonlyArray<string> => [
  `${counted(read, "crawl")} read${known === 0 ? "" : `, ${known} had been read before`}.`,
  ...unread.map(({ folder, why }) => `Not read, and left to the next merge: ${why.includes(folder) ? why : `${folder}: ${why}`}`),
  ...joint.map(({ crawlId, made, members, network, vantages }) =>
    `Crawl ${crawlId} of ${network} is made of crawls ${members.join(", ")} (${vantages.join(", ")})${made ? "" : ", as before"}.`),
  ...(joint.length === 0 ? ["No network has finished crawls of two observers within a day: no joint crawl was made."] : [])
]

/** Reads archives of observers into a database and says what came of it. */
export const mergeInto = Effect.fnUntraced(function*(database: string, archives: ReadonlyArray<string>) {
  const output = yield* Output
  yield* output.stderr(linesOf(yield* mergeObservers(database, archives)).map((line) => `${line}\n`).join(""))
})

export const mergeCommand = Command.make("merge", {
  archives: Argument.String("DIR").pipe(
    Argument.withDescription("Archive of an observer, as its crawl --archive wrote it."),
    Argument.variadic({ min: 1 })
  ),
  db
}, Effect.fn("merge")(function*(input) {
  yield* mergeInto(input.db, input.archives)
})).pipe(
  Command.withDescription("Reads archives of several observers into one database: each endpoint once, whoever met it, and one joint crawl to analyse."),
  Command.withExamples([
    { command: "observatory merge home/archive away/archive --db all.duckdb", description: "Then: analyze, query differences-between-vantages" }
  ])
)

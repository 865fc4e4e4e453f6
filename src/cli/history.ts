import { basename, resolve } from "node:path"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { readListHistory } from "../discovery/history/list-history.ts"
import { forDisplay } from "../domain/display.ts"
import { ListHistories } from "../store/list-histories.ts"
import { db } from "./flags.ts"
import { usageError } from "./network.ts"
import { nullable, text } from "./option.ts"
import { Output } from "./output.ts"

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)

const importCommand = Command.make("import", {
  folder: Argument.String("DIR").pipe(Argument.withDescription("Checkout of a git repository that keeps a list of servers.")),
  db,
  name: nullable(text("list-name", "What the list is called (default: where the repository came from, else its folder).").pipe(Flag.withMetavar("NAME"))),
  path: nullable(text("list-path", "A list at another path in the repository; needs --list-network.").pipe(Flag.withMetavar("PATH"))),
  network: nullable(text("list-network", "Network of that list.").pipe(Flag.withMetavar("NAME")))
}, Effect.fn("history import")(function*(input) {
  if ((input.path === null) !== (input.network === null)) return yield* usageError("--list-path and --list-network go together.")
  const output = yield* Output
  const history = yield* readListHistory(input.folder, input.path === null ? null : { path: input.path, network: input.network! })
  const list = input.name ?? history.origin ?? basename(resolve(input.folder))
  yield* Effect.flatMap(ListHistories, ({ replace }) =>
    replace({ list, head: history.head, commits: history.commits, paths: history.paths, names: history.listed })).pipe(
      Effect.provide(ListHistories.layer(input.db))
    )
  const networks = [...new Set(history.listed.map(({ network }) => network))]
  const lines = networks.map((network) => {
    const names = history.listed.filter((name) => name.network === network)
    const still = names.filter(({ removed }) => removed === null)
    const first = Math.min(...names.map(({ first }) => first.at))
    return `  ${network}: ${names.length} hosts since ${day(first)}, ${still.length} of them still listed\n`
  })
  yield* output.stdout(
    `${forDisplay(list, 200)}: ${history.commits} commits changed a list, read up to ${history.head.hash.slice(0, 12)} of ${day(history.head.at)}.\n${lines.join("")}`
  )
})).pipe(
  Command.withDescription("Reads the history of a list (a wallet's servers.json, ElectrumX's coins.py): who has been on it since when. Needs git; nothing is fetched and nothing in the checkout is run."),
  Command.withExamples([
    { command: "observatory history import ~/src/electrum", description: "Who has been on the wallet's list since when" },
    { command: "observatory query names-on-lists", description: "Then ask" }
  ])
)

export const historyCommand = Command.make("history").pipe(
  Command.withDescription("The past of public lists of servers."),
  Command.withSubcommands([importCommand])
)

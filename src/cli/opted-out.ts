import { Effect } from "effect"
import { readExclusions } from "../discovery/read-exclusions.ts"
import { Output } from "./output.ts"

/** Whether the operator of a host asked to be left out, by the lists of `--exclude`; fails where one cannot be read. */
export const readOptedOut = Effect.fnUntraced(function*(sources: ReadonlyArray<string>) {
  const output = yield* Output
  const lists = yield* Effect.forEach(sources, readExclusions)
  for (const line of lists.flatMap(({ unreadable }) => unreadable)) yield* output.stderr(`cannot read the opt-out entry ${line}\n`)
  return (host: string): boolean => lists.some(({ excludes }) => excludes(host, []) !== undefined)
})

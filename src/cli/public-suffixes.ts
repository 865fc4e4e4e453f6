import { Effect, FileSystem } from "effect"
import { Flag } from "effect/cli"
import { parsePublicSuffixes } from "../analysis/traits/registrable-domain.ts"
import { usageError } from "./network.ts"
import { repeated } from "./option.ts"

/** Which files of suffixes to read. Its twins are not those of `simnet --public-suffixes`, which writes such a file. */
export const publicSuffixesFlag = repeated(
  "public-suffixes",
  "Domains under which strangers have names, in the form of the Public Suffix List: hosters' own, beside those of the list.",
  "analyze-public-suffixes"
).pipe(Flag.withMetavar("FILE"))

/** The rules of such files. One that cannot be read is wrong usage. */
export const readPublicSuffixes = Effect.fnUntraced(function*(files: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const rules = yield* Effect.forEach(files, (file) =>
    fs.readFileString(file).pipe(
      Effect.map(parsePublicSuffixes),
      Effect.catch(() => usageError(`There is no file of public suffixes ${file} that can be read.`))
    ))
  return rules.flat()
})

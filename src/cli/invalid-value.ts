import { type CliError, CliOutput } from "effect/cli"
import type { TwinValues } from "./config-file.ts"
import { usageError } from "./network.ts"
import { environmentName } from "./option.ts"

/** What Effect's schemas expect, in words for people. */
const words: ReadonlyArray<readonly [RegExp, string]> = [
  [/^SchemaError\(([^]*)\)$/, "$1"],
  [/^Schema validation failed: /, ""],
  [/\n {2}at \["[^"]*"\]$/, ""],
  [/^Expected:? /, ""],
  [/a string representing a finite number/, "a number"],
  [/an integer/, "a whole number"]
]

const isGiven = (argv: ReadonlyArray<string>, flag: string): boolean =>
  argv.some((argument) => argument === `--${flag}` || argument === `--no-${flag}` || argument.startsWith(`--${flag}=`))

/**
 * A value that is not usable, told in one sentence that names where it stands: the
 * flag, its environment twin, or the key of the config file. Other errors are as they were.
 */
const toldWhere = (argv: ReadonlyArray<string>, twins: TwinValues) => (error: CliError.CliError): CliError.CliError => {
  if (error._tag !== "InvalidValue" || error.kind !== "flag" || error.value === "") return error
  const expected = words.reduce((text, [what, instead]) => text.replace(what, instead), error.expected)
  const told = (where: string, value: string) => usageError(`Invalid value for ${where}: ${JSON.stringify(value)}. Expected ${expected}.`)
  if (isGiven(argv, error.option)) return told(`flag --${error.option}`, error.value)
  // A twin that is not called like its flag stands in what its schema says.
  const name = /at \["([^"]+)"\]/.exec(error.expected)?.[1] ?? environmentName(error.option)
  const twin = twins.get(name)
  return twin === undefined ? error : told(twin.where, twin.value)
}

/** Presents help and errors as Effect's command line does, with wrong values told by where they stand. */
export const invalidValuePresenter = (argv: ReadonlyArray<string>, twins: TwinValues) =>
  CliOutput.layerPresenter({
    present: (event) =>
      CliOutput.defaultPresenter.present(
        event._tag === "InvalidInvocation" ? { ...event, errors: event.errors.map(toldWhere(argv, twins)) as typeof event.errors } : event
      )
  })

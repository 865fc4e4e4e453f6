import { Cause, Exit, Option } from "effect"
import { CliError } from "effect/cli"

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted after saving. */
export const exitCodeOf = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return 0
  if (Cause.hasInterruptsOnly(exit.cause)) return 130
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (!CliError.isCliError(error)) return 1
  // Asking for help is no error; everything else Effect's parser reports is usage.
  return error._tag === "ShowHelp" && error.errors.length === 0 ? 0 : 2
}

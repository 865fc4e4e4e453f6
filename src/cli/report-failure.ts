import { Cause, Effect, Option, Predicate } from "effect"
import { CliError } from "effect/cli"
import { forDisplay } from "../domain/display.ts"
import { Output } from "./output.ts"

/** Says in one sentence what failed. What Effect's command line has said already is not said again. */
export const reportFailure = Effect.fnUntraced(function*(cause: Cause.Cause<unknown>) {
  if (Cause.hasInterruptsOnly(cause)) return
  const output = yield* Output
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (CliError.isCliError(error)) return
  const message = Predicate.hasProperty(error, "message") && typeof error.message === "string" ? error.message : undefined
  // An error may quote what a server sent: a value that a query could not convert, a banner.
  const lines = (message ?? Cause.pretty(cause)).split("\n").map((line) => forDisplay(line, 2_000))
  yield* output.stderr(`observatory: ${lines.join("\n")}\n`)
})

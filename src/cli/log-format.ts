import { Context, Effect, Logger } from "effect"
import { Flag, GlobalFlag } from "effect/cli"
import { choice } from "./option.ts"
import { Output } from "./output.ts"

/** How log lines are written; a setting of every command. */
export const LogFormat = GlobalFlag.Setting("log-format")({
  flag: choice("log-format", ["logfmt", "json"], "How log lines are written to standard error, one an event; default logfmt.").pipe(
    Flag.withDefault("logfmt" as const)
  )
})

const formats = { logfmt: Logger.formatLogFmt, json: Logger.formatJson } as const

/** Writes log lines to standard error, where they never mix with data, in the format that the command was given. */
export const stderrLogger = Logger.withConsoleError(
  Logger.make<unknown, string>((options) => formats[Context.getOrElse(options.fiber.context, LogFormat, () => "logfmt" as const)].log(options))
)

/** For processes that run for weeks: what is told to people becomes log lines, with time and level. */
export const loggedOutput = Effect.map(Output, (output) =>
  Output.of({ ...output, stderr: (text) => Effect.forEach(text.split("\n").filter((line) => line !== ""), (line) => Effect.logInfo(line), { discard: true }) }))

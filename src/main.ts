// Each by its own file: through the package's index a bundle has all in the piece that every command loads, web server included.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Layer, Logger, References } from "effect"
import { Command } from "effect/cli"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { configFileName, configProvider } from "./cli/config-file.ts"
import { exitCodeOf } from "./cli/exit-code.ts"
import { stderrLogger } from "./cli/log-format.ts"
import { invalidValuePresenter } from "./cli/invalid-value.ts"
import { logLevelOf } from "./cli/log-level.ts"
import { knownFlags } from "./cli/option.ts"
import { observatory } from "./cli/observatory.ts"
import { Output } from "./cli/output.ts"
import { reportFailure } from "./cli/report-failure.ts"
import { unknownTwins, unknownTwinText } from "./cli/unknown-twins.ts"
import { version } from "./version.ts"

const argv = process.argv.slice(2)

const program = Effect.gen(function*() {
  const output = yield* Output
  // A config file may have values for flags of every command, and so may the environment.
  let command = yield* Effect.promise(() => observatory(configFileName(argv, process.env) === undefined ? argv[0] : undefined))
  // Flags are known once the command that has them is read: what one command does not know another may.
  const unknown = () => unknownTwins(process.env, knownFlags())
  if (unknown().length > 0) command = yield* Effect.promise(() => observatory())
  for (const name of unknown()) yield* output.stderr(`observatory: ${unknownTwinText(name, knownFlags())}\n`)
  const [{ provider, twins }, level] = yield* configProvider(argv, process.env, knownFlags()).pipe(
    Effect.flatMap((values) => Effect.map(logLevelOf(values.provider), (level) => [values, level] as const)),
    Effect.tapError((error) => output.stderr(`observatory: ${error.message}\n`))
  )
  yield* Command.runWith(command, { version })(argv).pipe(
    Effect.provideService(References.MinimumLogLevel, level),
    Effect.provide(Layer.merge(ConfigProvider.layer(provider), invalidValuePresenter(argv, twins)))
  )
}).pipe(
  Effect.tapCause(reportFailure),
  Effect.provide(Layer.mergeAll(
    NodeServices.layer,
    FetchHttpClient.layer,
    Output.layer,
    Logger.layer([stderrLogger])
  ))
)

// The first signal drains and saves; who sends a second one wants out. A terminal
// gives its Ctrl-C to the launcher as well, which passes it on: that is one signal, not two.
let firstAt: number | undefined
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    firstAt ??= process.uptime()
    if (process.uptime() - firstAt > 0.5) process.exit(130)
  })
}

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(exitCodeOf(exit))
})

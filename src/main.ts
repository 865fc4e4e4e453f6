import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, ConfigProvider, Effect, Layer, Logger, Option, References } from "effect"
import { Command } from "effect/cli"
import { configProvider } from "./cli/config-file.ts"
import { exitCodeOf } from "./cli/exit-code.ts"
import { environmentName, knownFlags } from "./cli/option.ts"
import { observatory } from "./cli/observatory.ts"
import { Output } from "./cli/output.ts"
import { reportFailure } from "./cli/report-failure.ts"
import { version } from "./version.ts"

const argv = process.argv.slice(2)

const program = Effect.gen(function*() {
  const output = yield* Output
  const provider = yield* configProvider(argv, process.env, knownFlags()).pipe(
    Effect.tapError((error) => output.stderr(`observatory: ${error.message}\n`))
  )
  const level = yield* Config.LogLevel(environmentName("log-level")).pipe(
    Config.option,
    Effect.provideService(ConfigProvider.ConfigProvider, provider)
  )
  yield* Command.runWith(observatory, { version })(argv).pipe(
    Effect.provideService(References.MinimumLogLevel, Option.getOrElse(level, () => "Info" as const)),
    Effect.provide(ConfigProvider.layer(provider))
  )
}).pipe(
  Effect.tapCause(reportFailure),
  Effect.provide(Layer.mergeAll(
    NodeServices.layer,
    NodeHttpClient.layerFetch,
    Output.layer,
    // Logs never mix with data on stdout.
    Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])
  ))
)

// The first signal drains and saves; who sends a second one wants out.
let signals = 0
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (++signals > 1) process.exit(130)
  })
}

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(exitCodeOf(exit))
})

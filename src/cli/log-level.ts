import { Config, ConfigProvider, Effect, LogLevel, Option } from "effect"
import { usageError } from "./network.ts"
import { environmentName } from "./option.ts"

/** The least level logged, by the twins of Effect's own `--log-level`, which wins over it; `Info` by default. */
export const logLevelOf = Effect.fnUntraced(function*(provider: ConfigProvider.ConfigProvider) {
  const name = environmentName("log-level")
  const level = yield* Config.LogLevel(name).pipe(
    Config.option,
    Effect.provideService(ConfigProvider.ConfigProvider, provider),
    Effect.mapError(() => usageError(`${name}: expected one of ${LogLevel.values.join(", ")}.`))
  )
  return Option.getOrElse(level, (): LogLevel.LogLevel => "Info")
})

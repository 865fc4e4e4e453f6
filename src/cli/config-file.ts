import { ConfigProvider, Effect, FileSystem, Schema } from "effect"
import { Flag } from "effect/cli"
import { nearestName } from "../store/nearest-name.ts"
import { usageError } from "./network.ts"
import { environmentName, nullable, text } from "./option.ts"

/** Declared so that help and completion know it; its value is read before the flags are. */
export const configFlag = nullable(
  text("config", "JSON file with values for flags, e.g. {\"concurrency\": 16}.").pipe(Flag.withMetavar("FILE"))
)

const Scalar = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])

/** `{"concurrency": 16, "seed": ["host:50002:s"]}`: flag names as keys, lists for repeatable flags. */
const ConfigFile = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Union([Scalar, Schema.Array(Scalar)])))

/** `--config FILE` as given on the command line, else `OBSERVATORY_CONFIG`; read before flags are, because it feeds them. */
export const configFileName = (argv: ReadonlyArray<string>, env: Record<string, string | undefined>): string | undefined => {
  for (const [index, argument] of argv.entries()) {
    if (argument === "--") break
    if (argument === "--config") return argv[index + 1]
    if (argument.startsWith("--config=")) return argument.slice("--config=".length)
  }
  return env["OBSERVATORY_CONFIG"] || undefined
}

/** What the environment and a config file say, by environment name, and where it stands in words. */
export type TwinValues = ReadonlyMap<string, { readonly where: string; readonly value: string }>

/** Where flags look when they are not given: environment first, then the config file; and what stands there. */
export const configProvider = Effect.fnUntraced(function*(
  argv: ReadonlyArray<string>,
  env: Record<string, string | undefined>,
  knownFlags: ReadonlySet<string>
) {
  const given = definedOnly(env)
  const environment = ConfigProvider.fromEnv({ env: given })
  const inEnvironment = Object.entries(given).flatMap(([name, value]) =>
    name.startsWith("OBSERVATORY_") ? [[name, { where: name, value }] as const] : [])
  const file = configFileName(argv, env)
  if (file === undefined) return { provider: environment, twins: new Map(inEnvironment) as TwinValues }
  const fs = yield* FileSystem.FileSystem
  const content = yield* fs.readFileString(file).pipe(
    Effect.mapError((error) => usageError(`Cannot read the config file ${file}: ${error.message}`))
  )
  const values = yield* Schema.decodeEffect(ConfigFile)(content).pipe(
    Effect.mapError((error) => usageError(`The config file ${file} is not usable: ${error.message}`))
  )
  const unknown = Object.keys(values).filter((key) => !knownFlags.has(key))
  if (unknown.length > 0) {
    const told = unknown.map((key) => {
      const meant = nearestName(key, [...knownFlags])
      return meant === undefined ? key : `${key} (did you mean ${meant}?)`
    })
    return yield* usageError(
      `The config file ${file} names unknown flags: ${told.join(", ")}. Keys are flag names without dashes in front, e.g. "max-endpoints".`
    )
  }
  const named = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      environmentName(key),
      Array.isArray(value) ? value.map((item) => `${item}\n`).join("") : String(value)
    ])
  )
  const inFile = Object.entries(values).map(([key, value]) =>
    [environmentName(key), { where: `"${key}" in ${file}`, value: Array.isArray(value) ? value.join(", ") : String(value) }] as const)
  return {
    provider: ConfigProvider.orElse(environment, ConfigProvider.fromEnv({ env: named })),
    twins: new Map([...inFile, ...inEnvironment]) as TwinValues
  }
})

const definedOnly = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]))

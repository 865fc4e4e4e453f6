import { Config, Option } from "effect"
import { Flag } from "effect/cli"

/** The environment twin of a flag: `--max-endpoints` is `OBSERVATORY_MAX_ENDPOINTS`. */
export const environmentName = (flag: string): string => `OBSERVATORY_${flag.toUpperCase().replaceAll("-", "_")}`

// Effect's own flag has no description of ours, but twins like all the others (`log-level.ts`).
const names = new Set(["log-level"])

/** Every flag with twins, for checking the keys of a config file. */
export const knownFlags = (): ReadonlySet<string> => names

/** Names a flag whose twins are not called like it. */
export const twinnedAs = (twin: string): string => {
  names.add(twin)
  return environmentName(twin)
}

const described = <A>(flag: Flag.Flag<A>, name: string, description: string, twin = name): Flag.Flag<A> => {
  names.add(twin)
  const inFile = twin === name ? "" : `, in a config file ${twin}`
  return flag.pipe(Flag.withDescription(`${description} [${environmentName(twin)}${inFile}]`))
}

// `withFallbackConfig` must come before `withDefault` and `optional`, or the environment is never asked.

/** A text flag with its environment and config twins. */
export const text = (name: string, description: string) =>
  described(Flag.String(name), name, description).pipe(Flag.withFallbackConfig(Config.String(environmentName(name))))

/** A flag for whole numbers, with its twins. */
export const integer = (name: string, description: string) =>
  described(Flag.Int(name), name, description).pipe(Flag.withFallbackConfig(Config.Int(environmentName(name))))

/** A flag for finite numbers, with its twins. */
export const number = (name: string, description: string) =>
  described(Flag.Finite(name), name, description).pipe(Flag.withFallbackConfig(Config.Finite(environmentName(name))))

/** A flag that takes one of a few words, with its twins. */
export const choice = <const Choices extends ReadonlyArray<string>>(name: string, choices: Choices, description: string) =>
  described(Flag.Literals(name, choices), name, description).pipe(
    Flag.withFallbackConfig(Config.Literals(choices, environmentName(name)))
  )

/** `--name` and `--no-name`. */
export const toggle = (name: string, description: string, fallback: boolean) =>
  described(Flag.Boolean(name), name, description).pipe(
    Flag.withFallbackConfig(Config.Boolean(environmentName(name))),
    Flag.withDefault(fallback)
  )

/**
 * A flag that may be given several times. Its environment twin separates values
 * by commas; a config file has lists, joined here by line ends, which no value has.
 *
 * @param twin where another command's flag of that name means something else
 */
export const repeated = (name: string, description: string, twin = name) =>
  described(Flag.String(name), name, `${description} Repeatable.`, twin).pipe(
    Flag.atLeast(1),
    Flag.withFallbackConfig(Config.map(
      Config.String(environmentName(twin)),
      (value) => value.split(value.includes("\n") ? "\n" : ",").map((part) => part.trim()).filter((part) => part !== "")
    )),
    Flag.withDefault([] as ReadonlyArray<string>)
  )

/** Options that may be missing, as `null`, which is what settings store. */
export const nullable = <A>(flag: Flag.Flag<A>): Flag.Flag<A | null> => flag.pipe(Flag.optional, Flag.map(Option.getOrNull))

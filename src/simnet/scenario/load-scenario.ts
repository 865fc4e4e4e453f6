import { basename, dirname, join } from "node:path"
import { Effect, FileSystem, Option, Result, Schema, SchemaIssue } from "effect"
import { packageFolder } from "../../package-folder.ts"
import { badScenario, SimnetError } from "../simnet-error.ts"
import { lineOfPath, showPath } from "./json-position.ts"
import { placeInLie } from "./lie-spec.ts"
import { findMistake } from "./mistakes.ts"
import { type RecordedData, RecordedData as RecordedDataSchema } from "./recorded-spec.ts"
import { Scenario } from "./scenario.ts"

/** A scenario with the recorded data that it names. */
export interface LoadedScenario {
  readonly scenario: Scenario
  readonly recorded: RecordedData | null
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** Decode JSON text; the error names file, line and field. */
const decodeFile = <S extends Schema.Decoder<unknown>>(
  schema: S,
  text: string,
  file: string
): Result.Result<S["Type"], SimnetError> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const words = (error as Error).message
    const position = /position (\d+)/.exec(words)?.[1]
    const line = position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length
    return Result.fail(badScenario(`${file}:${line}: not JSON: ${words}`))
  }
  const decoded = Schema.decodeUnknownResult(schema)(json, { errors: "all", onExcessProperty: "error", reportInput: true })
  if (Result.isSuccess(decoded)) return Result.succeed(decoded.success)
  const issues = formatIssue(decoded.failure.issue).issues
  const lines = issues.slice(0, 10).map((issue) => {
    const path = placeInLie((issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part)))
    return `${file}:${lineOfPath(text, path)}: ${showPath(path) || "file"}: ${issue.message.replaceAll("\n", " ")}`
  })
  return Result.fail(badScenario(lines.join("\n")))
}

const scenarioDirectory = Effect.fnUntraced(function*() {
  const root = yield* packageFolder
  if (Option.isSome(root)) return join(root.value, "src", "simnet", "scenarios")
  return yield* new SimnetError({
    reason: "no such scenario",
    message: "the shipped scenarios are not where they were installed"
  })
})

const readText = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs
    .readFileString(file)
    .pipe(Effect.mapError(() => new SimnetError({ reason: "no such scenario", message: `cannot read ${file}` })))
})

/** The scenarios that ship with the package. */
export const listScenarios = Effect.fn("listScenarios")(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* scenarioDirectory()
  const files = yield* fs.readDirectory(directory).pipe(Effect.orElseSucceed(() => []))
  const scenarios: Array<{ readonly name: string; readonly title: string }> = []
  for (const file of files.filter((name) => name.endsWith(".json")).toSorted()) {
    const { scenario } = yield* loadScenario(basename(file, ".json"))
    scenarios.push({ name: scenario.name, title: scenario.title })
  }
  return scenarios as ReadonlyArray<{ readonly name: string; readonly title: string }>
})

/** Load a shipped scenario by name, or a file: what contains `/` or ends in `.json`. */
export const loadScenario: (nameOrFile: string) => Effect.Effect<LoadedScenario, SimnetError, FileSystem.FileSystem> =
  Effect.fn("loadScenario")(function*(nameOrFile: string) {
    const isFile = nameOrFile.includes("/") || nameOrFile.endsWith(".json")
    const directory = yield* scenarioDirectory()
    const file = isFile ? nameOrFile : join(directory, `${nameOrFile}.json`)
    const fs = yield* FileSystem.FileSystem
    if (!isFile && !(yield* fs.exists(file).pipe(Effect.orElseSucceed(() => false)))) {
      const names = yield* fs.readDirectory(directory).pipe(Effect.orElseSucceed(() => []))
      const shipped = names.filter((name) => name.endsWith(".json")).map((name) => basename(name, ".json"))
      return yield* new SimnetError({
        reason: "no such scenario",
        message: `there is no scenario ${nameOrFile}; shipped are: ${shipped.toSorted().join(", ")}`
      })
    }
    const text = yield* readText(file)
    const scenario = yield* Effect.fromResult(decodeFile(Scenario, text, file))
    const mistake = findMistake(scenario)
    if (mistake !== undefined) {
      return yield* badScenario(`${file}:${lineOfPath(text, mistake.path)}: ${showPath(mistake.path)}: ${mistake.message}`)
    }
    if (scenario.recorded === undefined) return { scenario, recorded: null }
    const dataFile = join(dirname(file), scenario.recorded.data)
    const data = yield* readText(dataFile)
    return { scenario, recorded: yield* Effect.fromResult(decodeFile(RecordedDataSchema, data, dataFile)) }
  })

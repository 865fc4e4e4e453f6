import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, type Result } from "effect"
import { type LoadedScenario, loadScenario } from "../../src/simnet/scenario/load-scenario.ts"
import type { SimnetError } from "../../src/simnet/simnet-error.ts"

/** Write a scenario's text to a file of that name and load it. */
export const loadText = (text: string, name: string): Effect.Effect<Result.Result<LoadedScenario, SimnetError>> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/${name}`
    yield* fs.writeFileString(file, text)
    return yield* Effect.result(loadScenario(file))
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer), Effect.orDie)

/** What is wrong in a scenario's text, as a file `broken.json`. */
export const errorIn = (text: string): Effect.Effect<SimnetError> =>
  loadText(text, "broken.json").pipe(
    Effect.map((loaded) => {
      if (loaded._tag === "Success") throw new Error("it was loaded")
      return loaded.failure
    })
  )

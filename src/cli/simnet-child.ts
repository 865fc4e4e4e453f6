import { Effect, Option, Schema, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { decodeReady } from "./simnet.ts"

/** The simulated network did not start. */
export class SimnetChildError extends Schema.TaggedError<SimnetChildError>()("SimnetChildError", {
  message: Schema.String
}) {}

/**
 * Starts `observatory simnet` as a child on free ports and waits until it is
 * ready. It stops with the scope, and by itself should this process die.
 */
export const startSimnetChild = Effect.fnUntraced(function*(options: {
  readonly scenario: string
  readonly randomSeed: number
  /** Where it writes the domains under which strangers have names. */
  readonly publicSuffixes: string
  /** Where it writes a geo file of its world. */
  readonly geo: string
}) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const child = yield* spawner.spawn(ChildProcess.make(process.execPath, [
    process.argv[1]!,
    "simnet",
    "--ready-json",
    "--scenario",
    options.scenario,
    "--random-seed",
    String(options.randomSeed),
    "--public-suffixes",
    options.publicSuffixes,
    "--geo",
    options.geo
  ], { stdin: { stream: "pipe", endOnDone: false }, stderr: "inherit", extendEnv: true, forceKillAfter: "5 seconds" })).pipe(
    Effect.mapError((error) => new SimnetChildError({ message: `The simulated network cannot be started: ${error.message}` }))
  )
  const line = yield* child.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runHead,
    Effect.timeoutOption("30 seconds"),
    Effect.map(Option.flatten),
    Effect.orElseSucceed(() => Option.none<string>())
  )
  const ready = Option.flatMap(line, decodeReady)
  if (Option.isNone(ready)) {
    return yield* new SimnetChildError({ message: "The simulated network did not get ready; its words are above." })
  }
  return ready.value
})

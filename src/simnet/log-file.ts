import { createWriteStream } from "node:fs"
import { Effect } from "effect"
import { RequestLog } from "./server/request-log.ts"
import { SimnetError } from "./simnet-error.ts"

/**
 * A log of requests in a file of JSON lines (`LoggedRequest`), which replaces
 * one that exists. It is complete when the scope has closed.
 */
export const requestLogFile = Effect.fn("requestLogFile")(function*(file: string) {
  const stream = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createWriteStream>, SimnetError>((resume) => {
      const stream = createWriteStream(file)
      stream.once("open", () => resume(Effect.succeed(stream)))
      stream.once("error", (error) =>
        resume(Effect.fail(new SimnetError({ reason: "cannot write", message: `cannot write ${file}: ${error.message}` }))))
    }),
    (stream) => Effect.callback<void>((resume) => void stream.end(() => resume(Effect.void)))
  )
  // A disk that fills up ends the log, not the network.
  stream.on("error", () => stream.destroy())
  return new RequestLog((request) => void stream.write(`${JSON.stringify(request)}\n`), Date.now)
})

import { Effect, FileSystem } from "effect"
import { SimnetError } from "../simnet-error.ts"

/** The limit of open files as Linux tells it; undefined elsewhere. Node raises the soft limit itself. */
const openFilesLimit = Effect.fnUntraced(function*() {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString("/proc/self/limits").pipe(Effect.orElseSucceed(() => ""))
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1]
  return soft === undefined || soft === "unlimited" ? undefined : Number(soft)
})

/** Fail early, with what to do, when the process may not open as many files as the network needs. */
export const checkFileDescriptors = Effect.fnUntraced(function*(need: number) {
  const limit = yield* openFilesLimit()
  if (limit === undefined || limit >= need) return
  return yield* new SimnetError({
    reason: "too few file descriptors",
    message: `this scenario needs ${need} open files, the limit is ${limit}: raise it with "ulimit -n ${need}"`
  })
})

import { constants, setPriority } from "node:os"
import { Clock, Effect, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import type { CrawlId } from "../store/facts.ts"
import { Store } from "../store/store.ts"
import { StoreError } from "../store/store-error.ts"
import { configFileName } from "./config-file.ts"

/** Of what a failed analysis said, the end is told. */
const toldChars = 2_000

/** Its own `--config`; variables of the environment are inherited. */
const configOf = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const file = configFileName(argv, {})
  return file === undefined ? [] : ["--config", file]
}

/** `analyze` as a process of its own, with the least priority: it may take minutes, and gigabytes. */
const analyze = Effect.fnUntraced(function*(db: string, crawlId: CrawlId) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const child = yield* spawner.spawn(ChildProcess.make(
    process.execPath,
    [...process.execArgv, process.argv[1]!, "analyze", "--db", db, "--crawl", String(crawlId), ...configOf(process.argv.slice(2))],
    // What it writes to is a copy: nothing is lost that way.
    { stdin: "ignore", stdout: "ignore", stderr: "pipe", extendEnv: true, killSignal: "SIGKILL" }
  ))
  yield* Effect.ignore(Effect.try(() => setPriority(Number(child.pid), constants.priority.PRIORITY_LOW)))
  const said = yield* child.stderr.pipe(
    Stream.decodeText(),
    Stream.runFold(() => "", (text, part) => `${text}${part}`.slice(-toldChars))
  )
  const code = yield* child.exitCode
  if (Number(code) !== 0) {
    return yield* new StoreError({ reason: "write failed", message: `The analysis of crawl ${crawlId} ended with ${code}: ${said.trim()}` })
  }
}, Effect.scoped)

/**
 * Analyses a crawl of a database that this process holds, in another process on a
 * copy, and takes what was found. What goes wrong with it is logged and stops nothing.
 */
export const analyzeApart = Effect.fn("analyzeApart")(function*(crawlId: CrawlId) {
  const store = yield* Store
  const startedAt = yield* Clock.monotonicTimeNanos
  yield* store.analysedApart(crawlId, (copy) => analyze(copy, crawlId))
  const seconds = Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1e9
  yield* Effect.logInfo(`Crawl ${crawlId} analysed in ${seconds.toFixed(0)} s.`)
}, (analysed) => analysed.pipe(Effect.catch((error) => Effect.logWarning(`no analysis: ${error.message}`))))

import { Effect, FileSystem, type Scope, Semaphore } from "effect"
import type { AtlasError } from "../../atlas/atlas-error.ts"
import { makePublicCopy } from "../../atlas/public-copy.ts"
import { type HasOptedOut, scrubbedJson } from "../../atlas/withholding.ts"
import { Editions } from "../editions.ts"

/** A file that queries run on. */
export interface SqlFile {
  readonly path: string
  /** Of the snapshot it was made of; processes that have another one open are ended. */
  readonly edition: string
  /** What becomes of an answer, as JSON, before it leaves. */
  readonly finish: (answer: string, sql: string) => string
}

/** An answer with what is withheld from it; the answer is an object as JSON. */
const withSentence = (answer: string, withheld: string | null): string =>
  withheld === null ? answer : `${answer.slice(0, -1)},"withheld":${JSON.stringify(withheld)}}`

/** Where the newest file for queries comes from. */
export type SqlSource = Effect.Effect<SqlFile, AtlasError>

/** The snapshot itself, for whoever may see everything. */
export const wholeSnapshot = (snapshot: string) => Effect.map(Editions, ({ newest }): SqlSource =>
  Effect.sync(() => ({ path: snapshot, edition: newest().id, finish: (answer) => answer })))

/**
 * Copies of the snapshot without what public outputs withhold, one an edition. The
 * first who asks waits for one; a newer one is made beside it, while the one before
 * still answers. They end with the scope.
 */
export const publicCopies = Effect.fnUntraced(function*(
  snapshot: string,
  hasOptedOut: HasOptedOut
): Effect.fn.Return<SqlSource, never, Editions | FileSystem.FileSystem | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const { newest } = yield* Editions
  const scope = yield* Effect.scope
  const folder = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "observatory-public-" }))
  const turn = yield* Semaphore.make(1)
  let current: SqlFile | null = null
  let made = 0

  const make = Semaphore.withPermit(turn, Effect.gen(function*() {
    const edition = newest().id
    if (current?.edition === edition) return current
    const { path, withheld, withheldFrom } = yield* makePublicCopy(snapshot, `${folder}/public-${made++}.duckdb`, hasOptedOut).pipe(
      Effect.provideService(FileSystem.FileSystem, fs)
    )
    const before = current
    current = { path, edition, finish: (answer, sql) => withSentence(scrubbedJson(answer, withheld), withheldFrom(sql)) }
    // Who has it open keeps it until he lets go.
    if (before !== null) yield* Effect.ignore(fs.remove(before.path, { force: true }))
    return current
  }))

  return Effect.suspend(() => {
    const now = current
    if (now === null) return make
    if (now.edition === newest().id) return Effect.succeed(now)
    return Effect.as(
      Effect.forkIn(Effect.catchCause(make, (cause) => Effect.logWarning("Queries go on with an older public copy", cause)), scope),
      now
    )
  })
})

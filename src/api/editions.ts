import { createHash } from "node:crypto"
import { Clock, Context, Effect, Exit, type FileSystem, Latch, Layer, PubSub, Scope, Semaphore } from "effect"
import { Atlas } from "../atlas/atlas.ts"
import { Database } from "../store/database.ts"
import { renewSnapshot, type SnapshotState, stampOf } from "../store/renew-snapshot.ts"
import type { StoreError } from "../store/store-error.ts"
import { version } from "../version.ts"

/** One published state of the data, opened: whoever uses it sees it unchanged until he lets go. */
export interface Edition {
  /** Differs between any two states, of any two programs; entity tags are made of it. */
  readonly id: string
  readonly atlas: Atlas["Service"]
}

/** The edition that a request is answered from; set for every request. */
export const CurrentEdition = Context.Reference<Edition | null>("electrum-observatory/CurrentEdition", { defaultValue: () => null })

/** As long as preparing a new edition usually may take: so much older is what readers see at the most. */
const usualPreparationMs = 30_000

/** How long the beginning waits for what was written last, e.g. by an analysis a moment ago. */
const mostPatienceMs = 4_000

/** Queries at a time; two are left to others where details are asked for. */
const connections = 4

interface Held {
  readonly edition: Edition
  readonly scope: Scope.Closeable
  users: number
  isRetired: boolean
}

export interface EditionOptions {
  /** The user's database: never opened, only looked at. */
  readonly db: string
  /** Its snapshot, which is what is read. */
  readonly snapshot: string
  /** What of it is shown; views of the same data that differ have editions that differ. */
  readonly view: string
  readonly atlas: Layer.Layer<Atlas, never, Database>
  /** Between two looks at the files, milliseconds. */
  readonly everyMs?: number
  /**
   * How long the edition before is shown on while a new one is prepared, milliseconds, 30,000
   * by default. Where it is public it should be short: the new one may withhold more.
   */
  readonly preparationMs?: number
}

/** The newest edition, followed while the service lives. */
export class Editions extends Context.Service<Editions, {
  /** The newest one, kept open until the scope of the caller ends. */
  readonly lease: Effect.Effect<Edition, never, Scope.Scope>
  readonly newest: () => Edition
  /** Has something done with each new edition before it is shown, for `preparationMs` at the most, and for as long as nobody wants to write. */
  readonly beforeShowing: (prepare: (next: Edition) => Effect.Effect<void>) => Effect.Effect<void>
  /** Every new edition from now on. */
  readonly changes: Effect.Effect<PubSub.Subscription<Edition>, never, Scope.Scope>
  /**
   * Lets this process write to the database: meanwhile nobody here looks at the file, and
   * afterwards what was written is in the newest edition.
   */
  readonly afterWriting: <A, E, R>(write: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>()("electrum-observatory/Editions") {
  /** Waits until there is a snapshot to read, which `onWait` is told once. */
  static readonly layer = (
    options: EditionOptions,
    onWait: Effect.Effect<void> = Effect.void
  ): Layer.Layer<Editions, StoreError, FileSystem.FileSystem> => Layer.effect(Editions, makeEditions(options, onWait))
}

const makeEditions = Effect.fnUntraced(function*(options: EditionOptions, onWait: Effect.Effect<void>) {
  const { atlas, db, everyMs = 1_000, preparationMs = usualPreparationMs, snapshot } = options
  const parent = yield* Effect.scope
  const services = yield* Effect.context<FileSystem.FileSystem>()
  const published = yield* PubSub.sliding<Edition>(16)

  const stampText = Effect.map(stampOf(snapshot), (stamp) => stamp === null ? null : `${stamp.changedAt} ${stamp.bytes}`)

  const open = Effect.fnUntraced(function*(stamp: string) {
    const scope = yield* Scope.fork(parent)
    const context = yield* Layer.buildWithScope(Layer.provide(atlas, Database.layer(snapshot, { connections })), scope).pipe(
      Effect.onError(() => Scope.close(scope, Exit.void))
    )
    const id = createHash("sha256").update(`${version} ${options.view} ${stamp}`).digest("base64url").slice(0, 16)
    const held: Held = { edition: { id, atlas: Context.get(context, Atlas) }, scope, users: 0, isRetired: false }
    return held
  })

  const closeIfUnused = (held: Held) =>
    held.isRetired && held.users === 0 ? Scope.close(held.scope, Exit.void) : Effect.void

  const first = Effect.gen(function*() {
    let isTold = false
    // The stamp of one that the program of an older version left: it is made anew, by us or by the crawl that runs.
    let outdated: string | null = null
    const until = (yield* Clock.currentTimeMillis) + mostPatienceMs
    while (true) {
      const state: SnapshotState = yield* renewSnapshot(db, snapshot, { anew: outdated !== null && outdated === (yield* stampText) })
      const isGood: boolean = state === "current" || (state === "older" && (yield* Clock.currentTimeMillis) >= until)
      const now: string | null = isGood ? yield* stampText : null
      if (now !== null && now !== outdated) {
        const opened = yield* Effect.result(open(now))
        if (opened._tag === "Success") return { held: opened.success, stamp: now }
        if (opened.failure.reason !== "older schema") return yield* opened.failure
        outdated = now
      }
      if (state === "missing" && !isTold) {
        yield* onWait
        isTold = true
      }
      yield* Effect.sleep(200)
    }
  })

  const begin = yield* first
  let held = begin.held
  let stamp = begin.stamp

  const preparations: Array<(next: Edition) => Effect.Effect<void>> = []
  /** Open while somebody wants to write: he does not wait for a preparation. */
  const inHurry = yield* Latch.make(false)
  let writers = 0
  const prepare = (next: Edition) =>
    Effect.forEach(preparations, (one) => one(next), { discard: true }).pipe(
      Effect.timeoutOption(preparationMs),
      Effect.raceFirst(Latch.await(inHurry)),
      Effect.catchCause((cause) => Effect.logWarning("A new edition is shown without preparation", cause))
    )

  const turn = yield* Semaphore.make(1)
  const refresh = (quietMs?: number) => Semaphore.withPermit(turn, Effect.gen(function*() {
    yield* renewSnapshot(db, snapshot, { quietMs })
    const now = yield* stampText
    if (now === null || now === stamp) return
    // Also where it cannot be opened: it would not get better by the next look.
    stamp = now
    const next = yield* open(now)
    // Who has just written something wants to see it.
    if (quietMs === undefined) yield* Effect.interruptible(prepare(next.edition))
    const before = held
    held = next
    before.isRetired = true
    yield* closeIfUnused(before)
    yield* PubSub.publish(published, next.edition)
  })).pipe(
    Effect.catch((error) => Effect.logWarning(`The new snapshot is not shown: ${error.message}`)),
    Effect.uninterruptible,
    Effect.provideContext(services)
  )
  yield* Effect.sleep(everyMs).pipe(Effect.andThen(refresh()), Effect.forever, Effect.forkScoped)

  return Editions.of({
    lease: Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          held.users++
          return held
        }),
        (leased) => Effect.suspend(() => {
          leased.users--
          return closeIfUnused(leased)
        })
      ),
      ({ edition }) => edition
    ),
    newest: () => held.edition,
    beforeShowing: (prepare) => Effect.sync(() => void preparations.push(prepare)),
    changes: PubSub.subscribe(published),
    afterWriting: (write) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          writers++
          Latch.openUnsafe(inHurry)
        }),
        () => Effect.tap(Semaphore.withPermit(turn, write), refresh(0)),
        () => Effect.sync(() => {
          if (--writers === 0) Latch.closeUnsafe(inHurry)
        })
      )
  })
})

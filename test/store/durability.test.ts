import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, type Scope } from "effect"
import { Database } from "../../src/store/database.ts"
import { snapshotPath } from "../../src/store/snapshot.ts"
import { defaultWriterOptions } from "../../src/store/writer.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"

const script = fileURLToPath(new URL("../support/store-writer-process.ts", import.meta.url))

/** What a process has said so far. */
interface Said {
  /** Visits handed over to its store. */
  readonly handed: number
  /** Visits in commits that it said to be done. */
  readonly committed: number
  /** Visits in a commit that was under way. */
  readonly underWay: number
  /** Visits handed over when the last commit that is done began: all of these have to be in it or before it. */
  readonly due: number
}

interface WriterProcess {
  readonly child: ChildProcess
  readonly said: () => Said
  /** Resolves when what it said is enough. */
  readonly until: (enough: (said: Said) => boolean) => Promise<void>
  readonly killed: () => Promise<void>
}

const afterLine = (said: Said & { readonly handedAtBegin: number }, line: string): Said & { readonly handedAtBegin: number } => {
  const [, handed] = /^handed over (\d+)$/.exec(line) ?? []
  if (handed !== undefined) return { ...said, handed: Number(handed) }
  const [, rows] = /^committing \d+: (.*)$/.exec(line) ?? []
  if (rows !== undefined) return { ...said, underWay: (JSON.parse(rows) as { readonly visit?: number }).visit ?? 0, handedAtBegin: said.handed }
  return /^committed \d+$/.test(line) ? { ...said, committed: said.committed + said.underWay, underWay: 0, due: said.handedAtBegin } : said
}

const writerProcess = (path: string): Effect.Effect<WriterProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync((): WriterProcess => {
      const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] })
      let said = { handed: 0, committed: 0, underWay: 0, due: 0, handedAtBegin: 0 }
      const waiting: Array<() => void> = []
      createInterface({ input: child.stdout! }).on("line", (line) => {
        said = afterLine(said, line)
        for (const look of waiting) look()
      })
      return {
        child,
        said: () => said,
        until: (enough) => new Promise((resolve) => void waiting.push(() => enough(said) && resolve())),
        killed: async () => {
          const closed = once(child, "close")
          child.kill("SIGKILL")
          await closed
        }
      }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const ask = (path: string, sql: string) =>
  Effect.gen(function*() {
    const database = yield* Database
    return { origin: database.origin, rows: (yield* database.query(sql)).rows }
  }).pipe(Effect.provide(Database.layer(path)), Effect.provide(NodeServices.layer))

describe("kill -9", () => {
  it.live("loses nothing that was handed over before the last commit began, and leaves no half unit", () =>
    Effect.gen(function*() {
      // How long facts wait for a commit is looked at by a clock of the test's own, in writer.test.ts; a commit takes what the machine has for it.
      assert.isAtMost(defaultWriterOptions.groupMs, 1000)
      const folder = yield* temporaryFolder
      for (const visits of [40, 333, 900]) {
        const path = `${folder}/killed-at-${visits}.duckdb`
        const writer = yield* writerProcess(path)
        yield* Effect.promise(() => writer.until(({ committed, handed }) => handed >= visits && (visits < 900 || committed > 100)))
        yield* Effect.promise(writer.killed)
        const said = writer.said()

        const { rows: [row] } = yield* ask(
          path,
          `SELECT (SELECT count(*) FROM visit) AS visits,
             (SELECT coalesce(max(visit_id), 0) FROM visit) AS last_visit,
             (SELECT count(*) FROM observation) AS observations,
             (SELECT count(*) FROM tls_session) AS sessions,
             (SELECT count(*) FROM reading) AS readings,
             (SELECT count(*) FROM advertised) AS advertised,
             (SELECT count(*) FROM endpoint_state) AS states,
             (SELECT count(*) FROM visit ANTI JOIN endpoint USING (endpoint_id)) AS orphans,
             (SELECT count(*) FROM advertised ANTI JOIN advertisement USING (advertisement_id)) AS untold`
        )
        const stored = Number(row!["visits"])
        // What it said to have committed, or that and the whole of the commit during which it was killed.
        assert.include([said.committed, said.committed + said.underWay], stored)
        assert.isAtLeast(stored, said.due)
        assert.deepStrictEqual(row, {
          visits: stored,
          last_visit: stored,
          observations: 2 * stored,
          sessions: stored,
          readings: stored,
          advertised: 20 * stored,
          states: stored,
          orphans: 0,
          untold: 0
        })

        const known = yield* withStore(path, (store) => store.resumable("mainnet"))
        assert.lengthOf(Option.getOrThrow(known).endpoints, stored)
      }
    }), 300_000)

  it.live("while a process writes, others read its snapshots, and nobody else writes", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/live.duckdb`
      const since = Date.now()
      const writer = yield* writerProcess(path)
      yield* Effect.promise(() => writer.until(({ handed }) => handed >= 50))
      while (!existsSync(snapshotPath(path))) yield* Effect.sleep(50)
      const { origin, rows } = yield* ask(path, "SELECT count(*) AS visits, count(DISTINCT crawl_id) AS crawls FROM visit")
      assert.strictEqual(origin.kind, "snapshot")
      assert.isAbove(Number(rows[0]!["visits"]), 0)
      assert.isAtLeast(origin.publishedAt!, since)
      assert.isAtMost(origin.publishedAt!, Date.now())
      // The lock is still held after snapshots were taken.
      const error = yield* Effect.flip(withStore(path, (store) => store.flush))
      assert.strictEqual(error.reason, "locked")
      assert.include(error.message, String(writer.child.pid))
      yield* Effect.promise(writer.killed)
      // Free again: the file itself answers, and the next writer clears what a killed copy left behind.
      assert.strictEqual((yield* ask(path, "SELECT 1")).origin.kind, "file")
      yield* withStore(path, (store) => store.flush)
      assert.deepStrictEqual(readdirSync(path.replace(/\/[^/]*$/, "")).filter((name) => name.includes(".tmp")), [])
    }), 300_000)
})

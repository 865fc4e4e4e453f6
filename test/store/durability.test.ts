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
import { temporaryFolder, withStore } from "../support/small-database.ts"

const script = fileURLToPath(new URL("../support/store-writer-process.ts", import.meta.url))

interface Handed {
  readonly visit: number
  readonly at: number
}

interface WriterProcess {
  readonly child: ChildProcess
  /** What the process said it has handed to its store, so far. */
  readonly handed: ReadonlyArray<Handed>
  /** Resolves when this many visits were handed over. */
  readonly reached: (visits: number) => Promise<void>
  readonly killed: () => Promise<void>
}

const writerProcess = (path: string): Effect.Effect<WriterProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync((): WriterProcess => {
      const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] })
      const handed: Array<Handed> = []
      const waiting: Array<readonly [number, () => void]> = []
      createInterface({ input: child.stdout! }).on("line", (line) => {
        const [visit, at] = line.split(" ").map(Number)
        handed.push({ visit: visit!, at: at! })
        for (const [visits, done] of waiting) if (visit! >= visits) done()
      })
      return {
        child,
        handed,
        reached: (visits) => new Promise((resolve) => void waiting.push([visits, resolve])),
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
  it.live("loses nothing that was handed over two seconds before, and leaves no half unit", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      for (const visits of [40, 333, 900]) {
        const path = `${folder}/killed-at-${visits}.duckdb`
        const writer = yield* writerProcess(path)
        yield* Effect.promise(() => writer.reached(visits))
        const killedAt = Date.now()
        yield* Effect.promise(writer.killed)

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
        const due = writer.handed.filter((h) => h.at < killedAt - 2000).length
        assert.isAtLeast(stored, due)
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
        // Group commit: all but the last moments is there in practice.
        if (visits === 900) assert.isAbove(stored, 100)

        const known = yield* withStore(path, (store) => store.resumable("mainnet"))
        assert.lengthOf(Option.getOrThrow(known).endpoints, stored)
      }
    }), 60_000)

  it.live("while a process writes, others read its snapshots, and nobody else writes", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/live.duckdb`
      const writer = yield* writerProcess(path)
      yield* Effect.promise(() => writer.reached(50))
      while (!existsSync(snapshotPath(path))) yield* Effect.sleep(50)
      const { origin, rows } = yield* ask(path, "SELECT count(*) AS visits, count(DISTINCT crawl_id) AS crawls FROM visit")
      assert.strictEqual(origin.kind, "snapshot")
      assert.isAbove(Number(rows[0]!["visits"]), 0)
      assert.closeTo(origin.publishedAt!, Date.now(), 60_000)
      // The lock is still held after snapshots were taken.
      const error = yield* Effect.flip(withStore(path, (store) => store.flush))
      assert.strictEqual(error.reason, "locked")
      assert.include(error.message, String(writer.child.pid))
      yield* Effect.promise(writer.killed)
      // Free again: the file itself answers, and the next writer clears what a killed copy left behind.
      assert.strictEqual((yield* ask(path, "SELECT 1")).origin.kind, "file")
      yield* withStore(path, (store) => store.flush)
      assert.deepStrictEqual(readdirSync(path.replace(/\/[^/]*$/, "")).filter((name) => name.includes(".tmp")), [])
    }), 60_000)
})

import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { snapshotPath } from "../../src/store/snapshot.ts"
import { serveForTest } from "../support/api-server.ts"
import { temporaryFolder } from "../support/small-database.ts"

const script = fileURLToPath(new URL("../support/store-writer-process.ts", import.meta.url))

/** A crawl in another process, which writes all the time and publishes three snapshots a second. */
const writing = (db: string) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [script, db], { stdio: ["ignore", "ignore", "inherit"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const readers = 40

layer(NodeServices.layer, { excludeTestServices: true })("many readers while a crawl writes", (it) => {
  it.effect("are all answered, each from one whole edition, and see the newer ones", () =>
    Effect.gen(function*() {
      const db = `${yield* temporaryFolder}/observatory.duckdb`
      const child = yield* writing(db)
      while (!existsSync(snapshotPath(db))) yield* Effect.sleep(50)
      const { ask } = yield* serveForTest({ db })
      const editions = new Set<string>()
      const failures: Array<string> = []
      let answers = 0
      const read = async (reader: number): Promise<void> => {
        const paths = [
          "/api/v1/about",
          "/api/v1/crawls",
          "/api/v1/crawls/latest",
          "/api/v1/crawls/latest/servers?limit=5",
          `/api/v1/crawls/latest/servers?search=host${reader}&sort=host`,
          "/api/v1/crawls/latest/graph",
          "/api/v1/crawls/latest/graph.bin",
          "/"
        ]
        let known: string | undefined
        // Until a few editions were seen, and each reader has asked for everything.
        for (let i = 0; i < paths.length || (editions.size < 3 && failures.length === 0); i++) {
          const path = paths[(i + reader) % paths.length]!
          const told = await ask(path, { headers: { "accept-encoding": "gzip, br", ...(known === undefined || i % 4 !== 0 ? {} : { "if-none-match": known }) } })
          if (told.status !== 200 && told.status !== 304) failures.push(`${path} ${told.status} ${told.text.slice(0, 200)}`)
          if (path === "/api/v1/about") editions.add((JSON.parse(told.text) as { edition: string }).edition)
          if (typeof told.headers["etag"] === "string") known = told.headers["etag"]
          answers++
        }
      }
      yield* Effect.promise(() => Promise.all(Array.from({ length: readers }, (_, reader) => read(reader))))
      assert.deepStrictEqual(failures, [])
      assert.isNull(child.exitCode)
      assert.isAtLeast(editions.size, 3)
      assert.isAtLeast(answers, readers * 8)
    }), 120_000)
})

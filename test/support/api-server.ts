import { request } from "node:http"
import { NodeServices } from "@effect/platform-node"
import { Effect, type FileSystem, Layer, type Scope } from "effect"
import { contentOf, tagOf } from "../../src/api/content.ts"
import { Editions } from "../../src/api/editions.ts"
import { serveApi } from "../../src/api/serve-api.ts"
import { type SqlLimits, usualSqlLimits } from "../../src/api/sql/wire.ts"
import { Atlas } from "../../src/atlas/atlas.ts"
import { renewSnapshot } from "../../src/store/renew-snapshot.ts"
import { snapshotPath } from "../../src/store/snapshot.ts"

export interface ApiServer {
  readonly port: number
  readonly ask: (path: string, options?: Asking) => Promise<Told>
  readonly json: (path: string, options?: Asking) => Promise<unknown>
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Buffer
  readonly text: string
}

/** Asks with any headers, a foreign host too, which `fetch` does not allow. */
export const askAt = (port: number, path: string, { body, headers = {}, method = "GET" }: Asking = {}): Promise<Told> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode!, headers: response.headers, body: bytes, text: bytes.toString() })
      })
    })
    sent.on("error", reject)
    sent.end(body)
  })

const page = (path: string, text: string, type: string) => {
  const bytes = new TextEncoder().encode(text)
  return [path, contentOf(bytes, type, tagOf(bytes), "no-cache")] as const
}

/** A viewer in small. */
const viewer = new Map([
  page("/index.html", `<!doctype html><title>viewer</title>${" ".repeat(2_000)}`, "text/html; charset=utf-8"),
  page("/assets/app.js", "export {}", "text/javascript; charset=utf-8")
])

export interface ServeForTest {
  readonly db: string
  readonly token?: string
  readonly isPublic?: boolean
  readonly optedOut?: (host: string) => boolean
  readonly host?: string
  readonly names?: ReadonlyArray<string>
  readonly sqlLimits?: Partial<SqlLimits>
}

/** Viewer and API over a database, in this process, on a free port of loopback, while the scope lasts. */
export const serveForTest = Effect.fnUntraced(function*(
  options: ServeForTest
): Effect.fn.Return<ApiServer, unknown, Scope.Scope | FileSystem.FileSystem> {
  const { db, host = "127.0.0.1", isPublic = false, names = [], optedOut = () => false, sqlLimits, token = null } = options
  const snapshot = snapshotPath(db)
  // Tests have just written the file, and nobody else does: there is no need to wait for quiet.
  yield* renewSnapshot(db, snapshot, { quietMs: 0 })
  const editions = yield* Layer.build(Editions.layer({
    db, snapshot, everyMs: 50,
    view: isPublic ? "public" : "all",
    atlas: isPublic ? Atlas.publicLayerFor(optedOut) : Atlas.layer
  }))
  const port = yield* serveApi({
    host, port: 0, names, token, db, snapshot, viewer, hasOptedOut: optedOut,
    allowed: { public: isPublic, sql: !isPublic, notes: !isPublic },
    sqlLimits: { ...usualSqlLimits, ...sqlLimits }
  }).pipe(Effect.provide(editions), Effect.provide(NodeServices.layer))
  const ask = (path: string, asking?: Asking) => askAt(port, path, asking)
  return { port, ask, json: async (path, asking) => JSON.parse((await ask(path, asking)).text) as unknown }
})

import { Effect, FileSystem, Schema, type Scope } from "effect"
import { Database } from "../store/database.ts"
import { connect, identifier, openForWriting, run } from "../store/duckdb.ts"
import { type LoadedRows, loadRows } from "../store/outlet.ts"
import { StoreError } from "../store/store-error.ts"
import { readPublicCrawls } from "./atlas.ts"
import { type AtlasError, atlasError } from "./atlas-error.ts"
import { publicCopyRules } from "./public-copy-rules.ts"
import { madeOfEmptied, withheldFrom } from "./public-copy-words.ts"
import type { PublicCrawl } from "./public-atlas.ts"
import type { HasOptedOut } from "./withholding.ts"

interface ShownCrawl {
  readonly crawlId: number
  readonly shown: PublicCrawl
  /** Pairs whose join may not be shown. */
  readonly apart: ReadonlyArray<typeof PairRow.Type>
}

const PairRow = Schema.Struct({ a: Schema.Int, b: Schema.Int })
const HostRow = Schema.Struct({ host: Schema.String })

/** What may be shown of the copied crawls, and every host that the file knows. */
const readShown = Effect.fnUntraced(function*(hasOptedOut: HasOptedOut) {
  const database = yield* Database
  const crawls: Array<ShownCrawl> = []
  for (const { crawlId, shown } of yield* readPublicCrawls(hasOptedOut)) {
    const { mayJoin } = shown.withholding
    const pairs = yield* database.rows(PairRow, `SELECT DISTINCT server_a AS a, server_b AS b FROM evidence WHERE crawl_id = $crawl_id
      UNION SELECT server_a, server_b FROM pair WHERE crawl_id = $crawl_id`, { crawl_id: crawlId })
    crawls.push({ crawlId, shown, apart: pairs.filter(({ a, b }) => !mayJoin(a, b)) })
  }
  const known = yield* database.rows(HostRow, "SELECT host FROM endpoint UNION SELECT host FROM advertisement WHERE host IS NOT NULL")
  return { crawls, known: known.map(({ host }) => host) }
})

/** The temporary tables that the rules read, with their rows. */
const shownTables = (crawls: ReadonlyArray<ShownCrawl>): ReadonlyArray<LoadedRows> => {
  const each = <A>(rows: (crawl: ShownCrawl) => Iterable<A>) => crawls.flatMap((crawl) => [...rows(crawl)])
  return [
    { name: "kept_crawl", columns: { crawl_id: "INTEGER" }, rows: crawls.map(({ crawlId }) => ({ crawl_id: crawlId })) },
    {
      name: "shown_host",
      columns: { crawl_id: "INTEGER", server_id: "INTEGER", host: "VARCHAR" },
      rows: each(({ crawlId, shown }) => [...shown.withholding.shown].flatMap(([serverId, hosts]) => hosts.map(({ host }) => ({ crawl_id: crawlId, server_id: serverId, host }))))
    },
    { name: "open_host", columns: { host: "VARCHAR" }, rows: [...new Set(each(({ shown }) => shown.withholding.open))].map((host) => ({ host })) },
    {
      name: "onion_server",
      columns: { crawl_id: "INTEGER", server_id: "INTEGER" },
      rows: each(({ crawlId, shown }) => [...shown.byId.keys()].filter(shown.withholding.isOnion).map((id) => ({ crawl_id: crawlId, server_id: id })))
    },
    {
      name: "joining_certificate",
      columns: { sha256: "VARCHAR" },
      rows: [...new Set(each(({ shown }) => shown.withholding.joiningCertificates))].map((sha256) => ({ sha256 }))
    },
    {
      name: "shown_member",
      columns: { crawl_id: "INTEGER", cluster_id: "INTEGER", server_id: "INTEGER" },
      rows: each(({ crawlId, shown }) => shown.clusters.flatMap(({ row, serverIds }) => serverIds.map((id) => ({ crawl_id: crawlId, cluster_id: row.clusterId, server_id: id }))))
    },
    {
      name: "apart",
      columns: { crawl_id: "INTEGER", server_a: "INTEGER", server_b: "INTEGER" },
      rows: each(({ apart, crawlId }) => apart.map(({ a, b }) => ({ crawl_id: crawlId, server_a: a, server_b: b })))
    }
  ]
}

const derivedTables = [
  `CREATE TEMP TABLE shown_endpoint AS
   SELECT DISTINCT ce.crawl_id, ce.endpoint_id, h.server_id
   FROM crawl_endpoint ce JOIN shown_host h ON h.crawl_id = ce.crawl_id AND h.host = ce.host`,
  "CREATE TEMP TABLE shown_server AS SELECT DISTINCT crawl_id, server_id FROM shown_host",
  // Servers of which hosts are not shown: what is kept of them as a whole may be those hosts'.
  `CREATE TEMP TABLE partly_shown AS
   SELECT DISTINCT crawl_id, server_id FROM server_endpoint se JOIN endpoint e USING (endpoint_id) JOIN shown_server USING (crawl_id, server_id)
   WHERE NOT EXISTS (SELECT 1 FROM shown_host h WHERE h.crawl_id = se.crawl_id AND h.server_id = se.server_id AND h.host = e.host)`,
  `CREATE TEMP TABLE shown_watched AS
   SELECT DISTINCT c.network, s.endpoint_id, e.network_class = 'onion' AS is_onion
   FROM shown_endpoint s JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id)`
]

/** Takes out what is withheld; tables of which it is all, and views that are made of these. */
const cleanse = Effect.fnUntraced(function*(copy: string, crawls: ReadonlyArray<ShownCrawl>): Effect.fn.Return<ReadonlyMap<string, ReadonlyArray<string>>, StoreError, Scope.Scope> {
  const connection = yield* connect(yield* openForWriting(copy))
  const command = (sql: string) => run(connection, "write failed", "Cannot make the public copy", sql)
  for (const table of shownTables(crawls)) yield* loadRows(connection, table)
  for (const sql of derivedTables) yield* command(sql)
  const tables = yield* command("SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal")
  const ruled = new Set(publicCopyRules.map(({ table }) => table))
  const emptied: Array<string> = []
  for (const [name] of tables.getRows()) {
    const table = String(name)
    if (ruled.has(table)) continue
    const [[some]] = (yield* command(`SELECT count(*) > 0 FROM ${identifier(table)}`)).getRows() as [[unknown]]
    if (some === true) emptied.push(table)
    yield* command(`DELETE FROM ${identifier(table)}`)
  }
  const views = (yield* command("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal")).getRows()
  for (const { statements } of publicCopyRules) for (const sql of statements) yield* command(sql)
  yield* command("CHECKPOINT")
  return madeOfEmptied(emptied, views.map(([name, sql]) => ({ name: String(name), sql: String(sql) })))
})

/** A copy of a database on which anybody may run queries. */
export interface PublicCopy {
  readonly path: string
  /** Hosts that may be written nowhere: texts of servers can name them, so answers are scrubbed of them. */
  readonly withheld: ReadonlySet<string>
  /** Why an answer to a query may be empty or short, in a sentence; null where nothing of what it reads is withheld as a whole. */
  readonly withheldFrom: (sql: string) => string | null
}

/**
 * Copies a snapshot and takes out of the copy what public outputs withhold: rows of
 * servers, joins and verdicts that are not shown, cells with cities. It holds the two
 * newest finished crawls of each network, or the newest one where none is finished.
 *
 * @param target where the copy is made; a file that is there is replaced
 */
export const makePublicCopy = Effect.fn("makePublicCopy")(function*(
  snapshot: string,
  target: string,
  hasOptedOut: HasOptedOut
): Effect.fn.Return<PublicCopy, AtlasError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.gen(function*() {
    yield* fs.copyFile(snapshot, target)
    const { crawls, known } = yield* readShown(hasOptedOut).pipe(Effect.provide(Database.layer(target)), Effect.scoped)
    const emptied = yield* Effect.scoped(cleanse(target, crawls))
    const open = new Set(crawls.flatMap(({ shown }) => [...shown.withholding.open]))
    return { path: target, withheldFrom: withheldFrom(emptied), withheld: new Set([...known, ...crawls.flatMap(({ shown }) => [...shown.withholding.hosts])].filter((host) => !open.has(host))) }
  }).pipe(
    // Half of it must never be asked.
    Effect.onError(() => Effect.ignore(fs.remove(target, { force: true }))),
    Effect.mapError((error) => error._tag === "PlatformError" ? atlasError(new StoreError({ reason: "write failed", message: error.message, cause: error })) : atlasError(error))
  )
})

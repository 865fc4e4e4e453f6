import { Effect, type FileSystem, Schema, Stream } from "effect"
import { advertisementOf, ownRules } from "../discovery/claim.ts"
import { DiscoveryError, type DiscoveryReason } from "../discovery/discovery-error.ts"
import { maxSeeds } from "../discovery/seed-grammar.ts"
import { type Heard, readingTimeoutMs, saidBy, type SeedSource } from "../discovery/sources/seed-source.ts"
import type { AdvertisedService, Source } from "../domain/advertisement.ts"
import type { Chain } from "../domain/chain.ts"
import { Database } from "../store/database.ts"

const AnsweredRow = Schema.Struct({
  host: Schema.String,
  services: Schema.Array(Schema.Struct({ port: Schema.Int, transport: Schema.Literals(["tcp", "tls"]) })),
  lastAnswered: Schema.String
})

/** Hosts that ever answered on this chain, those that did last first. */
const answeredSql = `
  SELECT e.host, list(DISTINCT {port: e.port, transport: e.transport}) AS services, max(v.started_at) AS "lastAnswered"
  FROM visit v JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id)
  WHERE c.network = $network AND v.outcome = 'answered' AND coalesce(v.chain, c.network) = c.network AND e.transport IN ('tcp', 'tls')
  GROUP BY e.host
  ORDER BY max(v.started_at) DESC, e.host
  LIMIT ${maxSeeds + 1}`

const EndRow = Schema.Struct({ endedMs: Schema.NullOr(Schema.Finite) })

const reasonOf = (reason: string): DiscoveryReason =>
  reason === "not found" ? "not found" : reason === "query failed" || reason === "older schema" || reason === "newer schema" ? "bad format" : "cannot read"

/**
 * The servers that answered in an earlier database of `--from-db FILE`: hosts
 * and the ports they answered on, not what others merely said.
 */
export const databaseSource = (path: string, chain: Chain): SeedSource<FileSystem.FileSystem> => {
  const source: Source = { kind: "database", name: path, detail: null }
  const servers = Effect.gen(function*() {
    const database = yield* Database
    const rows = yield* database.rows(AnsweredRow, answeredSql, { network: chain.name })
    const [end] = yield* database.rows(
      EndRow,
      `SELECT epoch_ms(max(coalesce(ended_at, started_at))) AS "endedMs" FROM crawl WHERE network = $network`,
      { network: chain.name }
    )
    if (rows.length === 0) {
      return yield* new DiscoveryError({ reason: "bad format", subject: path, message: `In ${path} no server of ${chain.name} ever answered.` })
    }
    const advertisements = rows.slice(0, maxSeeds).map(({ host, lastAnswered, services }) =>
      advertisementOf({
        raw: JSON.stringify({ host, services, last_answered: lastAnswered }),
        host,
        address: null,
        versionText: null,
        pruning: null,
        services: services satisfies ReadonlyArray<AdvertisedService>,
        notes: []
      }, { ...ownRules, simulated: chain.simulated })
    )
    const heard: ReadonlyArray<Heard> = [
      { _tag: "origin", dated: end?.endedMs ?? null, sha256: null, notes: [`${advertisements.length} hosts that answered`] },
      saidBy(source, advertisements, rows.length - advertisements.length)
    ]
    return heard
  })
  return {
    source,
    timeoutMs: readingTimeoutMs,
    heard: Stream.fromIterableEffect(servers.pipe(
      Effect.provide(Database.layer(path)),
      Effect.catchTag("StoreError", (error) =>
        Effect.fail(new DiscoveryError({ reason: reasonOf(error.reason), subject: path, message: error.message })))
    ))
  }
}

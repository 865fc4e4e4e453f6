import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Analysis } from "../../../src/analysis/analysis.ts"
import type { Visit } from "../../../src/domain/visit.ts"
import { AnalysisStore, Database } from "../../../src/store/database.ts"
import type { Fact } from "../../../src/store/facts.ts"
import { temporaryFolder, withStore } from "../../support/small-database.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  certificateOf,
  crawlStart,
  observationOf,
  serverOf,
  someTime,
  stateOf,
  tlsOf
} from "../../support/store-facts.ts"

/**
 * What the published scan of December 2025 took for signs: every host up to
 * twenty times, certificates without a field, stock banners, the sentence of a
 * rate limit it had provoked itself, hashes of nothing.
 */
const stockBanner = "You are connected to an ElectrumX 1.16.0 server."

/** One host with twenty ports, all of one server: a certificate shown twenty times. */
const copies = Array.from({ length: 20 }, (_, i) => `twenty.copies.example:${50_002 + i}:s`)

/** Hosts of strangers that differ in nothing but their names. */
const hosts = Array.from({ length: 24 }, (_, i) => `host${i}.stranger${i}.example:50002:s`)

/** Certificates could not be read: nulls that equal each other. */
const withoutCertificate = new Set(hosts.slice(0, 8))

/** Asked too much, they all gave the same sentence in place of banner, history and the rest. */
const limited = new Set(hosts.slice(8, 16))
const limit = { outcome: "throttled", errorCode: -101, errorMessage: "excessive resource usage", value: null } as const

const visitOf = (key: string, i: number): Visit => {
  const host = key.split(":")[0]!
  const certificate = { ...certificateOf(`certificate of ${host}`), subject: `CN=${host}`, issuer: `CN=${host}`, sanDns: [host] }
  const seen = answeredVisit(key, {
    banner: stockBanner,
    donationAddress: "",
    tls: tlsOf(withoutCertificate.has(key) ? null : certificate),
    dial: { address: `34.90.${i}.7`, resolvedBy: "dns", addresses: [`34.90.${i}.7`], via: "direct" }
  })
  const identification = { ...seen.identification!, fingerprintHash: null }
  if (!limited.has(key)) return { ...seen, identification }
  return {
    ...seen,
    identification,
    banner: null,
    observations: ["banner", "ping", "history#P2PKH", "balance#P2PKH", "tip"].map((probe) => observationOf(probe, limit)),
    answers: (["balance", "history"] as const).map((subject) => ({
      subject,
      scriptForm: "P2PKH",
      response: "refused",
      detail: { code: -101, message: "excessive resource usage", because: "too much asked, possibly by us" },
      defaults: ["ok"],
      filtered: null,
      causes: []
    }))
  }
}

const network: ReadonlyArray<Fact> = [
  ...[...copies, ...hosts].map((key) => stateOf(key, "visited")),
  ...copies.map((key): Fact => ({ _tag: "visit", visit: visitOf(key, 99) })),
  ...hosts.map((key, i): Fact => ({ _tag: "visit", visit: visitOf(key, i) })),
  // One host on many rows: under each port, by everybody.
  ...hosts.map((key) => announcedByServer(key, [...hosts, ...copies].filter((other) => other !== key).map((other) => advertisementOf(other)))),
  { _tag: "servers", servers: [serverOf(copies), ...hosts.map((key) => serverOf([key]))] }
]

const Row = Schema.Struct({ line: Schema.String })

layer(NodeServices.layer)("the artefacts of the scan of 2025", (it) => {
  it.effect("bring no server a point and no two servers together", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/scan.duckdb`
      const crawlId = yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const id = yield* store.startCrawl(crawlStart())
          yield* store.record(id, network)
          yield* store.flush
          yield* store.endCrawl(id, "finished", someTime + 60_000)
          return id
        }))
      const result = yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze({ crawlId })).pipe(
        Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path)))
      )
      assert.strictEqual(result.suspicions.length, 25)
      const all = yield* Effect.flatMap(Database, (database) =>
        Effect.all([
          database.rows(Row, "SELECT server_id || ': ' || explanation AS line FROM suspicion WHERE score > 0"),
          database.rows(Row, "SELECT name || ': ' || detail AS line FROM indicator WHERE share > 0"),
          database.rows(Row, "SELECT server_id::VARCHAR AS line FROM server_metadata WHERE cluster_id IS NOT NULL"),
          database.rows(Row, "SELECT host AS line FROM server_metadata WHERE honeypot_score > 0")
        ])).pipe(Effect.provide(Database.layer(path)))
      assert.deepStrictEqual(all, [[], [], [], []])
      // Nothing is said of what was not seen: no certificate is no good certificate.
      const untested = yield* Effect.flatMap(Database, (database) =>
        database.rows(Row, "SELECT DISTINCT name || ': ' || untested AS line FROM indicator WHERE name = 'certificate reuse' AND untested IS NOT NULL")
      ).pipe(Effect.provide(Database.layer(path)))
      assert.deepStrictEqual(untested, [{ line: "certificate reuse: it showed no certificate" }])
    }).pipe(Effect.scoped), 60_000)
})

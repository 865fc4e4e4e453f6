import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sha256Hex } from "../../src/domain/sha256.ts"
import { queryFile } from "../support/duck.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, certificateOf, crawlStart, observationOf, tlsOf } from "../support/store-facts.ts"

describe("what evidence needs of a visit", () => {
  it.live("is stored: every certificate of the chain once, in its order, and the parameters of requests", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/evidence.duckdb`
      const chain = ["intermediate", "root"].map((text) => ({ sha256: sha256Hex(text), derBase64: Buffer.from(text).toString("base64") }))
      const tls = { ...tlsOf(certificateOf("leaf", "key")), chain }
      // Twice, by two writers: what is known already is not stored again.
      for (const host of ["a.example.org", "b.example.org"]) {
        yield* withStore(path, (store) => Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [{
            _tag: "visit",
            visit: answeredVisit(`${host}:50002:s`, { tls, observations: [observationOf("header#800000", { method: "blockchain.block.header", params: "[800000]" }), observationOf("stray#1", { params: null })] })
          }])
          yield* store.flush
        }))
      }
      const stored = yield* Effect.promise(() => queryFile(path, "SELECT sha256, decode(der) AS der FROM chain_certificate ORDER BY der"))
      assert.deepStrictEqual(stored, [{ sha256: sha256Hex("intermediate"), der: "intermediate" }, { sha256: sha256Hex("root"), der: "root" }])
      const sessions = yield* Effect.promise(() => queryFile(path, `SELECT DISTINCT chain_sha256 = ['${sha256Hex("intermediate")}', '${sha256Hex("root")}'] AS same FROM tls_session`))
      assert.deepStrictEqual(sessions, [{ same: true }])
      const asked = yield* Effect.promise(() => queryFile(path, "SELECT DISTINCT probe, params FROM observation ORDER BY probe"))
      assert.deepStrictEqual(asked, [{ probe: "header#800000", params: "[800000]" }, { probe: "stray#1", params: null }])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})

import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Snapshot, SnapshotReading, SnapshotValues } from "../../src/domain/snapshot.ts"
import type { ProbeTarget } from "../../src/domain/probe-target.ts"
import { Database } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { bindParameters } from "../../src/store/query-file.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { crawlStart, endpointOf, snapshotOf, snapshotValuesOf } from "../support/store-facts.ts"

const target = (name: string, implementation = "Fulcrum", versionRange = ">=2.1"): ProbeTarget => ({
  endpoint: endpointOf(`${name}.example.org:50002:s`),
  serverId: name.charCodeAt(0),
  implementation,
  versionRange,
  tipHeight: null,
  hasFeatures: true
})

const busy = snapshotValuesOf([0.00031, 0.00027, 0.00021, 0.00015, 0.00011])
const otherFees = snapshotValuesOf([0.0003, 0.00027, 0.00021, 0.00015, 0.00011])
const quiet = snapshotValuesOf([0.00001, 0.00001, 0.00001, 0.00001, -1])
const withHistogram = (values: SnapshotValues, text: string): SnapshotValues => ({
  ...values,
  histogram: { outcome: "ok", text, value: JSON.parse(text) as Array<[number, number]> }
})

/** Rows of a named query about snapshots that are stored as they are given. */
const rowsOf = Effect.fnUntraced(function*(snapshots: ReadonlyArray<Snapshot>, name: string, given: Record<string, string> = {}) {
  const path = `${yield* temporaryFolder}/snapshots.duckdb`
  yield* withStore(path, (store) =>
    Effect.gen(function*() {
      const serversOf = yield* store.startCrawl(crawlStart())
      const run = yield* store.startCrawl({ ...crawlStart(), kind: "probe" })
      yield* store.record(run, [{ _tag: "snapshots", serversOf, visits: [], snapshots }])
    }))
  return yield* Effect.gen(function*() {
    const query = yield* (yield* QueryCatalogue).find(name)
    return (yield* (yield* Database).query(query.sql, yield* bindParameters(query, given))).rows
  }).pipe(Effect.provide(Layer.mergeAll(Database.layer(path), QueryCatalogue.layer).pipe(Layer.provideMerge(NodeServices.layer))))
})

const feeRows = Effect.fnUntraced(function*(snapshots: ReadonlyArray<Snapshot>, given?: Record<string, string>) {
  return (yield* rowsOf(snapshots, "snapshot-values", given))
    .filter((row) => row["kind"] === "fee vector")
    .map((row) => [row["value"], row["servers"], row["servers_compared"], row["common_because"]])
})

const pairRows = Effect.fnUntraced(function*(snapshots: ReadonlyArray<Snapshot>, given?: Record<string, string>) {
  return (yield* rowsOf(snapshots, "same-values-in-snapshots", given)).map((row) => [
    String(row["server_endpoint"])[0],
    String(row["other_server_endpoint"])[0],
    row["kind"],
    row["snapshots_equal"],
    row["snapshots_compared"],
    row["servers_with_it_at_most"]
  ])
})

const [a, b, c] = [target("a"), target("b"), target("c")]
const histograms = ["[[30,1],[20,2],[10,3]]", "[[30,1],[20,2],[10,4]]", "[[30,1],[20,2],[10,5]]"]
const numbered = (values: SnapshotValues, i: number): SnapshotValues => withHistogram(values, histograms[i]!)

describe("snapshot-values", () => {
  it.effect("counts the servers of each value, in satoshi per 1,000 vB, and says which values are common", () =>
    Effect.gen(function*() {
      const rows = yield* feeRows([snapshotOf([[a, busy], [b, busy], [c, quiet]])])
      assert.deepStrictEqual(rows, [
        ["31000 27000 21000 15000 11000", 2, 3, null],
        ["1000 1000 1000 1000 none", 1, 3, "quiet mempool: every estimate is at the floor, or missing"]
      ])
    }))

  it.effect("leaves out discarded snapshots, readings that moved or came late, and vectors with holes", () =>
    Effect.gen(function*() {
      const moved = (reading: SnapshotReading): SnapshotReading => ({ ...reading, state: "moved" })
      const kept = snapshotOf([[a, busy], [b, busy]])
      const holes: SnapshotValues = { ...busy, fees: busy.fees.map((fee, i) => i === 0 ? { ...fee, outcome: "error", text: null, value: null } : fee) }
      assert.deepStrictEqual(yield* feeRows([{ ...kept, state: "discarded", reason: "a block" }]), [])
      assert.deepStrictEqual(yield* feeRows([{ ...kept, readings: kept.readings.map((r, i) => i === 0 ? moved(r) : r) }]), [
        ["31000 27000 21000 15000 11000", 1, 1, null]
      ])
      assert.deepStrictEqual(yield* feeRows([snapshotOf([[a, holes], [b, busy]])]), [["31000 27000 21000 15000 11000", 1, 1, null]])
    }))

  it.effect("compares nothing across tips", () =>
    Effect.gen(function*() {
      const late: SnapshotValues = snapshotValuesOf(busy.fees.map((fee) => fee.value!), { height: 899_999, hash: "bb".repeat(32) })
      assert.deepStrictEqual((yield* feeRows([snapshotOf([[a, busy], [b, late]])])).map((row) => row.slice(1, 3)), [[1, 1], [1, 1]])
    }))

  it.effect("shows the newest snapshot unless another one is named", () =>
    Effect.gen(function*() {
      const both = [snapshotOf([[a, busy]]), snapshotOf([[a, otherFees]])]
      assert.deepStrictEqual((yield* feeRows(both)).map(([value]) => value), ["30000 27000 21000 15000 11000"])
      assert.deepStrictEqual((yield* feeRows(both, { snapshot: "1" })).map(([value]) => value), ["31000 27000 21000 15000 11000"])
    }))

  it.effect("takes an estimate below what a full mempool keeps for one at the floor", () =>
    Effect.gen(function*() {
      const full: SnapshotValues = {
        ...busy,
        relayFee: { outcome: "not asked", text: null, value: null },
        mempoolInfo: {
          outcome: "ok",
          text: "{}",
          value: { mempoolMinFee: 0.00025, minRelayFee: 0.00001, incrementalRelayFee: 0.00001, unbroadcastCount: null }
        }
      }
      assert.deepStrictEqual((yield* feeRows([snapshotOf([[a, full]])])).map((row) => row[3]), ["fewer than four estimates above the floor"])
    }))
})

describe("same-values-in-snapshots", () => {
  it.effect("names two servers with an uncommon value in common, how often of how often, and how many share it", () =>
    Effect.gen(function*() {
      const one = snapshotOf([[a, numbered(busy, 0)], [b, numbered(busy, 1)], [c, numbered(otherFees, 2)]])
      const two = snapshotOf([[a, numbered(otherFees, 0)], [b, numbered(otherFees, 1)], [c, numbered(otherFees, 2)]])
      assert.deepStrictEqual(yield* pairRows([one, two]), [
        ["a", "b", "fee vector", 2, 2, 3],
        ["a", "c", "fee vector", 1, 2, 3],
        ["b", "c", "fee vector", 1, 2, 3]
      ])
      assert.deepStrictEqual(yield* pairRows([one, two], { at_least: "2" }), [["a", "b", "fee vector", 2, 2, 3]])
    }))

  it.effect("never names servers for what strangers share: quiet mempools, usual relay fees", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* pairRows([snapshotOf([[a, numbered(quiet, 0)], [b, numbered(quiet, 1)]])]), [])
    }))

  it.effect("compares histograms of like software only, and as written", () =>
    Effect.gen(function*() {
      const other = target("d", "Fulcrum", "<2.1")
      const unknown: ProbeTarget = { ...target("e"), implementation: null, versionRange: null }
      const same = snapshotOf([[a, numbered(quiet, 0)], [b, numbered(quiet, 0)], [other, numbered(quiet, 0)], [unknown, numbered(quiet, 0)]])
      assert.deepStrictEqual(yield* pairRows([same]), [["a", "b", "fee histogram", 1, 1, 2]])
      const spaced = withHistogram(quiet, histograms[0]!.replaceAll(",", ", "))
      assert.deepStrictEqual(yield* pairRows([snapshotOf([[a, numbered(quiet, 0)], [b, spaced]])]), [])
    }))
})

import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { innocentCauses, type Differential } from "../../src/domain/differential.ts"
import type { ProbeTarget } from "../../src/domain/probe-target.ts"
import { Database } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, crawlStart, differentialOf, endpointOf, serverOf, someTime, stateOf } from "../support/store-facts.ts"

const day = 86_400_000

const target = (n: number): ProbeTarget => ({
  endpoint: endpointOf(`server${n}.example.org:50002:s`),
  serverId: n,
  implementation: null,
  versionRange: null,
  tipHeight: null,
  hasFeatures: true
})

const differs = { outcome: "differs", compared: ["fee#2", "banner"], varying: [], differing: ["fee#2"] } as const

/** A server that differed in its first series, and its repetition with a p-value. */
const repeated = (n: number, pValue: number, after = day): ReadonlyArray<Differential> => [
  differentialOf(target(n), { comparison: differs, againFrom: someTime + after }),
  differentialOf(target(n), { stage: "again", startedAt: someTime + after, comparison: differs, statistic: 0.5, pValue })
]

const resultsOf = Effect.fnUntraced(function*(series: ReadonlyArray<Differential>) {
  const path = `${yield* temporaryFolder}/differential.duckdb`
  const read = yield* withStore(path, (store) =>
    Effect.gen(function*() {
      const serversOf = yield* store.startCrawl(crawlStart())
      const run = yield* store.startCrawl({ ...crawlStart(), kind: "probe" })
      for (const differential of series) yield* store.record(run, [{ _tag: "differential", serversOf, differential }])
      return { latest: yield* store.probing.differentials("mainnet"), findings: yield* store.probing.findings("mainnet") }
    }))
  const { rows } = yield* Effect.flatMap(Database, (database) =>
    database.query("SELECT server_id, state, q_value, finding FROM differential_result ORDER BY server_id")).pipe(
      Effect.provide(Database.layer(path)),
      Effect.provide(NodeServices.layer)
    )
  return { ...read, rows: rows.map((row) => ({ state: row["state"], q: row["q_value"] as number | null, finding: row["finding"] })) }
})

/** Benjamini and Hochberg 1995, as one would compute it by hand. */
const adjusted = (pValues: ReadonlyArray<number>): ReadonlyArray<number> =>
  pValues.map((p) =>
    Math.min(1, ...pValues.filter((other) => other >= p).map((other) =>
      (other * pValues.length) / pValues.filter((smaller) => smaller <= other).length))
  )

describe("where a server of several names is asked", () => {
  it.effect("is at one that it claims, whenever each was visited", () =>
    Effect.gen(function*() {
      const [mine, another] = ["mine.example.org:50002:s", "another.example.org:50002:s"]
      const own = answeredVisit(mine!)
      const path = `${yield* temporaryFolder}/targets.duckdb`
      const asked = yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const id = yield* store.startCrawl(crawlStart())
          yield* store.record(id, [
            ...[mine!, another!].map((key) => stateOf(key, "visited")),
            { _tag: "visit", visit: own },
            { _tag: "visit", visit: answeredVisit(another!, { startedAt: someTime + 5_000, features: own.features }) },
            { _tag: "servers", servers: [serverOf([another!, mine!])] }
          ])
          yield* store.flush
          yield* store.endCrawl(id, "finished", someTime + 60_000)
          return (yield* store.probing.targets("mainnet")).targets
        }))
      expect(asked.map(({ endpoint }) => endpoint.host)).toEqual(["mine.example.org"])
    }).pipe(Effect.scoped))
})

describe("what all series together say", () => {
  it.effect("a server that differs on two days, beyond what chance brings among all that were asked, and no other", () =>
    Effect.gen(function*() {
      const { latest, rows } = yield* resultsOf([
        ...repeated(1, 0.0001),
        ...repeated(2, 0.04),
        differentialOf(target(3), { comparison: differs, againFrom: someTime + day }),
        ...[4, 5, 6, 7].map((n) => differentialOf(target(n))),
        differentialOf(target(8), { comparison: { outcome: "not comparable", compared: [], varying: [], differing: [] } })
      ])
      expect(rows.map(({ finding }) => finding)).toEqual([
        "answers differ by how it is asked, or come in one way only (q = 0.0007), seen on two days",
        "no misbehaviour shown to a declared crawler",
        "to be asked again from 2026-01-03T03:04Z",
        ...[4, 5, 6, 7].map(() => "no misbehaviour shown to a declared crawler"),
        "not comparable"
      ])
      expect(rows[0]!.q).toBeCloseTo(0.0007, 10)
      expect(rows[1]!.q).toBeCloseTo(0.14, 10)
      expect(latest.find(({ endpoint }) => endpoint.startsWith("server3."))).toEqual({
        endpoint: "server3.example.org:50002:s",
        startedAt: someTime,
        againFrom: someTime + day,
        differing: ["fee#2"]
      })
    }))

  it.effect("counts no repetition of the same day, nor one of an earlier first series", () =>
    Effect.gen(function*() {
      const sameDay = yield* resultsOf(repeated(1, 0.0001, 19 * 3_600_000))
      expect(sameDay.rows.map(({ state }) => state)).toEqual(["open"])
      const later = yield* resultsOf([...repeated(1, 0.0001), differentialOf(target(1), { startedAt: someTime + 2 * day })])
      expect(later.rows.map(({ state }) => state)).toEqual(["same"])
    }))

  it.live("adjusts p-values over all servers as Benjamini and Hochberg do, ties included", () =>
    Effect.promise(() => fc.assert(fc.asyncProperty(
      fc.array(fc.constantFrom(0.0001, 0.001, 0.004, 0.01, 0.02, 0.04, 0.2, 1), { minLength: 1, maxLength: 12 }),
      async (pValues) => {
        const { rows } = await Effect.runPromise(Effect.scoped(resultsOf(pValues.flatMap((p, i) => repeated(i + 1, p)))))
        const expected = adjusted(pValues)
        rows.forEach(({ q, state }, i) => {
          expect(q).toBeCloseTo(expected[i]!, 10)
          expect(state).toBe(expected[i]! <= 0.05 ? "differs" : "same")
        })
        expect(rows).toHaveLength(pValues.length)
      }
    ), { numRuns: 12 })), 60_000)

  it.effect("names the innocent causes wherever it names a difference", () =>
    Effect.gen(function*() {
      const query = yield* (yield* QueryCatalogue).find("asked-in-two-ways")
      for (const word of ["load balancer", "Tor", "version", "limits", "peer lists", "fees", "padded"]) {
        expect(innocentCauses.join()).toContain(word)
        expect(query.caveat).toContain(word)
      }
    }).pipe(Effect.provide(QueryCatalogue.layer), Effect.provide(NodeServices.layer)))
})

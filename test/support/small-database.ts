import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect, type Scope } from "effect"
import type { Endpoint } from "../../src/domain/endpoint.ts"
import type { Fact } from "../../src/store/facts.ts"
import { type CrawlStart, Store, type StoreOptions } from "../../src/store/store.ts"
import type { StoreError } from "../../src/store/store-error.ts"
import { derive } from "../../src/watch/derive.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  certificateOf,
  crawlStart,
  differentialOf,
  failedVisit,
  malformedAdvertisement,
  seedList,
  serverOf,
  snapshotOf,
  snapshotValuesOf,
  someTime,
  stateOf,
  tlsOf
} from "./store-facts.ts"

/** A folder of the test's own, removed with its scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "observatory-store-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** Uses a store on a file and closes it. */
export const withStore = <A, E>(
  path: string,
  use: (store: Store["Service"]) => Effect.Effect<A, E>,
  options?: Partial<StoreOptions>
): Effect.Effect<A, E | StoreError> =>
  Effect.flatMap(Store, use).pipe(Effect.provide(Store.layer(path, options)), Effect.provide(NodeServices.layer))

export const onion = `${"a".repeat(56)}.onion`

const [alpha, beta, gamma, alphaOnion] = ["alpha.example.org", "beta.example.org", "gamma.example.org", onion]

/** What the small network says and does: three names and an onion, seven endpoints, four servers. */
export const smallCrawl = (network = "mainnet"): ReadonlyArray<ReadonlyArray<Fact>> => {
  const alphaAd = advertisementOf(`${alpha}:50002:s`, `${alpha}:50001:t`)
  const betaAd = advertisementOf(`${beta}:50002:s`)
  const gammaAd = advertisementOf(`${gamma}:50002:s`, `${gamma}:50001:t`)
  const onionAd = advertisementOf(`${alphaOnion}:50002:s`)
  const strange = advertisementOf("strange.example.org:50002:s")
  const shared = tlsOf(certificateOf("shared certificate", "shared key"))
  return [
    [
      seedList([alphaAd, malformedAdvertisement("[1,2]")]),
      stateOf(`${alpha}:50002:s`, "due"),
      stateOf(`${alpha}:50001:t`, "parked")
    ],
    [
      {
        _tag: "visit",
        visit: answeredVisit(`${alpha}:50002:s`, {
          tls: shared,
          dial: { address: "34.90.1.2", resolvedBy: "dns", addresses: ["34.90.1.2", "2a01::2"], via: "direct" }
        })
      },
      announcedByServer(`${alpha}:50002:s`, [alphaAd, betaAd, gammaAd, strange]),
      {
        ...announcedByServer(`${alpha}:50002:s`, [onionAd]),
        source: { kind: "features", name: `${alpha}:50002:s`, detail: null }
      },
      stateOf(`${alpha}:50002:s`, "visited"),
      stateOf(`${alpha}:50001:t`, "not visited", "tls answered"),
      stateOf(`${beta}:50002:s`, "due"),
      stateOf(`${gamma}:50002:s`, "due"),
      stateOf(`${gamma}:50001:t`, "parked"),
      stateOf(`${onion}:50002:s`, "not visited", "us", "no Tor"),
      stateOf("strange.example.org:50002:s", "due"),
      { _tag: "ledger", target: "34.90.1.2", at: someTime, balance: 21.5, backOffUntil: null, reason: null }
    ],
    [
      {
        _tag: "visit",
        visit: answeredVisit(`${beta}:50002:s`, {
          tls: shared,
          dial: { address: "34.90.1.9", resolvedBy: "dns", addresses: ["34.90.1.9"], via: "direct" },
          software: "Fulcrum 1.9.1",
          protocol: "1.5",
          tip: { height: 899_998, hash: "11".repeat(32), time: someTime / 1000, validWork: true }
        })
      },
      announcedByServer(`${beta}:50002:s`, [alphaAd, gammaAd]),
      stateOf(`${beta}:50002:s`, "visited")
    ],
    [
      { _tag: "visit", visit: failedVisit(`${gamma}:50002:s`) },
      stateOf(`${gamma}:50002:s`, "visited"),
      stateOf(`${gamma}:50001:t`, "due")
    ],
    [
      { _tag: "visit", visit: failedVisit(`${gamma}:50001:t`, { reason: "connect timeout", detail: null }) },
      stateOf(`${gamma}:50001:t`, "visited")
    ],
    [
      {
        _tag: "visit",
        visit: answeredVisit("strange.example.org:50002:s", {
          outcome: "failed",
          reason: "other network",
          phase: "session",
          chain: { verdict: "other", chain: null, headers: [{ height: 0, hash: "ab".repeat(32) }] },
          peers: null
        })
      },
      stateOf("strange.example.org:50002:s", "visited")
    ],
    [{
      _tag: "servers",
      servers: [
        serverOf([`${alpha}:50002:s`, `${alpha}:50001:t`], network),
        serverOf([`${beta}:50002:s`], network),
        serverOf([`${gamma}:50002:s`, `${gamma}:50001:t`], null, false),
        serverOf([`${onion}:50002:s`], null, false),
        serverOf(["strange.example.org:50002:s"], "unknown chain abababab")
      ]
    }]
  ]
}

/**
 * What probes found in the small network: both servers that answered show the same
 * estimates, of which one is at the floor, and answer alike however they are asked.
 */
export const recordSmallProbes = Effect.fnUntraced(function*(store: Store["Service"], network: string, start: Partial<CrawlStart> = {}) {
  const { crawlId, targets } = yield* store.probing.targets(network)
  const values = snapshotValuesOf([0.00012, 0.00011, 0.00009, 0.00004, 0.00001])
  const run = yield* store.startCrawl({ ...crawlStart({ network, ...start }), kind: "probe" })
  yield* store.record(run, [{
    _tag: "snapshots",
    serversOf: crawlId!,
    visits: [],
    snapshots: [snapshotOf(targets.map((target) => [target, values]))]
  }])
  for (const target of targets) {
    yield* store.record(run, [{ _tag: "differential", serversOf: crawlId!, differential: differentialOf(target) }])
  }
  yield* store.flush
  yield* store.endCrawl(run, "finished", someTime + 90_000)
  yield* recordSmallWatch(store, network, crawlId!, targets[0]!.endpoint)
})

/** Three looks at one server, which fell silent after the second. */
const recordSmallWatch = Effect.fnUntraced(function*(store: Store["Service"], network: string, crawlId: number, endpoint: Endpoint) {
  const of = { network, vantage: "home" }
  const runId = yield* store.watch.start({ ...of, startedAt: someTime, anchor: someTime, timeScale: 1, settings: {} })
  const look = (minutes: number, state: "up" | "down") => store.record(crawlId, [{
    _tag: "sighting", runId, endpoint, at: someTime + minutes * 60_000, state, reason: state === "up" ? null : "refused",
    way: "visit", dueAt: someTime + (minutes + 15) * 60_000
  }])
  yield* look(0, "up")
  yield* look(15, "up")
  yield* look(30, "down")
  yield* store.flush
  yield* derive(of, someTime + 31 * 60_000, { everyMs: 15 * 60_000, slackMs: 60_000 }, 0)
  yield* store.watch.end(runId, someTime + 32 * 60_000)
}, (effect, store) => Effect.provideService(effect, Store, store))

/** Stores the small network as a crawl. */
export const recordSmallCrawl = Effect.fnUntraced(function*(
  store: Store["Service"],
  network: string,
  end: "finished" | "interrupted" | null = "finished",
  start: Partial<CrawlStart> = {}
) {
  const crawlId = yield* store.startCrawl(crawlStart({ network, ...start }))
  for (const unit of smallCrawl(network)) yield* store.record(crawlId, unit)
  yield* store.flush
  if (end !== null) yield* store.endCrawl(crawlId, end, someTime + 60_000)
  return crawlId
})

import { NodeServices } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { type Endpoint, parseEndpoint } from "../../src/domain/endpoint.ts"
import type { Fact } from "../../src/store/facts.ts"
import { Store } from "../../src/store/store.ts"
import { derive } from "../../src/watch/derive.ts"
import { analyse, inventedFacts, type InventedServer, inventedServers, recordCrawl } from "./atlas-database.ts"
import { copyOfKept } from "./kept.ts"
import { temporaryFolder, withStore } from "./small-database.ts"
import { advertisementOf, announcedByServer, answeredVisit, certificateOf, serverOf, someTime, stateOf, tlsOf } from "./store-facts.ts"

/** Only the user named it. */
export const unannounced = "secret.example.org"
/** An onion of its own, which everybody may name. */
export const watchedOnion = `${"k".repeat(56)}.onion`

export const minute = 60_000
export const hour = 60 * minute
/** When the first look was; looks come every quarter of an hour for two days. */
export const watchedFrom = someTime + 2 * hour
export const watchedHours = 48

/** Hours from the first look: our own line, one hoster's network, the fleet restarted, the fleet fell silent. */
export const ourOutage = { from: 10, to: 12 }
export const hosterOutage = { from: 20, to: 22 }
export const fleetRestart = 30
export const fleetSilence = { from: 40, to: 41 }
/** The two that are not shown, or not with times, fell silent together. */
export const hiddenSilence = { from: 44, to: 45 }
/** Within it nobody looked. */
export const gap = { from: 34, to: 36 }

/** Servers in the hoster's system. */
export const inHoster = inventedServers.slice(0, 3)
export const fleet = inventedServers.filter(({ host }) => host.endsWith(".fleet.test"))

const secretServer: InventedServer = { host: unannounced, key: "a key", donation: "bc1qnobody", address: "34.130.1.2", names: [] }
const servers = [...inventedServers, secretServer]

/** What the crawl records. */
export const watchedFacts: ReadonlyArray<Fact> = [
  ...inventedFacts(servers).map((fact): Fact => fact._tag === "servers" ? { ...fact, servers: [...fact.servers, serverOf([`${watchedOnion}:50002:s`])] } : fact),
  {
    _tag: "visit",
    visit: answeredVisit(`${watchedOnion}:50002:s`, {
      dial: { address: null, resolvedBy: null, addresses: [], via: "tor" }, tls: tlsOf(certificateOf("certificate of the onion", "key of the onion"))
    })
  },
  stateOf(`${watchedOnion}:50002:s`, "visited"),
  announcedByServer("cedar.example.org:50002:s", [advertisementOf(`${watchedOnion}:50002:s`)]),
  { ...announcedByServer("command line", [advertisementOf(`${unannounced}:50002:s`)]), source: { kind: "user", name: "command line", detail: null } }
]

const placeOf = (address: string, fact: AddressFact["fact"], answer: string): AddressFact => ({
  address, fact, source: { kind: "geo file", name: "geo.csv", rank: 1, dataAt: someTime }, answers: [answer], reason: null, detail: null, block: null, lookedUpAt: someTime
})

const places: ReadonlyArray<AddressFact> = servers.flatMap((server, i) => [
  placeOf(server.address, "asn", inHoster.includes(server) ? "64500" : String(64_600 + i)),
  placeOf(server.address, "country_located", inHoster.includes(server) ? "DE" : "US")
])

const endpointOf = (host: string): Endpoint => {
  const endpoint = parseEndpoint(`${host}:50002:s`)
  if (typeof endpoint === "string") throw new Error(endpoint)
  return endpoint
}

const within = (at: number, { from, to }: { readonly from: number; readonly to: number }): boolean => at >= from && at < to

const isUp = (host: string, at: number): boolean =>
  !within(at, ourOutage) && !(inHoster.some((server) => server.host === host) && within(at, hosterOutage)) &&
  !(fleet.some((server) => server.host === host) && within(at, fleetSilence)) &&
  !([unannounced, watchedOnion].includes(host) && within(at, hiddenSilence))

/** What a watch with held connections stores of these servers. */
const watchFacts = (runId: number): ReadonlyArray<Fact> => [...servers.map(({ host }) => host), watchedOnion].flatMap((host, place): ReadonlyArray<Fact> => {
  const endpoint = endpointOf(host)
  const look = (at: number, state: "up" | "down", reason: "refused" | "lost" | null): Fact => ({
    _tag: "sighting", runId, endpoint, at: watchedFrom + at * hour, state, reason, way: "held", dueAt: watchedFrom + (at + 0.25) * hour
  })
  const found: Array<Fact> = []
  for (let quarter = 0; quarter <= watchedHours * 4; quarter++) {
    const at = quarter / 4
    if (within(at, gap)) continue
    if (!isUp(host, at)) {
      // That a connection ended is known at once.
      if (isUp(host, at - 0.25)) found.push(look(at - 0.001, "up", null), look(at, "down", "lost"))
      else found.push(look(at, "down", "refused"))
      continue
    }
    // After the gap nobody vouches for the time in which nobody looked.
    const way = at === gap.to ? "visit" as const : "held" as const
    found.push({ ...look(at, "up", null), way } as Fact)
    if (at === fleetRestart && fleet.some((server) => server.host === host)) {
      found.push(look(at + 0.005, "up", null), look(at + 0.0051, "down", "lost"), look(at + 0.02, "up", null))
    }
  }
  for (let block = 0; block < 40; block++) {
    const at = block + 0.3
    if (!isUp(host, at)) continue
    const steadyMs = at * hour + 100 * place
    found.push({ _tag: "tip arrival", runId, endpoint, height: 900_000 + block, hash: `${block}`.padStart(64, "0"), at: watchedFrom + steadyMs, steadyMs })
  }
  return found
})

/** Crawls the invented network, watches it for two days, and analyses it. */
const makeWatched = Effect.fnUntraced(function*(path: string) {
  const crawlId = yield* recordCrawl(path, watchedFacts)
  yield* withStore(path, Effect.fnUntraced(function*(store) {
    yield* store.enrichment.saveFacts("mainnet", places)
    const of = { network: "mainnet", vantage: "home" }
    const runId = yield* store.watch.start({ ...of, startedAt: watchedFrom, anchor: watchedFrom, timeScale: 1, settings: { folder: "/home/somebody" } })
    yield* store.record(crawlId, watchFacts(runId))
    yield* store.flush
    const until = watchedFrom + watchedHours * hour
    yield* derive(of, until, { everyMs: 15 * minute, slackMs: minute }, 0).pipe(Effect.provideService(Store, store))
    yield* store.watch.end(runId, until)
  }))
  yield* analyse(path, crawlId)
}, Effect.provide(NodeServices.layer))

const databaseIn = (folder: string): string => `${folder}/observatory.duckdb`

/** A database with one crawl and two days of a watch: its path. A copy for all tests it is given to. */
export class WatchedDatabase extends Context.Service<WatchedDatabase, string>()("test/WatchedDatabase") {
  static readonly layer = Layer.effect(
    WatchedDatabase,
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      yield* Effect.promise(() => copyOfKept("watched-database", folder, (place) => Effect.runPromise(makeWatched(databaseIn(place)))))
      return databaseIn(folder)
    })
  )
}

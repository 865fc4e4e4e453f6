import { copyFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { Atlas, type AtlasService } from "../../src/atlas/atlas.ts"
import { Database } from "../../src/store/database.ts"
import { AnalysedDatabase, inventedServers } from "../support/atlas-database.ts"
import { changeFile } from "../support/duck.ts"
import { namedQuery } from "../support/named-query.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { fleet, fleetRestart, gap, hiddenSilence, hosterOutage, hour, inHoster, minute, ourOutage, unannounced, watchedFrom, WatchedDatabase, watchedHours, watchedOnion } from "../support/watched-database.ts"

const ask = Effect.fnUntraced(function*<A, E>(use: (atlas: AtlasService) => Effect.Effect<A, E>, isPublic = false, optedOut = "") {
  const path = yield* WatchedDatabase
  const atlas = isPublic ? Atlas.publicLayerFor((host) => host === optedOut) : Atlas.layer
  return yield* Effect.flatMap(Atlas, use).pipe(Effect.provide(Layer.provide(atlas, Database.layer(path))), Effect.provide(NodeServices.layer), Effect.scoped)
})

/** Letters of a strip between two hours of the watch, each once. */
const lettersOf = (strip: string | null, stepMs: number, from: number, to: number): string =>
  [...new Set(strip!.slice(Math.ceil(from * hour / stepMs), Math.floor(to * hour / stepMs)))].join("")

layer(WatchedDatabase.layer, { excludeTestServices: true, timeout: 120_000 })("the watched time of servers", (it) => {
  it.effect("is a strip each that says what was the server's, its network's and our own", () =>
    Effect.gen(function*() {
      const page = yield* ask((atlas) => atlas.watched(1, "week"))
      assert.deepStrictEqual([page.vantage, page.from, page.until], ["home", new Date(watchedFrom).toISOString(), new Date(watchedFrom + watchedHours * hour).toISOString()])
      assert.deepStrictEqual([page.rows.length, page.unwatched], [13, 0])
      for (const row of page.rows) {
        const within = ({ from, to }: { readonly from: number; readonly to: number }) => lettersOf(row.strip, page.stepMs, from + 0.5, to - 0.5)
        assert.strictEqual(row.strip!.length, page.steps)
        assert.strictEqual(within(ourOutage), "o", row.host)
        assert.strictEqual(within(gap), "-", row.host)
        assert.strictEqual(within(hosterOutage), inHoster.some(({ host }) => host === row.host) ? "n" : "u", row.host)
        assert.deepStrictEqual(row.reliability.map(({ window }) => window), ["2 hours", "8 hours", "1 day", "1 week", "1 month"])
        assert.isAbove(row.unknownHours, 2.9)
      }
      const one = page.rows.find(({ host }) => host === fleet[0]!.host)!
      const other = page.rows.find(({ host }) => host === inHoster[0]!.host)!
      assert.deepStrictEqual([one.fellSilent, one.explained, one.restarted, other.fellSilent, other.explained], [1, 0, 1, 1, 1])
      // The named query comes to the same by SQL alone.
      const uptime = yield* Effect.flatMap(WatchedDatabase, (path) => Effect.promise(() => namedQuery(path, "watched-uptime")))
      for (const { host, observed_hours, uptime_share } of uptime) {
        const row = page.rows.find((row) => row.host === host)!
        assert.closeTo(row.upShare!, Number(uptime_share), 1e-4, row.host)
        assert.closeTo(row.observedHours, Number(observed_hours), 0.051, row.host)
      }
      assert.strictEqual(uptime.length, 13)
      assert.deepStrictEqual(page.outages.map(({ kind, silent, where }) => [kind, where, silent]), [["vantage outage", null, 13], ["network outage", "AS 64500", 3]])
    }))

  it.effect("is not known where Tor was down and a server is an onion, on the page as by the query", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/tor.duckdb`
      copyFileSync(yield* WatchedDatabase, path)
      const at = (hours: number) => `make_timestamp_ms(${watchedFrom + hours * hour})`
      yield* Effect.promise(() => changeFile(path, `
        INSERT INTO watch_event BY NAME SELECT 'mainnet' AS network, 'home' AS vantage, 'network outage' AS kind,
          ${at(hiddenSilence.from - 0.01)} AS earliest, ${at(hiddenSilence.to)} AS latest, 'Tor' AS value_after, '{"over": true, "silent": 1, "up": 1}' AS detail`))
      const page = yield* Effect.flatMap(Atlas, (atlas) => atlas.watched(1, "all")).pipe(
        Effect.provide(Layer.provide(Atlas.layer, Database.layer(path))), Effect.scoped
      )
      const uptime = yield* Effect.promise(() => namedQuery(path, "watched-uptime"))
      for (const [host, letters, upShare] of [[watchedOnion, "o", 1], [unannounced, "d", 0.97]] as const) {
        const row = page.rows.find((row) => row.host === host)!
        assert.strictEqual(lettersOf(row.strip, page.stepMs, hiddenSilence.from, hiddenSilence.from + 0.5), letters, host)
        assert.closeTo(row.upShare!, upShare, 0.02)
        assert.closeTo(Number(uptime.find((row) => row["host"] === host)!["uptime_share"]), row.upShare!, 1e-4, host)
      }
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.effect("is cut to the window that is asked for, to its last look", () =>
    Effect.gen(function*() {
      const day = yield* ask((atlas) => atlas.watched(1, "day"))
      assert.strictEqual(Date.parse(day.until!) - Date.parse(day.from!), 24 * hour)
      assert.deepStrictEqual([day.steps, day.stepMs, day.outages], [96, 15 * minute, []])
      const all = yield* ask((atlas) => atlas.watched(1, "all"))
      assert.strictEqual(Date.parse(all.from!), watchedFrom)
    }))

  it.effect("has the events, and those that happened to several at once, without what an outage of many explains", () =>
    Effect.gen(function*() {
      const page = yield* ask((atlas) => atlas.happened(1, "week"))
      const joint = page.joint.map(({ at, kind, oneSystem, servers }) => [kind, Math.round((Date.parse(at) - watchedFrom) / hour), servers.map(({ host }) => host).toSorted().join(), oneSystem])
      const hosts = fleet.map(({ host }) => host).toSorted().join()
      assert.deepStrictEqual(joint, [["went silent", 44, [unannounced, watchedOnion].toSorted().join(), false], ["went silent", 40, hosts, false], ["restarted", fleetRestart, hosts, false]])
      const explained = page.events.filter(({ cause, kind }) => kind === "went silent" && cause === "network outage of AS 64500")
      assert.sameMembers(explained.map(({ host }) => host), inHoster.map(({ host }) => host))
      assert.deepStrictEqual([page.leftOut, page.jointLeftOut], [0, 0])
      const inOrder = page.events.map(({ latest }) => latest)
      assert.deepStrictEqual(inOrder, inOrder.toSorted().toReversed())
    }))

  it.effect("says how late tips came against the median of the implementation's servers", () =>
    Effect.gen(function*() {
      const page = yield* ask((atlas) => atlas.lateness(1, "week"))
      assert.isNotEmpty(page.rows)
      for (const row of page.rows) {
        assert.strictEqual(row.bins.reduce((sum, n) => sum + n, 0), row.blocks)
        assert.isAtMost(row.p10, row.p90)
      }
      // Each is a tenth of a second later than the one before, so lateness is in that order.
      const byPlace = page.rows.filter(({ host }) => host.endsWith("example.org")).toSorted((a, b) => a.serverId - b.serverId).map(({ median }) => median)
      assert.deepStrictEqual(byPlace, byPlace.toSorted((a, b) => a - b))
    }))

  it.effect("of one server has its stretches with their causes, its tips and its events", () =>
    Effect.gen(function*() {
      const { serverId } = (yield* ask((atlas) => atlas.watched(1, "week"))).rows.find(({ host }) => host === inHoster[0]!.host)!
      const detail = yield* ask((atlas) => atlas.watchedServer(1, serverId, "week"))
      const [endpoint] = detail.endpoints
      assert.deepStrictEqual([detail.endpoints.length, endpoint!.stretchesLeftOut], [1, 0])
      const silent = endpoint!.stretches.filter(({ state }) => state === "n")
      assert.isNotEmpty(silent)
      for (const { cause } of silent) assert.strictEqual(cause, "network outage of AS 64500")
      assert.include(endpoint!.stretches.map(({ state }) => state), "o")
      assert.deepStrictEqual(new Set(detail.events.map((event) => event.serverId)), new Set([serverId]))
      assert.deepStrictEqual(detail.lateness.rows.map((row) => row.serverId), [serverId])
    }))

  it.effect("of what nobody watched has no rows and says so", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(ask((atlas) => atlas.watchedServer(1, 999, "day")))
      assert.strictEqual(failure._tag === "AtlasError" && failure.reason, "no such server")
      const nobody = yield* Effect.flatMap(Atlas, (atlas) => Effect.all([atlas.watched(1, "week"), atlas.happened(1, "week"), atlas.lateness(1, "week")])).pipe(
        Effect.provide(Layer.provide(Atlas.layer, Layer.flatMap(AnalysedDatabase.layer, (context) => Database.layer(Context.get(context, AnalysedDatabase))))),
        Effect.provide(NodeServices.layer)
      )
      assert.deepStrictEqual(nobody.map(({ from, until, vantage }) => [vantage, from, until]), [[null, null, null], [null, null, null], [null, null, null]])
      assert.deepStrictEqual([nobody[0].rows, nobody[0].unwatched, nobody[1].events, nobody[2].rows], [[], inventedServers.length, [], []])
    }))

  it.effect("is public of servers that are shown, never of whoever opted out, and of no onion, whose shares would tell its times too", () =>
    Effect.gen(function*() {
      const optedOut = fleet[1]!.host
      const everything = yield* ask((atlas) => Effect.all([atlas.watched(1, "all"), atlas.happened(1, "all"), atlas.lateness(1, "all")]))
      for (const host of [unannounced, watchedOnion, optedOut]) for (const page of everything) assert.include(JSON.stringify(page), host)
      const [watched, happened, lateness] = yield* ask((atlas) => Effect.all([atlas.watched(1, "all"), atlas.happened(1, "all"), atlas.lateness(1, "all")]), true, optedOut)
      for (const page of [watched, happened, lateness]) {
        assert.match(page.withheld ?? "", /^Withheld here: 2 watched servers .*; when and how much 1 onion was up/)
        for (const host of [unannounced, optedOut]) assert.notInclude(JSON.stringify(page), host)
      }
      const onion = everything[0].rows.find(({ host }) => host === watchedOnion)!
      assert.isAbove(onion.reliability.length, 1)
      assert.notInclude(JSON.stringify([watched, happened, lateness]), watchedOnion)
      assert.deepStrictEqual(watched.outages.map(({ kind, silent, up, where }) => [kind, where, silent, up]).slice(1), [["network outage", "AS 64500", null, null]])
      assert.deepStrictEqual(happened.joint.map(({ servers }) => servers.length), [2, 2])
      const detail = yield* ask((atlas) => atlas.watchedServer(1, onion.serverId, "all"), true)
      assert.deepStrictEqual([detail.endpoints, detail.events, detail.lateness.rows], [[], [], []])
      assert.match(detail.withheld ?? "", /how much 1 onion was up/)
    }))
})

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { mergeObservers } from "../../src/crawl/merge-observers.ts"
import { sha256Hex } from "../../src/domain/sha256.ts"
import { archiveCrawls } from "../../src/store/archive/archive.ts"
import type { Manifest } from "../../src/store/archive/manifest.ts"
import { Database } from "../../src/store/database.ts"
import type { CrawlStart } from "../../src/store/store.ts"
import { runCli } from "../support/cli.ts"
import { copyOfKept } from "../support/kept.ts"
import { answeredVisit, someTime, stateOf } from "../support/store-facts.ts"
import { recordSmallCrawl, recordSmallProbes, temporaryFolder, withStore } from "../support/small-database.ts"

const at = (name: string, startedAt = someTime): Partial<CrawlStart> => ({ startedAt, vantage: { name, ipv4: true, ipv6: false, tor: false, proxy: false } })

const archived = (path: string, archive: string) =>
  Effect.scoped(archiveCrawls(path, { archive, crawlId: null, dropOlderThanMs: null })).pipe(Effect.provide(NodeServices.layer))

const makeObserver = Effect.fnUntraced(function*(folder: string, name: string, crawls: ReadonlyArray<Partial<CrawlStart>>, probes: boolean) {
  const path = `${folder}/${name}.duckdb`
  yield* withStore(path, (store) => Effect.gen(function*() {
    for (const start of crawls) yield* recordSmallCrawl(store, "mainnet", "finished", start)
    if (probes) yield* recordSmallProbes(store, "mainnet", crawls.at(-1)!)
  }))
  yield* archived(path, `${folder}/${name}`)
})

/** An observer's archive of the small network, and its database: a copy of what was made for the first who asked for it. */
const observer = Effect.fnUntraced(function*(folder: string, name: string, crawls: ReadonlyArray<Partial<CrawlStart>>, probes = false) {
  const [path, archive] = [`${folder}/${name}.duckdb`, `${folder}/${name}`]
  const kept = `observer-${name}-${sha256Hex(JSON.stringify([crawls, probes])).slice(0, 8)}`
  yield* Effect.promise(() => copyOfKept(kept, folder, (place) => Effect.runPromise(makeObserver(place, name, crawls, probes))))
  const partitions = readdirSync(archive, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("/manifest.json")).toSorted()
  return { path, archive, partitions: partitions.map((file) => `${archive}/${dirname(file)}`) }
})

const merged = (path: string, ...archives: ReadonlyArray<string>) => mergeObservers(path, archives).pipe(Effect.provide(NodeServices.layer))

const rowsOf = (path: string, sql: string) =>
  Effect.flatMap(Database, (database) => database.query(sql)).pipe(Effect.map(({ rows }) => rows), Effect.provide(Database.layer(path).pipe(Layer.provide(NodeServices.layer))), Effect.scoped)

const countOf = (path: string, from: string) => Effect.map(rowsOf(path, `SELECT count(*)::INTEGER AS n FROM ${from}`), ([row]) => Number(row!["n"]))

/** Writes a file of a partition anew, as somebody would who knows how: its manifest says the same. */
const forge = async (partition: string, table: string, select: string): Promise<void> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  const file = `${partition}/${table}.parquet`
  await connection.run(`CREATE TABLE t AS ${select.replaceAll("FILE", `read_parquet('${file}')`)}`)
  await connection.run(`COPY t TO '${file}' (FORMAT parquet)`)
  const [sum] = (await connection.runAndReadAll("SELECT count(*)::INTEGER AS rows, coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR AS checksum FROM t")).getRowObjectsJS()
  change(partition, (manifest) => ({ ...manifest, tables: manifest.tables.map((entry) => entry.name === table ? { name: table, ...sum } as typeof entry : entry) }))
  connection.closeSync()
  instance.closeSync()
}

const change = (partition: string, to: (manifest: Manifest) => unknown): void => {
  const file = `${partition}/manifest.json`
  writeFileSync(file, JSON.stringify(to(JSON.parse(readFileSync(file, "utf8")) as Manifest)))
}

/** What may be wrong with a partition, and what is said then. */
const wrongs: ReadonlyArray<readonly [what: string, does: (partition: string) => void | Promise<void>, said: RegExp]> = [
  ["is no JSON", (p) => writeFileSync(`${p}/manifest.json`, "{"), /no partition of an archive that this program knows/],
  ["is larger than any manifest", (p) => writeFileSync(`${p}/manifest.json`, `${readFileSync(`${p}/manifest.json`, "utf8")}${" ".repeat(1_000_001)}`), /no partition of an archive/],
  ["names a file elsewhere", (p) => change(p, (m) => ({ ...m, tables: [...m.tables, { name: "../../../../etc/passwd", rows: 1, checksum: "1" }] })), /no partition of an archive/],
  ["has more tables than there can be", (p) => change(p, (m) => ({ ...m, tables: Array.from({ length: 501 }, (_, i) => ({ name: `t${i}`, rows: 0, checksum: "0" })) })), /no partition of an archive/],
  ["is of another crawl", (p) => change(p, (m) => ({ ...m, vantage: "elsewhere" })), /says that it is crawl=.*it was renamed, or somebody else's/],
  ["names a table twice", (p) => change(p, (m) => ({ ...m, tables: [...m.tables, m.tables.find(({ name }) => name === "visit")!] })), /names a table twice/],
  ["has a file that was cut", (p) => truncateSync(`${p}/visit.parquet`, 300), /Cannot read/],
  ["has a file that is something else", (p) => writeFileSync(`${p}/observation.parquet`, "PAR1 or not"), /Cannot read/],
  ["is not all there yet", (p) => rmSync(`${p}/endpoint.parquet`), /Cannot read/],
  ["has a value that somebody changed", async (p) => {
    const before = readFileSync(`${p}/manifest.json`)
    await forge(p, "visit", "SELECT * REPLACE ('Other 1.0' AS software) FROM FILE")
    writeFileSync(`${p}/manifest.json`, before)
  }, /visit\.parquet does not hold what the manifest says/],
  ["has columns of other types", (p) => forge(p, "visit", "SELECT * REPLACE ('many' AS cost) FROM FILE"), /Cannot read/],
  ["speaks of visits of others", (p) => forge(p, "observation", "SELECT * REPLACE (visit_id - 3 AS visit_id) FROM FILE"), /visits or snapshots that are not its own/],
  ["uses up numbers", (p) => forge(p, "endpoint_state", "SELECT * REPLACE ((sequence + CASE WHEN row_number() OVER () = 1 THEN 2000000000 ELSE 0 END) AS sequence) FROM FILE"), /too far apart|Cannot read/],
  ["has a time without end", (p) => forge(p, "visit", "SELECT * REPLACE (TIMESTAMP 'infinity' AS started_at) FROM FILE"), /visit\.parquet has values that there cannot be/],
  ["has a duration that is no number", (p) => forge(p, "visit", "SELECT * REPLACE ('nan'::DOUBLE AS tcp_connect_ms) FROM FILE"), /visit\.parquet has values that there cannot be/],
  ["has settings that no crawl has", (p) => forge(p, "crawl", "SELECT * REPLACE ('{\"exclude\": 7}' AS settings) FROM FILE"), /crawl\.parquet has values that there cannot be/],
  ["has a transport that nobody speaks", (p) => forge(p, "endpoint", "SELECT * REPLACE ('pigeon' AS transport) FROM FILE"), /endpoint\.parquet has values that there cannot be/],
  ["has a port that there is not", (p) => forge(p, "endpoint", "SELECT * REPLACE (99999999 AS port) FROM FILE"), /endpoint\.parquet has values that there cannot be/],
  ["has endpoints by keys of others", (p) => forge(p, "endpoint", "SELECT * REPLACE (concat('x', endpoint_key) AS endpoint_key) FROM FILE"), /endpoint\.parquet has values that there cannot be/],
  ["has two crawls", (p) => forge(p, "crawl", "SELECT * FROM FILE UNION ALL SELECT * REPLACE (crawl_id + 1 AS crawl_id) FROM FILE"), /its crawl is not the one of the manifest/]
]

describe("archives of several observers", () => {
  it.live("become one joint crawl with coverage and everybody's snapshots, whose servers are the joint crawl's, and the same again", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const home = yield* observer(folder, "home", [at("home")], true)
      // Another clock: three hours ahead.
      const office = yield* observer(folder, "office", [at("office", someTime + 3 * 3_600_000)], true)
      const all = `${folder}/all.duckdb`
      const { joint: [joint], unread } = yield* merged(all, home.archive, office.archive)
      assert.deepStrictEqual(unread, [])
      assert.deepStrictEqual(joint!.vantages, ["home", "office"])
      const { crawlId } = joint!
      const look = Effect.gen(function*() {
        const snapshots = yield* rowsOf(all, `SELECT s.snapshot_id, c.vantage, r.server_id, r.endpoint_id, e.server_id AS joined
          FROM snapshot s JOIN crawl c ON c.crawl_id = s.crawl_id JOIN snapshot_reading r USING (snapshot_id)
          LEFT JOIN server_endpoint e ON e.crawl_id = s.servers_of AND e.endpoint_id = r.endpoint_id
          WHERE s.servers_of = ${crawlId} ORDER BY ALL`)
        const coverage = yield* rowsOf(all, `SELECT network_class, method, answered, captured FROM crawl_coverage WHERE crawl_id = ${crawlId} ORDER BY ALL`)
        return { snapshots, coverage, due: yield* countOf(all, "probe_due"), values: yield* countOf(all, `snapshot_value WHERE servers_of = ${crawlId}`) }
      })
      const { coverage, due, snapshots, values } = yield* look
      // One of each place, each with the servers that it asked.
      assert.deepStrictEqual([...new Set(snapshots.map(({ vantage }) => vantage))], ["home", "office"])
      assert.strictEqual(new Set(snapshots.map(({ snapshot_id }) => snapshot_id)).size, 2)
      assert.strictEqual(snapshots.length, 4)
      for (const { joined, server_id } of snapshots) assert.strictEqual(server_id, joined)
      assert.isAbove(values, 0)
      assert.isAbove(coverage.length, 0)
      // Each observer makes its own deep visits.
      assert.strictEqual(due, 0)
      yield* merged(all, office.archive, home.archive, home.archive)
      assert.deepStrictEqual(yield* look, { coverage, due, snapshots, values })
    }), 240_000)

  it.live("are not put together when they looked more than a day apart, by their own clocks", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [home, office] = [yield* observer(folder, "home", [at("home")]), yield* observer(folder, "office", [at("office", someTime + 30 * 3_600_000)])]
      assert.deepStrictEqual((yield* merged(`${folder}/all.duckdb`, home.archive, office.archive)).joint, [])
    }), 120_000)

  it.live("of runners that shared a crawl are one observer with all their parts, also those that were killed, and its deep visits become due", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const part = (runner: string, sharedBeganAt: number, visit = "regular"): Partial<CrawlStart> =>
        ({ ...at("office"), settings: { network: "mainnet", sharedCrawl: "mainnet", sharedBeganAt, runner, visit } })
      const one = yield* observer(folder, "one", [part("one", 5)])
      // Killed, and started again; before it a shared crawl of the same name.
      const path = `${folder}/two.duckdb`
      yield* withStore(path, (store) => Effect.gen(function*() {
        yield* recordSmallCrawl(store, "mainnet", "finished", { ...part("two", 1), startedAt: someTime - 3_600_000 })
        yield* recordSmallCrawl(store, "mainnet", null, part("two", 5))
        yield* recordSmallCrawl(store, "mainnet", null, part("two", 5))
      }))
      assert.deepStrictEqual((yield* archived(path, `${folder}/two`)).map(({ written }) => written), [true, true, true])
      const all = `${folder}/all.duckdb`
      const { joint } = yield* merged(all, one.archive, `${folder}/two`)
      assert.deepStrictEqual(joint.map(({ members, vantages }) => [members.length, vantages]), [[3, ["office"]]])
      assert.isAbove(yield* countOf(all, `probe_due WHERE state = 'due' AND crawl_id = ${joint[0]!.crawlId}`), 0)
      // Whoever only mapped the network leaves none.
      const three = yield* observer(folder, "three", [part("three", 9, "topology"), part("four", 9, "topology")])
      const mapped = yield* merged(`${folder}/mapped.duckdb`, three.archive)
      assert.strictEqual(mapped.joint.length, 1)
      assert.strictEqual(yield* countOf(`${folder}/mapped.duckdb`, "probe_due WHERE state = 'due'"), 0)
    }), 240_000)

  it.live("are read though some partition is broken, foreign or not all there yet: that one is left whole and named, and read when it is mended", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [home, office] = [yield* observer(folder, "home", [at("home")]), yield* observer(folder, "office", [at("office"), at("office", someTime + 60_000)])]
      const victim = office.partitions[1]!
      cpSync(victim, `${folder}/whole`, { recursive: true })
      rmSync(victim, { recursive: true })
      const all = `${folder}/all.duckdb`
      assert.strictEqual((yield* merged(all, home.archive)).read, 1)
      const before = yield* countOf(all, "crawl")
      // Each in an archive of its own, all read at once.
      const broken = yield* Effect.forEach(wrongs, ([, does], i) => Effect.promise(async () => {
        const archive = `${folder}/wrong-${i}`
        const partition = `${archive}${victim.slice(office.archive.length)}`
        cpSync(`${folder}/whole`, partition, { recursive: true })
        await does(partition)
        return { archive, partition }
      }))
      const first = yield* merged(all, home.archive, office.archive, ...broken.map(({ archive }) => archive))
      assert.deepStrictEqual([first.known, first.read], [1, 1])
      assert.deepStrictEqual(first.unread.map(({ folder }) => folder), broken.map(({ partition }) => partition))
      for (const [i, [what, , said]] of wrongs.entries()) assert.match(first.unread[i]!.why, said, what)
      // The other one of the office, and the joint crawl of both.
      assert.isAtMost((yield* countOf(all, "crawl")) - before, 2)
      assert.strictEqual(yield* countOf(all, "merged_crawl"), 2)
      cpSync(`${folder}/whole`, victim, { recursive: true })
      const { known, read: now, unread } = yield* merged(all, home.archive, office.archive)
      assert.deepStrictEqual([known, now, unread.length], [2, 1, 0])
      // A copy of a partition at another place is the same crawl.
      cpSync(home.archive, `${folder}/copy`, { recursive: true })
      assert.deepStrictEqual(yield* Effect.map(merged(all, `${folder}/copy`, home.archive), ({ known, read }) => [known, read]), [2, 0])
      const only = yield* Effect.flip(merged(`${folder}/none.duckdb`, `${folder}/empty`))
      assert.include(only.message, "There is no archive")
    }), 400_000)

  it.live("are read as one or the other where a partition is replaced while it is read, never as something in between", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const home = yield* observer(folder, "home", [at("home")])
      const [partition] = home.partitions
      cpSync(partition!, `${folder}/0`, { recursive: true })
      const before = yield* countOf(home.path, "visit")
      yield* withStore(home.path, (store) => Effect.andThen(
        store.record(1 as never, [{ _tag: "visit", visit: answeredVisit("late.example.org:50002:s") }, stateOf("late.example.org:50002:s", "visited")]),
        store.flush
      ))
      yield* archived(home.path, home.archive)
      cpSync(partition!, `${folder}/1`, { recursive: true })
      let turn = 0
      const swap = () => {
        const fresh = `${folder}/fresh`
        cpSync(`${folder}/${turn++ % 2}`, fresh, { recursive: true })
        renameSync(partition!, `${folder}/old`)
        renameSync(fresh, partition!)
        rmSync(`${folder}/old`, { recursive: true })
      }
      const swapping = setInterval(swap, 15)
      yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(swapping)))
      for (let i = 0; i < 4; i++) {
        const path = `${folder}/all-${i}.duckdb`
        const found = yield* Effect.option(merged(path, home.archive))
        // It may have been replaced again and again: then it was left.
        if (found._tag === "None") continue
        const visits = yield* countOf(path, "visit")
        assert.include([before, before + 1], visits)
        assert.strictEqual(yield* countOf(path, "endpoint WHERE host = 'late.example.org'"), visits - before)
      }
      clearInterval(swapping)
      assert.isAbove(turn, 4)
      assert.strictEqual((yield* merged(`${folder}/after.duckdb`, home.archive)).read, 1)
    }), 240_000)

  it.live("of many crawls are analysed by analyze --from, and a killed archive command leaves whole partitions only", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const starts = (name: string) => Array.from({ length: 3 }, (_, i) => at(name, someTime + i * 3_600_000))
      const home = yield* observer(folder, "home", starts("home"))
      const path = `${folder}/office.duckdb`
      yield* withStore(path, (store) => Effect.forEach(starts("office"), (start) => recordSmallCrawl(store, "mainnet", "finished", start), { discard: true }))
      const office = `${folder}/office`
      for (const timeoutMs of [900, 1_300]) yield* Effect.promise(() => runCli(["archive", "--db", path, "--archive", office], { timeoutMs }))
      // What is there is whole.
      mkdirSync(office, { recursive: true })
      const early = yield* Effect.option(merged(`${folder}/early.duckdb`, home.archive, office))
      if (early._tag === "Some") assert.deepStrictEqual(early.value.unread, [])
      const done = yield* archived(path, office)
      // Killed between its two renames: what was there is written anew.
      const last = `${office}/${done.at(-1)!.partition}`
      renameSync(last, `${office}/.writing-${done.at(-1)!.partition.split("/")[0]!}-999-old`)
      assert.strictEqual((yield* archived(path, office)).filter(({ written }) => written).length, 1)
      const run = yield* Effect.promise(() => runCli(["analyze", "--db", join(folder, "all.duckdb"), "--from", home.archive, "--from", office], { timeoutMs: 120_000 }))
      assert.strictEqual(run.code, 0, run.stderr)
      assert.include(run.stderr, "6 crawls read.")
      assert.include(run.stderr, "(home, office)")
    }), 400_000)
})

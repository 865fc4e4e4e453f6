import { readdirSync, readFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makePublicCopy } from "../../src/atlas/public-copy.ts"
import { publicCopyRules } from "../../src/atlas/public-copy-rules.ts"
import type { Fact } from "../../src/store/facts.ts"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { serveForTest } from "../support/api-server.ts"
import { analyse, inventedFacts, inventedServers, recordCrawl } from "../support/atlas-database.ts"
import { runCli } from "../support/cli.ts"
import { changeFile, queryFile } from "../support/duck.ts"
import { copyOfKept } from "../support/kept.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { advertisementOf, announcedByServer, answeredVisit, certificateOf, observationOf, serverOf, someTime, stateOf, tlsOf } from "../support/store-facts.ts"
import { giftAddress } from "../support/gift-address.ts"

/** Only the user named it; it has the fleet's key, so that groups and pairs know it too. */
const secret = "secret.example.org"
/** What a server gives away by what it is bound to: in its banner, its own claims and an entry of a list. */
const leaked = ["192.168.7.7", "34.200.1.1"]
/** Of the same server as birch, as we found out and nobody says. */
const joined = `${"j".repeat(56)}.onion`
/** Of the fleet, as we found out by its certificate. */
const apart = `${"k".repeat(56)}.onion`
const optedOut = "two.fleet.test"
const home = "Smallville"
const file = "/home/somebody/private-list.json"

const onionVisit = (host: string, certificate: string, key: string): Fact => ({
  _tag: "visit",
  visit: answeredVisit(`${host}:50002:s`, {
    dial: { address: null, resolvedBy: null, addresses: [], via: "tor" },
    donationAddress: giftAddress("the fleet"),
    tls: tlsOf(certificateOf(certificate, key))
  })
})

const facts: ReadonlyArray<Fact> = [
  ...inventedFacts([
    ...inventedServers,
    { host: secret, key: "key of the fleet", donation: giftAddress("the fleet"), address: "34.111.1.2", names: inventedServers.map(({ host }) => host) }
  ]).flatMap((fact): ReadonlyArray<Fact> => {
    if (fact._tag === "servers") {
      return [{
        _tag: "servers",
        servers: [
          ...fact.servers.filter(({ endpoints }) => endpoints[0]!.endpoint.host !== "birch.example.org"),
          serverOf(["birch.example.org:50002:s", `${joined}:50002:s`]),
          serverOf([`${apart}:50002:s`])
        ]
      }]
    }
    if (fact._tag !== "visit" || fact.visit.endpoint.host !== "ash.example.org") return [fact]
    const hosts = `{"hosts":{"${leaked[0]}":{},"${leaked[1]}":{}},"seen by":"${secret}"}`
    return [{
      _tag: "visit",
      visit: { ...fact.visit, banner: `bound to\\n${leaked[0]}, friend of ${secret}`, observations: [observationOf("features", { replyRaw: hosts, value: hosts })] }
    }]
  }),
  onionVisit(joined, "certificate of birch.example.org", "key of birch.example.org"),
  onionVisit(apart, "certificate of one.fleet.test", "key of the fleet"),
  ...[joined, apart].map((host) => stateOf(`${host}:50002:s`, "visited")),
  announcedByServer("cedar.example.org:50002:s", [joined, apart, leaked[0]!].map((host) => advertisementOf(`${host}:50002:s`))),
  {
    ...announcedByServer("ash.example.org:50002:s", ["ash.example.org", ...leaked].map((host) => advertisementOf(`${host}:50002:s`))),
    source: { kind: "features", name: "ash.example.org:50002:s", detail: null }
  },
  { ...announcedByServer("command line", [advertisementOf(`${secret}:50002:s`)]), source: { kind: "user", name: "command line", detail: null } },
  { ...announcedByServer(file, [advertisementOf(`${secret}:50002:s`)]), source: { kind: "list", name: file, detail: null } }
]

const factOf = (address: string, fact: AddressFact["fact"], answer: string, kind: AddressFact["source"]["kind"] = "geo file"): AddressFact => ({
  address, fact, source: { kind, name: "geo.csv", rank: 1, dataAt: someTime }, answers: [answer], reason: null, detail: null, block: null, lookedUpAt: someTime
})

const places: ReadonlyArray<AddressFact> = [
  ...inventedServers.flatMap(({ address }) => [factOf(address, "country_located", "DE"), factOf(address, "asn", "64500")]),
  factOf(inventedServers[0]!.address, "city", home),
  factOf(inventedServers[0]!.address, "coordinates", "12.3,45.6"),
  factOf(inventedServers[1]!.address, "city", "Cloudtown"),
  factOf(inventedServers[1]!.address, "coordinates", "50.1,8.7"),
  factOf(inventedServers[1]!.address, "cloud_provider", "A cloud", "cloud ranges")
]

const withheld = [secret, ...leaked, joined, home, "12.3", file, optedOut]

const makeLeaky = Effect.fnUntraced(function*(db: string) {
  const crawlId = yield* recordCrawl(db, facts)
  yield* withStore(db, ({ enrichment }) => enrichment.saveFacts("mainnet", places))
  yield* analyse(db, crawlId)
}, Effect.provide(NodeServices.layer))

const databaseIn = (folder: string): string => `${folder}/observatory.duckdb`

/** A copy for each test. */
const leakyDatabase = Effect.gen(function*() {
  const folder = yield* temporaryFolder
  yield* Effect.promise(() => copyOfKept("leaky-database", folder, (place) => Effect.runPromise(makeLeaky(databaseIn(place)))))
  return databaseIn(folder)
})

const names = readdirSync(new URL("../../queries/", import.meta.url)).map((name) => name.replace(/\.sql$/, ""))

/** Answers of all named queries, as text: as they are called, of the one crawl, and about what is withheld. */
const answersOf = Effect.fnUntraced(function*(db: string, isPublic: boolean) {
  const { ask, json } = yield* serveForTest({ db, isPublic, optedOut: (host) => host === optedOut })
  const queries = (yield* Effect.promise(() => json("/api/v1/queries"))) as ReadonlyArray<{ readonly name: string; readonly parameters: ReadonlyArray<{ readonly name: string; readonly type: string }> }>
  assert.sameMembers(queries.map(({ name }) => name), names)
  const texts = new Map<string, string>()
  for (const { name, parameters } of queries) {
    const about = parameters.filter(({ name, type }) => type === "text" && name !== "network").map(({ name }) => [name, secret])
    for (const given of [{}, { crawl: "1" }, ...(about.length === 0 ? [] : [Object.fromEntries(about)])]) {
      const known = Object.entries(given).filter(([word]) => parameters.some((parameter) => parameter.name === word)) as Array<[string, string]>
      const told = yield* Effect.promise(() => ask(`/api/v1/queries/${name}?${new URLSearchParams(known)}`))
      assert.include([200, 400], told.status, `${name}: ${told.text}`)
      texts.set(name, `${texts.get(name) ?? ""}${told.text}`)
    }
  }
  const sql = yield* Effect.promise(() => ask("/api/v1/sql", { method: "POST", headers: { "content-type": "application/json" }, body: `{"sql":"SELECT 1"}` }))
  return { texts, sql: sql.status }
}, Effect.scoped)

/** The onion of the fleet shows a certificate of its own, with the fleet's key. */
const byKeyAlone = `
  INSERT INTO certificate BY NAME SELECT * REPLACE ('another certificate' AS sha256) FROM certificate WHERE sha256 = 'certificate of one.fleet.test';
  UPDATE tls_session SET certificate_sha256 = 'another certificate'
  WHERE visit_id IN (SELECT visit_id FROM visit JOIN endpoint USING (endpoint_id) WHERE host = '${apart}')`

/** All that is told of the onion and of others: details, the export of TLS, and the evidence about the onion. */
const toldOf = Effect.fnUntraced(function*(db: string, isPublic: boolean) {
  const { json } = yield* serveForTest({ db, isPublic })
  const folder = yield* temporaryFolder
  const { rows } = (yield* Effect.promise(() => json("/api/v1/crawls/1/servers?limit=100"))) as { readonly rows: ReadonlyArray<{ readonly serverId: number; readonly host: string }> }
  const idOf = (name: string) => rows.find(({ host }) => host === name)!.serverId
  const details = yield* Effect.forEach([apart, "one.fleet.test"], (name) => Effect.promise(() => json(`/api/v1/crawls/1/servers/${idOf(name)}`)))
  const local = isPublic ? [] : ["--local"]
  const run = (...args: ReadonlyArray<string>) => Effect.promise(async () => {
    const { code, stderr } = await runCli(["export", "--db", db, ...args, ...local])
    assert.strictEqual(code, 0, stderr)
  })
  yield* run("--what", "tls", "--format", "jsonl", "--out", `${folder}/tls.jsonl`)
  yield* run("--what", "evidence", "--claim", `server:${idOf(apart)}`, "--out", folder)
  const bundle = readdirSync(folder).find((name) => name.endsWith(".evidence.jsonl"))!
  const lines = readFileSync(`${folder}/tls.jsonl`, "utf8").split("\n")
  return {
    onion: [JSON.stringify(details[0]), ...lines.filter((line) => line.includes(apart))].join("\n"),
    clearnet: [JSON.stringify(details[1]), ...lines.filter((line) => line.includes("one.fleet.test"))].join("\n"),
    bundle: readFileSync(`${folder}/${bundle}`, "utf8")
  }
}, Effect.scoped)

describe("what is told of an onion publicly", () => {
  it.effect("has no certificate, and no key, that clearnet servers show too", () =>
    Effect.gen(function*() {
      const db = yield* leakyDatabase
      yield* Effect.promise(() => changeFile(db, byKeyAlone))
      const copy = `${yield* temporaryFolder}/copy.duckdb`
      yield* makePublicCopy(db, copy, () => false)
      const [{ n }] = (yield* Effect.promise(() => queryFile(copy, "SELECT count(*) AS n FROM certificate WHERE sha256 = 'another certificate'"))) as [{ n: unknown }]
      assert.strictEqual(Number(n), 0)
      const local = yield* toldOf(db, false)
      const shown = yield* toldOf(db, true)
      for (const text of ["another certificate", "key of the fleet"]) {
        assert.include(local.onion, text)
        assert.notInclude(shown.onion, text)
      }
      assert.include(local.bundle, "\"certificate/")
      assert.notInclude(shown.bundle, "\"certificate/")
      for (const text of ["certificate of one.fleet.test", "key of the fleet"]) assert.include(shown.clearnet, text)
    }).pipe(Effect.provide(NodeServices.layer)), 180_000)
})

describe("named queries of a public server", () => {
  it.effect("answer, and no answer holds what public outputs withhold, as local ones do", () =>
    Effect.gen(function*() {
      const db = yield* leakyDatabase
      const local = yield* answersOf(db, false)
      const all = [...local.texts.values()].join("\n")
      for (const text of [secret, leaked[0]!, joined, home, "12.3", optedOut]) assert.include(all, text)
      const shown = yield* answersOf(db, true)
      for (const [name, answer] of shown.texts) {
        for (const text of withheld) assert.notInclude(answer, text, name)
      }
      assert.deepStrictEqual([local.sql, shown.sql], [200, 403])
      // What may be shown is there: the datacentre's city, an onion of its own, the servers that were announced.
      const what = [...shown.texts.values()].join("\n")
      for (const text of ["Cloudtown", apart, "cedar.example.org", "one.fleet.test"]) assert.include(what, text)
      const empty = names.filter((name) => /"rows":\[\]/.test(shown.texts.get(name)!) && !/"rows":\[\[/.test(shown.texts.get(name)!))
      const locallyEmpty = names.filter((name) => !/"rows":\[\[/.test(local.texts.get(name)!))
      for (const name of ["software", "reachability", "server-metadata", "who-announces-whom", "suspicion-scores", "tls-in-use", "coverage"]) assert.notInclude(empty, name)
      for (const name of locallyEmpty) assert.include(empty, name)
    }).pipe(Effect.provide(NodeServices.layer)), 240_000)

  it.effect("run on a copy without those who opted out, and without joins and pairs of onions and clearnet that nobody published", () =>
    Effect.gen(function*() {
      const db = yield* leakyDatabase
      const copy = `${yield* temporaryFolder}/copy.duckdb`
      const { withheld: hosts } = yield* makePublicCopy(db, copy, (host) => host === optedOut)
      for (const host of [secret, ...leaked, joined, optedOut]) assert.isTrue(hosts.has(host), host)
      assert.isFalse(hosts.has("one.fleet.test"))
      const rows = (path: string, sql: string) => Effect.promise(() => queryFile(path, sql))
      const known = `SELECT count(*) AS n FROM endpoint WHERE host = '${optedOut}'`
      assert.deepStrictEqual([yield* rows(db, known), yield* rows(copy, known)].map(([row]) => Number(row!["n"])), [1, 0])
      // Nothing joins the onion with the clearnet servers of its operator.
      const joins = `SELECT count(*) AS n FROM evidence p
        JOIN server_endpoint a ON a.crawl_id = p.crawl_id AND a.server_id = p.server_a JOIN endpoint ea ON ea.endpoint_id = a.endpoint_id
        JOIN server_endpoint b ON b.crawl_id = p.crawl_id AND b.server_id = p.server_b JOIN endpoint eb ON eb.endpoint_id = b.endpoint_id
        WHERE (ea.network_class = 'onion') <> (eb.network_class = 'onion')`
      const certificates = `SELECT count(*) AS n FROM tls_session t JOIN visit v USING (visit_id) JOIN endpoint e USING (endpoint_id)
        WHERE e.host = '${apart}' AND t.certificate_sha256 IS NOT NULL`
      for (const sql of [joins, certificates]) {
        assert.isAbove(Number((yield* rows(db, sql))[0]!["n"]), 0)
        assert.strictEqual(Number((yield* rows(copy, sql))[0]!["n"]), 0)
      }
    }).pipe(Effect.provide(NodeServices.layer)), 120_000)

  it.effect("find nothing in a table for which there is no rule", () =>
    Effect.gen(function*() {
      const db = yield* leakyDatabase
      const note = "INSERT INTO note SELECT 1, 'mainnet', 'ash.example.org', 'somebody', now()::TIMESTAMP, 'a note of ours'"
      yield* Effect.promise(() => changeFile(db, note))
      // As earlier versions stored lists, with what opened them.
      const opened = ["https://me:SECRET@lists.example.org/a", "https://lists.example.org/b?token=SECRET&x=1", "https://lists.example.org/c"]
      yield* Effect.promise(() => changeFile(db, opened.map((name, i) => `INSERT INTO source SELECT ${900 + i}, 'list', '${name}', NULL, NULL`).join(";")))
      const copy = `${yield* temporaryFolder}/copy.duckdb`
      yield* makePublicCopy(db, copy, () => false)
      const tables = yield* Effect.promise(() => queryFile(copy, "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"))
      assert.deepStrictEqual(
        (yield* Effect.promise(() => queryFile(copy, "SELECT name FROM source WHERE source_id >= 900 ORDER BY source_id"))).map(({ name }) => name),
        ["https://lists.example.org/a", "https://lists.example.org/b?…", "https://lists.example.org/c"]
      )
      const ruled = publicCopyRules.map(({ table }) => table)
      assert.isAbove(tables.length, ruled.length)
      for (const { table_name: table } of tables) {
        if (ruled.includes(String(table))) continue
        const [{ n }] = (yield* Effect.promise(() => queryFile(copy, `SELECT count(*) AS n FROM "${table}"`))) as [{ n: unknown }]
        assert.strictEqual(Number(n), 0, String(table))
      }
    }).pipe(Effect.provide(NodeServices.layer)), 120_000)
})

import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { Atlas } from "../../src/atlas/atlas.ts"
import { makeReport } from "../../src/report/report.ts"
import { Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { analyse, inventedFacts, inventedServers, recordCrawl } from "../support/atlas-database.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { answeredVisit, certificateOf, serverOf, someTime, stateOf, tlsOf } from "../support/store-facts.ts"
import { giftAddress } from "../support/gift-address.ts"

/** Nobody names it: the user alone knew of it. */
const secret = "secret.home.example.net"

/** A second name of ash that only ash itself gives away. */
const inner = "inner.example.net"

/** What a crawl sees when ash is at an address and its second name at another. */
const factsWithAshAt = (address: string, innerAddress: string): ReadonlyArray<Fact> => [
  ...inventedFacts(inventedServers.map((server) => server.host === "ash.example.org" ? { ...server, address } : server)).map((fact): Fact =>
    fact._tag === "servers"
      ? { _tag: "servers", servers: [serverOf(["ash.example.org:50002:s", `${inner}:50002:s`]), ...fact.servers.filter(({ endpoints }) => endpoints[0]!.endpoint.host !== "ash.example.org")] }
      : fact),
  stateOf(`${inner}:50002:s`, "visited"),
  {
    _tag: "visit",
    visit: answeredVisit(`${inner}:50002:s`, {
      dial: { address: innerAddress, resolvedBy: "dns", addresses: [innerAddress], via: "direct" },
      tls: tlsOf(certificateOf("certificate of ash.example.org", "key of ash.example.org"))
    })
  }
]

const facts: ReadonlyArray<Fact> = inventedFacts([
  ...inventedServers.map((server) => ({ ...server, names: server.names.filter((name) => name !== secret) })),
  { host: secret, key: "key of the fleet", donation: giftAddress("the fleet"), address: "34.77.1.2", names: [] }
])

class Withheld extends Context.Service<Withheld, string>()("test/Withheld") {
  static readonly layer = Layer.effect(Withheld, Effect.gen(function*() {
    const path = `${yield* temporaryFolder}/withheld.duckdb`
    yield* analyse(path, yield* recordCrawl(path, facts))
    return path
  }))
}

const report = (isLocal: boolean, hasOptedOut: (host: string) => boolean = () => false) =>
  Effect.flatMap(Withheld, (path) =>
    makeReport(1, "ab".repeat(32), {
      isLocal,
      hasOptedOut,
      compareWith: null,
      wantsFleets: false,
      labels: {
        file: "labels.json",
        labels: { labels: [{ label: "Anybody", kind: "host", pattern: "*.home.example.net", source: "https://example.org/", date: "2026-01-01" }, { label: "Anybody", kind: "host", pattern: "*.fleet.test", source: "https://example.org/", date: "2026-01-01" }] }
      }
    }).pipe(
      Effect.provide(Layer.mergeAll(isLocal ? Atlas.layer : Atlas.publicLayerFor(hasOptedOut), QueryCatalogue.layer).pipe(Layer.provideMerge(Database.layer(path)))),
      Effect.provide(NodeServices.layer),
      Effect.scoped
    ))

layer(Withheld.layer)("a report for the public", (it) => {
  it.effect("names no server that nobody announced, in no file, and counts it all the same", () =>
    Effect.gen(function*() {
      const [shared, local] = [yield* report(false), yield* report(true)]
      for (const { name, text } of shared.files) {
        assert.notInclude(text, secret, name)
        assert.notInclude(text, "34.77.1.2", name)
      }
      assert.include(local.files[0]!.text, secret)
      const answered = (document: typeof shared.document) => JSON.stringify(document.sections.find(({ id }) => id === "reachability")).match(/"any","answered",(\d+)/)?.[1]
      assert.strictEqual(answered(shared.document), "12")
      assert.strictEqual(answered(local.document), "12")
      assert.include(shared.files[0]!.text, "1 server that nobody announces publicly")
      assert.isNull(shared.document.local)
      assert.match(local.document.local!, /^LOCAL/)
    }))

  it.effect("says nothing inferred of operators who opted out, and looks for no labels at them", () =>
    Effect.gen(function*() {
      const before = yield* report(false)
      const after = yield* report(false, (host) => host.endsWith("fleet.test"))
      const groups = (made: typeof before) => made.document.sections.find(({ id }) => id === "groups")!.sections!.length
      assert.deepStrictEqual([groups(before), groups(after)], [1, 0])
      const fitting = (made: typeof before) => {
        const [answer] = made.document.sections[4]!.blocks
        return answer?.kind === "answer" ? answer.figures.find(({ name }) => name === "fit \"Anybody\"")?.value : null
      }
      assert.deepStrictEqual([fitting(before), fitting(after)], ["3 of 11 (27 %)", "0 of 8 (0 %)"])
      // Hosts beside a label would read as an accusation: in local reports only.
      assert.notInclude(JSON.stringify(before.document.sections[4]), "one.fleet.test")
      assert.include(JSON.stringify((yield* report(true)).document.sections[4]), "one.fleet.test")
    }))

  it.effect("says in what changed nothing of addresses that only a hidden host has", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/moved.duckdb`
      yield* recordCrawl(path, factsWithAshAt("34.88.1.1", "34.77.7.1"))
      yield* recordCrawl(path, factsWithAshAt("34.99.1.1", "34.77.7.2"), someTime + 86_400_000)
      const made = (atlas: typeof Atlas.layer, isLocal: boolean) =>
        makeReport(2, "ab".repeat(32), { isLocal, hasOptedOut: () => false, compareWith: 1, wantsFleets: false, labels: null }).pipe(
          Effect.map(({ files }) => files.map(({ text }) => text).join("\n")),
          Effect.provide(Layer.mergeAll(atlas, QueryCatalogue.layer).pipe(Layer.provideMerge(Database.layer(path)))),
          Effect.scoped
        )
      const local = yield* made(Atlas.layer, true)
      const shared = yield* made(Atlas.publicLayer, false)
      for (const address of ["34.88.1.1", "34.99.1.1"]) assert.include(shared, address)
      for (const address of ["34.77.7.1", "34.77.7.2"]) {
        assert.include(local, address)
        assert.notInclude(shared, address)
      }
    }).pipe(Effect.provide(NodeServices.layer)))
})

import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { JudgedAnswer, Subject } from "../../../src/domain/judged-answer.ts"
import type { MalformedFacts } from "../../../src/domain/malformed-facts.ts"
import type { BehaviourResponse } from "../../../src/domain/response.ts"
import type { Visit } from "../../../src/domain/visit.ts"
import { readEvidence } from "../../../src/analysis/suspicion/read-evidence.ts"
import { Database } from "../../../src/store/database.ts"
import type { CrawlId, Fact } from "../../../src/store/facts.ts"
import { temporaryFolder, withStore } from "../../support/small-database.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  certificateOf,
  crawlStart,
  differentialOf,
  endpointOf,
  failedVisit,
  malformedAdvertisement,
  observationOf,
  serverOf,
  snapshotOf,
  snapshotValuesOf,
  someTime,
  stateOf,
  tlsOf
} from "../../support/store-facts.ts"

const [genesis, first] = [
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
  "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299"
]
const genesisHash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"

const key = (name: string): string => `${name}.example.org:50002:s`

const replies = [
  observationOf("header#0", { value: JSON.stringify(genesis) }),
  observationOf("tip", { value: JSON.stringify({ hex: first, height: 1 }) })
]

const foreign = { verdict: "other", chain: null, headers: [{ height: 0, hash: genesisHash }, { height: 479_807, hash: "ab".repeat(32) }] } as const

/** What an analysis reads of a crawl of these facts. */
const readOf = Effect.fnUntraced(function*(facts: ReadonlyArray<Fact>, later: ReadonlyArray<(crawlId: CrawlId) => Fact> = []) {
  const path = `${yield* temporaryFolder}/evidence.duckdb`
  const crawlId = yield* withStore(path, (store) =>
    Effect.gen(function*() {
      const id = yield* store.startCrawl(crawlStart())
      yield* store.record(id, facts)
      yield* store.flush
      yield* store.endCrawl(id, "finished", someTime + 60_000)
      const run = yield* store.startCrawl({ ...crawlStart(), kind: "probe" })
      for (const fact of later) yield* store.record(run, [fact(id)])
      yield* store.flush
      yield* store.endCrawl(run, "finished", someTime + 90_000)
      return id
    }))
  return yield* readEvidence(crawlId).pipe(Effect.provide(Database.layer(path)), Effect.provide(NodeServices.layer))
})

const visited = (...names: ReadonlyArray<string>): ReadonlyArray<Fact> => names.map((name) => stateOf(key(name), "visited"))

describe("what suspicion reads of a crawl", () => {
  it.effect("are servers of its chain, and why the others are not judged", () =>
    Effect.gen(function*() {
      const repeated = { verdict: "other", chain: null, headers: [0, 479_807].map((height) => ({ height, hash: genesisHash })) } as const
      const read = yield* readOf([
        ...visited("here", "gone", "elsewhere", "stuck"),
        { _tag: "visit", visit: answeredVisit(key("here")) },
        { _tag: "visit", visit: failedVisit(key("gone")) },
        { _tag: "visit", visit: answeredVisit(key("elsewhere"), { chain: foreign }) },
        { _tag: "visit", visit: answeredVisit(key("stuck"), { chain: repeated }) },
        {
          _tag: "servers",
          servers: [
            serverOf([key("here")]),
            serverOf([key("gone")], null, false),
            serverOf([key("elsewhere")], "unknown chain abababab"),
            serverOf([key("stuck")], "unknown chain 0a8ce26f")
          ]
        }
      ])
      assert.deepStrictEqual(read.crawl, { network: "mainnet", simulated: false, genesisHash })
      assert.deepStrictEqual(read.servers.map(({ visits }) => visits.map(({ host }) => host)), [["here.example.org"], ["stuck.example.org"]])
      assert.deepStrictEqual(read.unjudged.map(({ because }) => because), [
        "it never answered server.version",
        "of another chain than its crawl: not judged"
      ])
    }).pipe(Effect.scoped))

  it.effect("are the headers of servers that showed the chain, also those that probes saw later", () =>
    Effect.gen(function*() {
      const target = { endpoint: answeredVisit(key("a")).endpoint, serverId: 1, implementation: null, versionRange: null, tipHeight: 1, hasFeatures: true }
      const read = yield* readOf(
        [
          ...visited("a", "b"),
          { _tag: "visit", visit: answeredVisit(key("a"), { observations: [...replies, observationOf("header#1", { outcome: "error", value: null })] }) },
          { _tag: "visit", visit: answeredVisit(key("b"), { observations: replies, chain: { verdict: "unverified", chain: null, headers: [] } }) },
          { _tag: "servers", servers: [serverOf([key("a")]), serverOf([key("b")], null)] }
        ],
        [(serversOf) => ({
          _tag: "differential",
          serversOf,
          differential: differentialOf(target, {
            visits: [answeredVisit(key("a"), { kind: "differential", observations: [observationOf("header#2", { value: JSON.stringify(first) })] })]
          })
        })]
      )
      assert.deepStrictEqual(
        read.servers.map(({ headers }) => headers.map(({ header, height, probe }) => [probe, height, header.hash.slice(-8)])),
        [[["header#0", 0, "0a8ce26f"], ["tip", 1, "18eb6048"], ["header#2", 2, "18eb6048"]], []]
      )
      assert.deepStrictEqual(read.servers.map(({ differential }) => differential?.state ?? null), ["same", null])
    }).pipe(Effect.scoped))

  it.effect("are differences that both ways have a result for, apart from silence and errors in one of them", () =>
    Effect.gen(function*() {
      const target = { endpoint: answeredVisit(key("a")).endpoint, serverId: 1, implementation: null, versionRange: null, tipHeight: 1, hasFeatures: true }
      const asked = (history: "ok" | "error") =>
        answeredVisit(key("a"), {
          kind: "differential",
          observations: [observationOf("header#2", { value: JSON.stringify(first) }), observationOf("history#P2PKH", { outcome: history, value: null })]
        })
      const read = yield* readOf(
        [...visited("a"), { _tag: "servers", servers: [serverOf([key("a")])] }],
        [(serversOf) => ({
          _tag: "differential",
          serversOf,
          differential: differentialOf(target, {
            personas: ["crawler", "wallet"],
            visits: [asked("ok"), asked("error")],
            comparison: { outcome: "differs", compared: ["header#2", "history#P2PKH"], varying: [], differing: ["header#2", "history#P2PKH"] }
          })
        })]
      )
      assert.deepStrictEqual(read.servers.map(({ differential }) => [differential?.differing, differential?.toldBoth]), [
        [["header#2", "history#P2PKH"], ["header#2"]]
      ])
    }).pipe(Effect.scoped))

  it.effect("are replies that are none or never end and fees below zero, not those that came late", () =>
    Effect.gen(function*() {
      const malformed = (probe: string, errorMessage: string) => observationOf(probe, { outcome: "malformed", errorMessage, value: null })
      const { servers } = yield* readOf([
        ...visited("a"),
        {
          _tag: "visit",
          visit: answeredVisit(key("a"), {
            observations: [
              malformed("banner", "not what server.banner returns"),
              malformed("stray#1", "late reply"),
              observationOf("features", { outcome: "too large", errorMessage: "a line of more than 256000 bytes", value: null }),
              observationOf("fee#2", { value: "-0.00012" }),
              observationOf("fee#6", { value: "-1" }),
              observationOf("history#P2TR", { outcome: "error", errorCode: 1, errorMessage: "<b>busy</b>", value: null })
            ]
          })
        },
        { _tag: "servers", servers: [serverOf([key("a")])] }
      ])
      assert.deepStrictEqual(servers[0]!.oddReplies.map(({ probe }) => probe).toSorted(), ["banner", "features", "fee#2"])
      assert.deepStrictEqual(servers[0]!.errorTexts.map(({ text }) => text), ["<b>busy</b>"])
    }).pipe(Effect.scoped))

  it.effect("are answers to questions for proofs of the newest deep visit, and those of regular visits apart from them", () =>
    Effect.gen(function*() {
      const judged = (subject: Subject, response: BehaviourResponse, detail: JudgedAnswer["detail"] = {}): JudgedAnswer =>
        ({ subject, scriptForm: null, response, detail, defaults: ["ok"], filtered: response !== "ok", causes: [] })
      const malformed: MalformedFacts = { response: "error", comparedWith: null, notCompared: null, differs: [], answers: {} }
      const deep = (...answers: ReadonlyArray<JudgedAnswer>) => (): Fact =>
        ({ _tag: "visit", visit: answeredVisit(key("a"), { kind: "deep", answers }), malformed })
      const { servers } = yield* readOf(
        [
          ...visited("a", "b"),
          ...["a", "b"].map((name): Fact => ({ _tag: "visit", visit: answeredVisit(key(name), { answers: [judged("features", "ok")] }) })),
          { _tag: "servers", servers: ["a", "b"].map((name) => serverOf([key(name)])) }
        ],
        [deep(judged("status", "differs", { expected: "aa" })), deep(judged("transaction", "differs", { expected: "bb" }), judged("status", "ok"))]
      )
      assert.deepStrictEqual(servers.map(({ answers }) => answers.map(({ subject }) => subject)), [["features"], ["features"]])
      assert.deepStrictEqual(
        servers.map(({ proofs }) => proofs.map(({ detail, response, subject }) => [subject, response, detail])),
        [[["status", "ok", {}], ["transaction", "differs", { expected: "bb" }]], []]
      )
    }).pipe(Effect.scoped))

  it.effect("is what only one list names without an answer, what is no entry, and one host over and over", () =>
    Effect.gen(function*() {
      const ports = Array.from({ length: 7 }, (_, i) => advertisementOf(`many.example.org:${60_000 + i}:s`))
      const [everybodys, invented, alive] = ["dead", "invented", "b"].map((name) => advertisementOf(key(name)))
      const read = yield* readOf([
        ...visited("a", "b", "dead", "invented"),
        ...["a", "b"].map((name): Fact => ({ _tag: "visit", visit: answeredVisit(key(name)) })),
        ...["dead", "invented"].map((name): Fact => ({ _tag: "visit", visit: failedVisit(key(name)) })),
        announcedByServer(key("a"), [everybodys!, invented!, alive!, malformedAdvertisement("[1,2]"), ...ports]),
        announcedByServer(key("b"), [everybodys!]),
        { _tag: "servers", servers: ["a", "b"].map((name) => serverOf([key(name)])) }
      ])
      const [a, b] = read.servers.map(({ announced }) => announced!)
      assert.deepInclude(a!, { entries: 11, soleUnanswered: 1, soleImpossible: 1, repeated: 3 })
      assert.lengthOf(a!.examples, 2)
      assert.deepInclude(b!, { entries: 1, soleUnanswered: 0, soleImpossible: 0, repeated: 0, examples: [] })
    }).pipe(Effect.scoped))

  it.effect("are endpoints that answer otherwise within two days, and histories that their balances do not know", () =>
    Effect.gen(function*() {
      const history = (height: number) => observationOf("history#P2TR", { value: JSON.stringify([{ tx_hash: "aa", height: 5 }, { tx_hash: "bb", height }]) })
      const told = (later: number) => [
        { subject: "history", scriptForm: "P2TR", response: "ok", filtered: false, defaults: [], causes: [], detail: { expected: 1, shown: 1, later } },
        { subject: "balance", scriptForm: "P2TR", response: "ok", filtered: false, defaults: [], causes: [], detail: { expected: 7, shown: 7 } }
      ] as const
      const { servers } = yield* readOf([
        ...visited("a", "b", "c"),
        ...["one", "two", "three"].map((name): Fact => ({
          _tag: "visit",
          visit: answeredVisit(key("a"), { tls: tlsOf({ ...certificateOf(name), sha256: name }), software: `Software ${name}` })
        })),
        { _tag: "visit", visit: answeredVisit(key("b"), { observations: [history(9)], answers: told(1) }) },
        { _tag: "visit", visit: answeredVisit(key("c"), { observations: [history(0)], answers: told(1) }) },
        { _tag: "servers", servers: ["a", "b", "c"].map((name) => serverOf([key(name)])) }
      ])
      const [a, b, c] = servers
      assert.deepStrictEqual(a!.changing.map(({ certificates, handshakes, softwareNames, visits }) => [visits, softwareNames, handshakes, certificates]), [[3, 3, 3, 3]])
      assert.deepStrictEqual([b!.changing, b!.unbalanced.map(({ scriptForm }) => scriptForm)], [[], ["P2TR"]])
      assert.deepStrictEqual(c!.unbalanced, [])
    }).pipe(Effect.scoped))

  it.effect("are mempools that are gone and there again at one tip, where no block can have taken them", () =>
    Effect.gen(function*() {
      const looks = (name: string, ...told: ReadonlyArray<readonly [atMinute: number, tip: string, histogram: string]>): ReadonlyArray<Fact> =>
        told.map(([at, tip, value]) => ({
          _tag: "visit",
          visit: answeredVisit(key(name), {
            startedAt: someTime + at * 60_000,
            observations: [observationOf("fee histogram", { value }), observationOf("tip", { value: JSON.stringify({ hex: tip, height: 9 }) })]
          })
        }))
      const { servers } = yield* readOf([
        ...visited("a", "b", "c", "d", "e"),
        // The same bytes, and once more no smaller; a block came in between.
        ...looks("a", [0, "x", "[[9,2200]]"], [1, "x", "[]"], [2, "x", "[[9,2200]]"], [20, "y", "[[9,300000]]"], [21, "y", "[]"], [22, "y", "[[9,400000]]"]),
        // An old histogram at a new tip, which is read anew and grows.
        ...looks("b", [0, "x", "[[9,2200]]"], [1, "x", "[]"], [2, "x", "[[9,2400]]"]),
        ...looks("c", [0, "x", "[[9,300000]]"], [1, "x", "[]"], [2, "x", "[[9,200000]]"]),
        // Emptied by a block; or gone for longer than ten minutes.
        ...looks("d", [0, "x", "[[9,2200]]"], [1, "y", "[]"], [2, "y", "[[9,2200]]"]),
        ...looks("e", [0, "x", "[[9,2200]]"], [1, "x", "[]"], [12, "x", "[[9,2200]]"]),
        { _tag: "servers", servers: ["a", "b", "c", "d", "e"].map((name) => serverOf([key(name)])) }
      ])
      assert.deepStrictEqual(servers.map(({ mempools }) => mempools.map(({ empty, looks, returns }) => [looks, empty, returns])).slice(0, 1), [[[6, 2, 2]]])
      assert.deepStrictEqual(servers.slice(1).map(({ mempools }) => mempools.map(({ returns }) => returns)), [[0], [0], [0], [0]])
    }).pipe(Effect.scoped))

  it.effect("are mempools that come and go within minutes, answers byte by byte, ports that move and lists that repeat themselves", () =>
    Effect.gen(function*() {
      const minute = 60_000
      const histogram = (size: number) => observationOf("fee histogram", { value: size === 0 ? "[]" : JSON.stringify([[5, size / 2], [1, size / 2]]) })
      const looks = (name: string, ...told: ReadonlyArray<readonly [atMinute: number, size: number]>): ReadonlyArray<Fact> =>
        told.map(([at, size]) => ({ _tag: "visit", visit: answeredVisit(key(name), { startedAt: someTime + at * minute, observations: [histogram(size)] }) }))
      const full = 2_000_000
      // Each reply takes so many milliseconds a byte behind the one before.
      const slow = (msOf: (bytes: number) => number): Fact => {
        let latencyMs = 0
        const observations = [57, 71, 70, 218, 196].map((replyBytes, i) => {
          latencyMs += msOf(replyBytes)
          return observationOf(`probe ${i}`, { sentMs: 100, latencyMs, replyBytes })
        })
        return { _tag: "visit", visit: answeredVisit(key("c"), { observations }) }
      }
      const read = (c: Fact) => Effect.map(readOf([
        ...visited("a", "b", "c"),
        // Back and forth; a block that came between the last two may have emptied what was small, and hours do.
        ...looks("a", [0, full], [1, 0], [2, full], [3, 0], [4, 5_000], [30, full]),
        ...looks("b", [0, full], [300, 0], [600, full], [900, 0]),
        c,
        ...["a", "b"].map((name): Fact => ({ _tag: "visit", visit: answeredVisit(key(name), { observations: [observationOf("peers#1", { replyBytes: name === "a" ? 90_000 : 40 })] }) })),
        announcedByServer(key("a"), [advertisementOf(key("b")), advertisementOf("a.example.org:60001:s"), advertisementOf("a.example.org:60002:s")], { timesAsked: 3 }),
        announcedByServer(key("b"), [advertisementOf(key("a")), advertisementOf("b.example.org:60001:s"), advertisementOf("b.example.org:60002:s")], { timesAsked: 1 }),
        { _tag: "servers", servers: ["a", "b", "c"].map((name) => serverOf([key(name)])) }
      ]), ({ servers }) => servers)
      const [a, b, c] = yield* read(slow((bytes) => bytes * 50))
      assert.deepStrictEqual([a!, b!].map(({ mempools }) => mempools.map(({ empty, looks, switches }) => [looks, empty, switches])), [[[5, 2, 3]], [[4, 2, 0]]])
      assert.deepStrictEqual(c!.trickles.map(({ fewest, most, quickestMs, replies, slowestMs }) => [replies, fewest, most, quickestMs, slowestMs]), [[5, 57, 218, 50, 50]])
      assert.deepStrictEqual([a!, b!].map(({ ownPorts }) => ownPorts.map(({ ports }) => ports)), [[[60_001, 60_002]], []])
      assert.isAbove(a!.announced!.recurring, 1000)
      assert.strictEqual(b!.announced!.recurring, 0)
      const [, , usual] = yield* read(slow(() => 0.4))
      assert.deepStrictEqual(usual!.trickles, [])
    }).pipe(Effect.scoped))

  it.effect("are mempools that are missing at a snapshot of a busy hour, and what that server has at another", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 12 }, (_, i) => `s${i}`)
      /** A snapshot with these mempools, all others having two blocks' worth. */
      const snapshot = (others: number, sizes: Readonly<Record<string, number>>) => (serversOf: CrawlId): Fact => ({
        _tag: "snapshots",
        serversOf,
        visits: [],
        snapshots: [snapshotOf(names.map((name, i) => {
          const size = sizes[name] ?? others
          const value: ReadonlyArray<readonly [number, number]> = size === 0 ? [] : [[2, size]]
          return [
            { endpoint: endpointOf(key(name)), serverId: i + 1, implementation: null, versionRange: null, tipHeight: null, hasFeatures: false },
            { ...snapshotValuesOf([0.0001]), histogram: { outcome: "ok", text: JSON.stringify(value), value } }
          ] as const
        }))]
      })
      const { servers } = yield* readOf(
        [
          ...visited(...names),
          ...names.map((name): Fact => ({ _tag: "visit", visit: answeredVisit(key(name)) })),
          { _tag: "servers", servers: names.map((name) => serverOf([key(name)])) }
        ],
        [
          snapshot(2_000_000, { s0: 0, s1: 0, s2: 40_000 }),
          snapshot(2_000_000, { s1: 0, s2: 0 }),
          // A quiet hour says nothing of anybody.
          snapshot(60_000, { s3: 0 })
        ]
      )
      assert.deepStrictEqual(servers.slice(0, 4).map(({ absence }) => [absence!.snapshots, absence!.absent, absence!.present]), [[2, 1, 1], [2, 2, 0], [2, 1, 0], [2, 0, 2]])
    }).pipe(Effect.scoped))

  it.effect("are later visits to a name of several only where it is still the server that answers there", () =>
    Effect.gen(function*() {
      const shown = (name: string, certificate: string, address: string, changes: Partial<Visit> = {}): Visit => {
        const visit = answeredVisit(key(name), { tls: tlsOf(certificateOf(certificate)), ...changes })
        return { ...visit, dial: { ...visit.dial, address } }
      }
      const target = { endpoint: endpointOf(key("his")), serverId: 1, implementation: null, versionRange: null, tipHeight: 1, hasFeatures: true }
      const malformed: MalformedFacts = { response: "error", comparedWith: null, notCompared: null, differs: ["batch"], answers: {} }
      const proof: JudgedAnswer = { subject: "transaction", scriptForm: null, response: "differs", detail: { expected: "bb" }, defaults: ["ok"], filtered: true, causes: [] }
      /** What is read where such a certificate is shown at such an address when probes look. */
      const read = (names: ReadonlyArray<string>, certificate: string, address: string) =>
        Effect.map(readOf(
          [
            ...visited(...names),
            ...names.map((name): Fact => ({ _tag: "visit", visit: shown(name, "the server's", "34.90.1.2", { observations: replies }) })),
            { _tag: "servers", servers: [serverOf(names.map(key))] }
          ],
          [
            (serversOf) => ({
              _tag: "differential",
              serversOf,
              differential: differentialOf(target, {
                visits: [shown("his", certificate, address, { kind: "differential", software: "Other 1.0", observations: [observationOf("header#2", { value: JSON.stringify(first) })] })]
              })
            }),
            () => ({ _tag: "visit", visit: shown("his", certificate, address, { kind: "deep", answers: [proof] }), malformed })
          ]
        ), ({ servers: [server] }) => ({
          headers: server!.headers.filter(({ probe }) => probe === "header#2").length,
          proofs: server!.proofs.length,
          deviations: server!.deep?.differs ?? null,
          differential: server!.differential?.state ?? null,
          changing: server!.changing.length
        }))
      const all = { headers: 1, proofs: 1, deviations: ["batch"], differential: "same", changing: 1 }
      assert.deepStrictEqual(yield* read(["his", "mine"], "another's", "34.90.9.9"), { headers: 0, proofs: 0, deviations: null, differential: null, changing: 0 })
      assert.deepStrictEqual(yield* read(["his", "mine"], "the server's", "34.90.9.9"), all)
      assert.deepStrictEqual(yield* read(["his", "mine"], "a renewed one", "34.90.1.2"), all)
      // A server with one name is whatever answers there.
      assert.deepStrictEqual(yield* read(["his"], "another's", "34.90.9.9"), all)
    }).pipe(Effect.scoped))

  it.effect("says whose certificate it is, without a word where there was none", () =>
    Effect.gen(function*() {
      const signed = { ...certificateOf("signed"), subject: "CN=a.example.org", issuer: "C=US, O=Let's Encrypt, CN=R3", selfSigned: false, sanDns: ["A.example.org"] }
      const tls = (changes: object) => ({ ...tlsOf(signed), verifyError: null, chain: ["c1", "c2"].map((sha256) => ({ sha256, derBase64: "" })), ...changes })
      const { servers } = yield* readOf([
        ...visited("a", "b", "c"),
        { _tag: "visit", visit: answeredVisit(key("a"), { tls: tls({}) }) },
        { _tag: "visit", visit: answeredVisit(key("b"), { tls: tls({ verifyError: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", certificate: { ...signed, sha256: "other", issuer: "CN=Inspection", validFrom: null } }) }) },
        { _tag: "visit", visit: answeredVisit(key("c"), { tls: tlsOf(null) }) },
        { _tag: "servers", servers: ["a", "b", "c"].map((name) => serverOf([key(name)])) }
      ])
      assert.deepStrictEqual(
        servers.map(({ certificates }) => certificates.map((it) => [it.publicAuthority, it.topOfChain, it.chainLength, it.names, it.days, it.defaultKinds.has("certificate issuer")])),
        [
          [[true, "c2", 2, ["a.example.org", "a.example.org"], 3652, true]],
          [[false, "c2", 2, ["a.example.org", "a.example.org"], null, false]],
          []
        ]
      )
    }).pipe(Effect.scoped))
})

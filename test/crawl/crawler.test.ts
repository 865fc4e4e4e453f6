import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { exitCodeOf } from "../../src/cli/exit-code.ts"
import { balanceLimit, errorLimit, leastVisit, visitAllowance } from "../../src/crawl/cost-ledger.ts"
import { Crawler, findUnfinished, type NewCrawl } from "../../src/crawl/crawler.ts"
import { type CrawlSettings, defaultCrawlSettings } from "../../src/crawl/settings.ts"
import { exclusionsOf, noExclusions } from "../../src/domain/exclusions.ts"
import type { Source } from "../../src/domain/advertisement.ts"
import { shippedChains } from "../../src/domain/chain.ts"
import { tallied } from "../../src/domain/tallied.ts"
import type { AdvertisedFact } from "../../src/store/facts.ts"
import { StoreError } from "../../src/store/store-error.ts"
import { advertisementOfPorts } from "../support/advertisements.ts"
import { MemoryStore } from "../support/memory-store.ts"
import { type PretendEndpoint, PretendNetwork } from "../support/pretend-network.ts"

const chain = shippedChains.find((c) => c.name === "mainnet-sim")!

const seedFact = (...hosts: ReadonlyArray<string>): AdvertisedFact => ({
  _tag: "advertised",
  source: { kind: "user", name: "test", detail: null },
  at: 0,
  timesAsked: 1,
  entries: tallied(hosts.map((host) => advertisementOfPorts(host, { tls: [50002] }))),
  dropped: 0
})

const peer = (host: string, features: ReadonlyArray<string> = ["v1.4", "s50002"], address = host) => [address, host, features]

const settings = (overrides: Partial<CrawlSettings> = {}): CrawlSettings => ({
  ...defaultCrawlSettings,
  network: chain.name,
  clientName: "electrum-observatory/test",
  vantage: "test",
  connection: {
    proxy: null,
    proxyCredentials: false,
    tor: "off",
    torCredentials: false,
    resolver: null,
    connectTimeoutMs: null,
    replyTimeoutMs: null
  },
  rate: 0,
  ...overrides
})

const crawlOf = ({ seeds, ...overrides }: Omit<Partial<NewCrawl>, "seeds"> & { readonly seeds: ReadonlyArray<AdvertisedFact> }): NewCrawl => ({
  chain,
  vantage: { name: "test", ipv4: true, ipv6: true, tor: false, proxy: false },
  codeVersion: "test",
  exclusions: noExclusions,
  onProgress: () => Effect.void,
  settings: settings(),
  ...overrides,
  seeds: { collected: [], said: seeds }
})

const setup = (endpoints: Readonly<Record<string, PretendEndpoint>>) => {
  const store = new MemoryStore()
  const network = new PretendNetwork(endpoints)
  const layer = Crawler.layer.pipe(Layer.provide(network.layer), Layer.provide(store.layer))
  const start = (crawl: NewCrawl) =>
    Effect.flatMap(Crawler, (c) => c.start(crawl)).pipe(Effect.provide(layer))
  const resume = (crawl: NewCrawl) =>
    Effect.gen(function*() {
      const unfinished = yield* findUnfinished(chain.name).pipe(Effect.provide(store.layer))
      return yield* Effect.flatMap(Crawler, (c) => c.resume(unfinished, crawl)).pipe(Effect.provide(layer))
    })
  /** Runs to the end while virtual time passes. */
  const finish = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(effect)
      yield* TestClock.adjust("10 minutes")
      return yield* Fiber.join(fiber)
    })
  return { store, network, start, resume, finish }
}

/** A crawl of fourteen names that an earlier one found to be one server, at so much a visit. */
const crawlOfManyNames = Effect.fnUntraced(function*(cost: number) {
  const hosts = Array.from({ length: 14 }, (_, i) => `h${i}.example.org`)
  const { finish, network, start, store } = setup(Object.fromEntries(hosts.map((host) => [`${host}:50002:s`, { cost, visitMs: 500 }])))
  store.joinedVisits.push(...hosts.map((host) => ({ crawlId: 1, serverId: 1, host, target: host, claimedHosts: hosts })))
  yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)] })))
  const refused = [...store.fates().values()].filter((fate) => fate !== "visited")
  return { visited: network.visited, mostAtOnce: network.mostAtOnce, refused }
})

describe("a crawl", () => {
  it.effect("follows what others wrote into a channel no further than a server's list, and to no port but Electrum's; the user's own list all the way", () =>
    Effect.gen(function*() {
      const hosts = ["a.example.org", "b.example.org", "c.example.org"]
      const ssh = advertisementOfPorts("d.example.org", { tls: [22] })
      const visitedFrom = Effect.fnUntraced(function*(kind: Source["kind"]) {
        const { finish, network, start } = setup({})
        // Each nick of a channel is a source; for the bound they are one.
        const seeds = [...hosts.map((host) => seedFact(host)), { ...seedFact(), entries: tallied([ssh]) }]
          .map((fact, i) => ({ ...fact, source: { kind, name: "one source", detail: `speaker ${i}` } }))
        yield* finish(start(crawlOf({ seeds, settings: settings({ acceptedPerSource: 2 }) })))
        return network.visited
      })
      expect((yield* visitedFrom("irc")).toSorted()).toEqual(["a.example.org:50002:s", "b.example.org:50002:s"])
      expect((yield* visitedFrom("scan")).toSorted()).toEqual([...hosts.map((host) => `${host}:50002:s`), "d.example.org:22:s"])
    }))

  it.effect("follows peer lists from the seed and visits every host once", () =>
    Effect.gen(function*() {
      const { finish, network, start, store } = setup({
        "a.example.org:50002:s": { peers: [peer("b.example.org"), peer("c.example.org"), peer("a.example.org")] },
        "b.example.org:50002:s": { peers: [peer("c.example.org"), peer("d.example.org")] },
        "c.example.org:50002:s": { peers: [peer("a.example.org")] }
      })
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      expect(network.visited.toSorted().map((k) => k[0])).toEqual(["a", "b", "c", "d"])
      expect(summary).toMatchObject({ end: "complete", known: 4, answered: 3, failed: 1, reasons: [["refused", 1]] })
      expect(store.state).toBe("finished")
      expect(store.snapshots).toBe(1)
    }))

  it.effect("stores a visit and what follows from it in one unit", () =>
    Effect.gen(function*() {
      const { finish, start, store } = setup({ "a.example.org:50002:s": { peers: [peer("b.example.org")] } })
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      const unit = store.units.find((u) => u.some((f) => f._tag === "visit" && f.visit.endpoint.host === "a.example.org"))!
      expect(unit.map((f) => f._tag === "endpoint" ? `${f.endpoint.host} ${f.state}` : f._tag)).toEqual([
        "visit",
        "advertised",
        "a.example.org visited",
        "b.example.org due",
        "ledger"
      ])
    }))

  it.effect("does not follow a server of another chain, nor one whose chain is not shown", () =>
    Effect.gen(function*() {
      const { finish, network, start, store } = setup({
        "a.example.org:50002:s": { verdict: "other", peers: [peer("x.example.org")] },
        "b.example.org:50002:s": { verdict: "unverified", peers: [peer("y.example.org")] }
      })
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org", "b.example.org")] })))
      expect(network.visited).toHaveLength(2)
      expect(store.advertised).toHaveLength(1)
      expect(summary).toMatchObject({ answered: 1, failed: 1, reasons: [["other network", 1]], serversAnswered: 0 })
    }))

  it.effect("falls back to TCP only where TLS fails, and says why the rest has no visit", () =>
    Effect.gen(function*() {
      const { finish, network, start, store } = setup({
        "a.example.org:50002:s": {
          peers: [peer("b.example.org", ["v1.4", "s50002", "t50001"]), peer("c.example.org", ["v1.4", "s50002", "t50001"])]
        },
        "b.example.org:50002:s": {},
        "c.example.org:50002:s": { fails: "tls" },
        "c.example.org:50001:t": {}
      })
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      expect(network.visited.slice(-1)).toEqual(["c.example.org:50001:t"])
      expect(store.fates().get("b.example.org:50001:t")).toBe("not visited | tls answered")
    }))

  it.effect("has one connection at a time to one address and four to one /24", () =>
    Effect.gen(function*() {
      const endpoints = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [
        `h${i}.example.org:50002:s`,
        { address: i < 4 ? "198.18.0.1" : `198.18.1.${i}`, visitMs: 100 }
      ]))
      const { finish, network, start } = setup(endpoints)
      yield* finish(start(crawlOf({ seeds: [seedFact(...Array.from({ length: 12 }, (_, i) => `h${i}.example.org`))] })))
      expect(network.log).toHaveLength(12)
      const overlapping = (visit: (typeof network.log)[number], others: typeof network.log) =>
        others.filter((o) => o.from <= visit.from && visit.from < o.to).length
      const sameAddress = network.log.filter((v) => /^h[0-3]\./.test(v.key))
      const sameBlock = network.log.filter((v) => !/^h[0-3]\./.test(v.key))
      for (const visit of sameAddress) expect(overlapping(visit, sameAddress)).toBe(1)
      expect(Math.max(...sameBlock.map((v) => overlapping(v, sameBlock)))).toBe(4)
    }))

  it.effect("has one connection at a time, and one account, also at an address that is dialled because a name's first does not answer", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 6 }, (_, i) => `h${i}.example.org`)
      const { finish, network, start, store } = setup(Object.fromEntries(hosts.map((host, i) => [
        `${host}:50002:s`,
        { address: `198.18.${i}.1`, others: ["198.19.0.9"], answersAt: "198.19.0.9", visitMs: 100, cost: 250 }
      ])))
      yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)] })))
      expect(network.mostAtOnce).toBe(1)
      // 990 units of its account have room for three, and for what a fourth may cost no more.
      expect(network.log).toHaveLength(3)
      const refused = [...store.fates()].filter(([, fate]) => /^not visited \| policy \| ledger: 7[45][0-9] of 990/.test(fate))
      expect(refused).toHaveLength(3)
    }))

  it.effect("opens no more connections per second and at a time than it is told", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 30 }, (_, i) => `h${i}.example.org`)
      const { finish, network, start } = setup(Object.fromEntries(hosts.map((h) => [`${h}:50002:s`, { visitMs: 700 }])))
      yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ rate: 10, concurrency: 5 }) })))
      expect(network.log).toHaveLength(30)
      expect(network.mostAtOnce).toBeLessThanOrEqual(5)
      const begins = network.log.map((v) => v.from).toSorted((a, b) => a - b)
      begins.forEach((at, i) => {
        if (i > 0) expect(at - begins[i - 1]!).toBeGreaterThanOrEqual(100)
      })
    }))

  it.effect("backs off from a server that throttled it, also in the next crawl", () =>
    Effect.gen(function*() {
      const world = { "a.example.org:50002:s": { throttled: true, address: "198.18.0.1" } }
      const { finish, network, start, store } = setup(world)
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      expect(network.visited).toHaveLength(1)
      expect(store.fates().get("a.example.org:50002:s")).toMatch(/^not visited \| policy \| back-off until .*: throttled$/)
    }))

  it.effect("does not go on to other endpoints of an address that reset or throttled it meanwhile", () =>
    Effect.gen(function*() {
      for (const trouble of [{ throttled: true }, { resets: true }]) {
        const hosts = ["a", "b", "c"].map((name) => `${name}.example.org`)
        const { finish, network, start, store } = setup(
          Object.fromEntries(hosts.map((host) => [`${host}:50002:s`, { ...trouble, address: "198.18.0.1", visitMs: 500 }]))
        )
        yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)] })))
        expect(network.visited).toHaveLength(1)
        expect([...store.fates().values()].filter((fate) => fate.includes("back-off until"))).toHaveLength(2)
      }
    }))

  it.effect("books what a visit may cost before it is made, and what it did cost with what it brought", () =>
    Effect.gen(function*() {
      const { finish, start, store } = setup({ "a.example.org:50002:s": { visitMs: 5000, cost: 30 } })
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      expect(store.ledger.map(({ balance }) => balance)).toEqual([visitAllowance + 600, 30])
      const tags = store.units.map((unit) => unit.map(({ _tag }) => _tag))
      expect(tags.findIndex((unit) => unit.includes("ledger"))).toBeLessThan(tags.findIndex((unit) => unit.includes("visit")))
    }))

  it.effect("makes no more visits at once to the names of one server than its budget has room for, and waits instead of leaving names out", () =>
    Effect.gen(function*() {
      const manyNames = yield* crawlOfManyNames(45)
      expect(manyNames.mostAtOnce).toBe(Math.floor(errorLimit / leastVisit))
      expect(manyNames.visited).toHaveLength(14)
      expect(manyNames.refused).toEqual([])
    }))

  it.effect("leaves names of one server out when its budget is used up", () =>
    Effect.gen(function*() {
      const manyNames = yield* crawlOfManyNames(visitAllowance)
      expect(manyNames.visited).toHaveLength(Math.floor(balanceLimit / visitAllowance) + 1)
      expect(manyNames.refused).toHaveLength(14 - manyNames.visited.length)
      for (const detail of manyNames.refused) expect(detail).toMatch(/^not visited \| policy \| ledger: \d+ of 990 units in use, 290 wanted$/)
    }))

  it.effect("adds up names of one server as soon as they were visited and named each other", () =>
    Effect.gen(function*() {
      const claims = ["a.example.org", "b.example.org"]
      const { finish, network, start, store } = setup(Object.fromEntries(claims.flatMap((host) => [
        [`${host}:50002:s`, { claims, cost: 340 }],
        [`${host}:50001:t`, { claims, cost: 340 }]
      ])))
      const seeds = claims.map((host) => advertisementOfPorts(host, { tls: [50002], tcp: [50001] }))
      const fact = { ...seedFact(), entries: tallied(seeds) }
      yield* finish(start(crawlOf({ seeds: [fact], settings: settings({ allEndpoints: true, concurrency: 1 }) })))
      // All of name a's, and the first of b's, which tells that it is a.
      expect(network.visited).toHaveLength(3)
      expect(store.fates().get("b.example.org:50001:t")).toMatch(/^not visited \| policy \| ledger: \d+ of 990 units in use/)
    }))

  it.effect("keeps away from what it dialled, never from an address that somebody announced", () =>
    Effect.gen(function*() {
      const { finish, start, store } = setup({
        "a.example.org:50002:s": { peers: [peer("evil.example.org", ["v1.4", "s50002"], "198.18.0.9")] },
        "evil.example.org:50002:s": { resets: true }
      })
      yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      expect(store.ledger.filter((entry) => entry.backOffUntil !== null).map((entry) => entry.target)).toEqual(["evil.example.org"])
    }))

  it.effect("stops when its proxy is gone, and can be resumed", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 40 }, (_, i) => `h${i}.example.org`)
      const { finish, network, start, store } = setup(
        Object.fromEntries(hosts.map((host) => [`${host}:50002:s`, { fails: "proxy" as const }]))
      )
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ concurrency: 2 }) })))
      expect(summary.end).toBe("proxy lost")
      expect(network.visited.length).toBeLessThan(15)
      expect(store.state).toBe("interrupted")
    }))

  it.effect("counts the visits of the runs before it was resumed", () =>
    Effect.gen(function*() {
      const hosts = ["h0", "h1", "h2"].map((name) => `${name}.example.org`)
      const { finish, resume, start } = setup({
        "h0.example.org:50002:s": {},
        "h1.example.org:50002:s": { visitMs: 60_000 },
        "h2.example.org:50002:s": { fails: "refused" }
      })
      const crawl = crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ concurrency: 1 }) })
      const fiber = yield* Effect.forkChild(start(crawl))
      yield* TestClock.adjust("500 millis")
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust("6 seconds")
      yield* Fiber.join(interruption)
      const summary = yield* finish(resume(crawl))
      expect(summary).toMatchObject({ answered: 2, failed: 1, reasons: [["refused", 1]] })
    }))

  it.effect("keeps what our rules or our vantage forbid apart from what failed", () =>
    Effect.gen(function*() {
      const { finish, start, store } = setup({
        "a.example.org:50002:s": { planFails: "policy" },
        "b.example.org:50002:s": { planFails: "us" },
        "c.example.org:50002:s": { planFails: "dns" }
      })
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact("a.example.org", "b.example.org", "c.example.org")] })))
      expect([...store.fates().values()]).toEqual(["not visited | policy | pretended", "not visited | us | pretended", "visited"])
      expect(store.visits.map((v) => v.visit.reason)).toEqual(["dns"])
      expect(summary.looksOffline).toBe(true)
    }))

  it.effect("neither dials nor stores what the opt-out list names", () =>
    Effect.gen(function*() {
      const { finish, network, start, store } = setup({
        "a.example.org:50002:s": { peers: [peer("b.opted.example"), peer("c.example.org", ["v1.4", "s50002"], "198.51.7.7"), peer("d.example.org"), peer("e.example.org")] },
        "d.example.org:50002:s": { address: "9.9.9.9" },
        // Announced without its address, which only its name tells.
        "e.example.org:50002:s": { address: "198.51.7.8" }
      })
      const summary = yield* finish(start(crawlOf({
        seeds: [seedFact("a.example.org")],
        exclusions: exclusionsOf([{ source: "optout.txt", entries: ["*.opted.example", "198.51.7.0/24"] }])
      })))
      expect(store.optOuts).toEqual([{ source: "optout.txt", entries: ["*.opted.example", "198.51.7.0/24"] }])
      expect(network.visited).toEqual(["a.example.org:50002:s", "d.example.org:50002:s"])
      expect(store.forgotten).toEqual(["e.example.org"])
      expect(JSON.stringify(store.facts)).not.toMatch(/opted|c\.example|198\.51\.7/)
      expect(summary.excluded).toBe(3)
    }))

  it.effect("ends at --limit with exactly so many visits and says so at the rest", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 9 }, (_, i) => `h${i}.example.org`)
      const { finish, start, store } = setup(Object.fromEntries(hosts.map((h) => [`${h}:50002:s`, {}])))
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ limit: 4 }) })))
      expect(summary).toMatchObject({ end: "limit", visits: 4, notVisited: 5 })
      expect([...store.fates().values()].filter((f) => f === "not visited | limit | --limit")).toHaveLength(5)
      expect(store.state).toBe("limited")
    }))

  it.effect("ends at --max-time and lets visits in flight finish", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 6 }, (_, i) => `h${i}.example.org`)
      const { finish, start } = setup(Object.fromEntries(hosts.map((h) => [`${h}:50002:s`, { visitMs: 1_500 }])))
      const summary = yield* finish(start(crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ maxTimeMs: 1_000, concurrency: 2 }) })))
      expect(summary).toMatchObject({ end: "max time", visits: 2, notVisited: 4 })
    }))

  it.effect("drains when interrupted, saves, and resumes without visiting anything twice", () =>
    Effect.gen(function*() {
      const hosts = Array.from({ length: 6 }, (_, i) => `h${i}.example.org`)
      const { finish, network, resume, start, store } = setup(
        Object.fromEntries(hosts.map((h, i) => [`${h}:50002:s`, { visitMs: i === 1 ? 60_000 : 1_000 }]))
      )
      const crawl = crawlOf({ seeds: [seedFact(...hosts)], settings: settings({ concurrency: 2 }) })
      const fiber = yield* Effect.forkChild(start(crawl))
      yield* TestClock.adjust("500 millis")
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust("6 seconds")
      yield* Fiber.join(interruption)
      expect(store.state).toBe("interrupted")
      // The quick one in flight was waited for, the slow one was not and stays due.
      expect(network.visited).toEqual(["h0.example.org:50002:s"])
      expect(store.fates().get("h1.example.org:50002:s")).toBe("due")
      const summary = yield* finish(resume(crawl))
      expect(summary.end).toBe("complete")
      expect(network.visited.toSorted()).toEqual(hosts.map((h) => `${h}:50002:s`))
      expect(store.state).toBe("finished")
    }))

  it.effect("fails when interrupted where it cannot save", () =>
    Effect.gen(function*() {
      const { start, store } = setup({ "a.example.org:50002:s": { visitMs: 60_000 } })
      const fiber = yield* Effect.forkChild(start(crawlOf({ seeds: [seedFact("a.example.org")] })))
      yield* TestClock.adjust("500 millis")
      store.failure = new StoreError({ reason: "write failed", message: "No space left on device" })
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust("6 seconds")
      yield* Fiber.join(interruption)
      const exit = yield* Fiber.await(fiber)
      expect(Exit.isFailure(exit) && Cause.findErrorOption(exit.cause)).toEqual(Option.some(store.failure))
      expect(exitCodeOf(exit)).toBe(1)
    }))

  it.effect("refuses to start without a usable seed and to resume what is not there", () =>
    Effect.gen(function*() {
      const { resume, start } = setup({})
      const none = crawlOf({ seeds: [] })
      expect((yield* Effect.flip(start(none)))._tag).toBe("CrawlError")
      expect((yield* Effect.flip(resume(none))).message).toBe("There is no unfinished crawl of mainnet-sim in this database.")
    }))
})

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Frontier } from "../../src/crawl/frontier.ts"
import type { FrontierEntry, FrontierRules } from "../../src/crawl/frontier-entry.ts"
import type { Advertisement } from "../../src/domain/advertisement.ts"
import { endpointKey } from "../../src/domain/endpoint.ts"
import type { EndpointFact } from "../../src/store/facts.ts"
import { advertisementOfPorts } from "../support/advertisements.ts"

const rules: FrontierRules = {
  maxEndpoints: 20_000,
  portsPerHost: 8,
  allEndpoints: false,
  defaultPorts: { tcp: 50001, tls: 50002 }
}

const strangers = { bySeed: false, accepted: 2000, at: 0 }

/** What frontiers were told of, all of it one catalogue of each, as the lists of a crawl are. */
const catalogues = new WeakMap<Frontier, Array<Advertisement>>()

const learn = (frontier: Frontier, advertisements: ReadonlyArray<Advertisement>, options: typeof strangers): Array<EndpointFact> => {
  const catalogue = catalogues.get(frontier) ?? [advertisementOfPorts("never.listed.example", { tls: [50002] })]
  catalogues.set(frontier, catalogue)
  const numbers = advertisements.map((advertisement) => {
    const known = catalogue.indexOf(advertisement)
    return known === -1 ? catalogue.push(advertisement) - 1 : known
  })
  return frontier.learn({ catalogue, numbers, times: numbers.map(() => 1) }, options)
}

/** A closed network: which endpoints answer, and what the answering ones announce. */
interface World {
  readonly hosts: ReadonlyArray<{
    readonly advertisement: Advertisement
    readonly tlsAnswers: boolean
    readonly tcpAnswers: boolean
    readonly lists: ReadonlyArray<number>
  }>
}

const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.array(
    fc.record({
      tls: fc.boolean(),
      tcp: fc.boolean(),
      tlsAnswers: fc.boolean(),
      tcpAnswers: fc.boolean(),
      lists: fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: count })
    }),
    { minLength: count, maxLength: count }
  ).map((hosts) => ({
    hosts: hosts.map(({ lists, tcp, tcpAnswers, tls, tlsAnswers }, index) => ({
      advertisement: advertisementOfPorts(`h${index}.example.org`, {
        tls: tls ? [50002] : [],
        tcp: tcp || !tls ? [50001] : []
      }),
      tlsAnswers,
      tcpAnswers,
      lists
    }))
  }))
)

/** Crawls a world; `pick` chooses which endpoint in flight ends next. Returns the visits and every stored change. */
const crawl = (world: World, pick: (inFlight: number) => number, concurrency: number, frontier = new Frontier(rules)) => {
  const visits: Array<string> = []
  const facts: Array<EndpointFact> = []
  const inFlight: Array<FrontierEntry> = []
  if (frontier.counts().known === 0) facts.push(...learn(frontier, [world.hosts[0]!.advertisement], { ...strangers, bySeed: true }))
  while (true) {
    while (inFlight.length < concurrency) {
      const entry = frontier.take()
      if (entry === undefined) break
      inFlight.push(entry)
    }
    if (inFlight.length === 0) {
      const promoted = frontier.advance(0)
      facts.push(...promoted)
      if (promoted.length === 0) return { visits, facts, frontier }
      continue
    }
    const [entry] = inFlight.splice(pick(inFlight.length), 1)
    const host = world.hosts.find((h) => h.advertisement.host === entry!.endpoint.host)!
    const reachable = entry!.endpoint.transport === "tls" ? host.tlsAnswers : host.tcpAnswers
    visits.push(entry!.key)
    facts.push(...frontier.visited(entry!, { reachable }, 0))
    if (reachable) facts.push(...learn(frontier, host.lists.map((i) => world.hosts[i]!.advertisement), strangers))
  }
}

const picker = (seed: number) => {
  let state = seed
  return (count: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % count
  }
}

const lastStates = (facts: ReadonlyArray<EndpointFact>) =>
  new Map(facts.map((f) => [endpointKey(f.endpoint), `${f.state} ${f.reason ?? ""}`]))

describe("the frontier", () => {
  it("never visits an endpoint twice and never loses one", () => {
    fc.assert(fc.property(worlds, fc.nat(), fc.integer({ min: 1, max: 5 }), (world, seed, concurrency) => {
      const { facts, frontier, visits } = crawl(world, picker(seed), concurrency)
      expect(new Set(visits).size).toBe(visits.length)
      const counts = frontier.counts()
      expect(counts.inFlight + counts.due + counts.parked).toBe(0)
      expect(counts.visited).toBe(visits.length)
      expect(lastStates(facts).size).toBe(counts.known)
      for (const state of lastStates(facts).values()) expect(state).toMatch(/^visited|^not visited (tls|tcp) answered/)
    }))
  })

  it("visits what servers say, whatever the order in which they answer", () => {
    fc.assert(fc.property(worlds, fc.nat(), fc.nat(), (world, a, b) => {
      const first = crawl(world, picker(a), 4)
      const second = crawl(world, picker(b), 2)
      expect([...lastStates(second.facts)].toSorted()).toEqual([...lastStates(first.facts)].toSorted())
    }))
  })

  it("visits a host's TCP endpoint only if its TLS endpoint is missing or failed", () => {
    fc.assert(fc.property(worlds, fc.nat(), (world, seed) => {
      const { visits } = crawl(world, picker(seed), 3)
      for (const host of world.hosts) {
        const name = host.advertisement.host!
        const offersTls = host.advertisement.services.some((s) => s.transport === "tls")
        const visitedTls = visits.includes(`${name}:50002:s`)
        const visitedTcp = visits.includes(`${name}:50001:t`)
        const superfluous = visitedTcp && visitedTls && host.tlsAnswers
        const untried = visitedTcp && offersTls && !visitedTls
        expect({ name, superfluous, untried }).toEqual({ name, superfluous: false, untried: false })
      }
    }))
  })

  it("still visits a TLS endpoint that is announced after the host's TCP endpoint answered", () => {
    const frontier = new Frontier(rules)
    const take = () => frontier.take()!
    const onlyTcp = advertisementOfPorts("late.example.org", { tls: [], tcp: [50001] })
    const both = advertisementOfPorts("late.example.org", { tls: [50002], tcp: [50001] })
    learn(frontier, [onlyTcp], strangers)
    learn(frontier, [advertisementOfPorts("other.example.org", { tls: [], tcp: [50001] })], strangers)
    frontier.advance(0)
    const [late, other] = [take(), take()]
    learn(frontier, [both], strangers)
    frontier.visited(late, { reachable: true }, 0)
    frontier.visited(other, { reachable: false }, 0)
    frontier.advance(0)
    expect(take().key).toBe("late.example.org:50002:s")
  })

  it("ends a restored crawl like an undisturbed one, wherever it was cut", () => {
    fc.assert(fc.property(worlds, fc.nat(), fc.nat({ max: 30 }), (world, seed, cut) => {
      const undisturbed = crawl(world, picker(seed), 3)
      // A crawl cut after some visits: what was stored by then is what the tables know.
      const facts: Array<EndpointFact> = []
      const reached = new Map<string, boolean>()
      const before = new Frontier(rules)
      facts.push(...learn(before, [world.hosts[0]!.advertisement], { ...strangers, bySeed: true }))
      for (let step = 0; step < cut; step++) {
        const entry = before.take()
        if (entry === undefined) {
          const promoted = before.advance(0)
          if (promoted.length === 0) break
          facts.push(...promoted)
          continue
        }
        const host = world.hosts.find((h) => h.advertisement.host === entry.endpoint.host)!
        const reachable = entry.endpoint.transport === "tls" ? host.tlsAnswers : host.tcpAnswers
        reached.set(entry.key, reachable)
        facts.push(...before.visited(entry, { reachable }, 0))
        if (reachable) facts.push(...learn(before, host.lists.map((i) => world.hosts[i]!.advertisement), strangers))
      }
      const known = [...new Map(facts.map((f) => [endpointKey(f.endpoint), f])).values()].map((f) => ({
        endpoint: f.endpoint,
        state: f.state,
        reason: f.reason,
        detail: f.detail,
        sources: 1,
        namedBySeed: false,
        announcedAddresses: [],
        outcome: f.state === "visited" ? ("answered" as const) : null,
        visitReason: null,
        reachable: reached.get(endpointKey(f.endpoint)) ?? false
      }))
      const after = new Frontier(rules)
      after.restore(known)
      const rest = crawl(world, picker(seed + 1), 3, after)
      expect(rest.visits.filter((key) => reached.has(key))).toEqual([])
      expect([...lastStates([...facts, ...rest.facts])].toSorted()).toEqual([...lastStates(undisturbed.facts)].toSorted())
    }))
  })

  it("takes endpoints named by more sources first", () => {
    const frontier = new Frontier(rules)
    const [a, b, c] = ["a", "b", "c"].map((name) => advertisementOfPorts(`${name}.example.org`, { tls: [50002] }))
    learn(frontier, [a!, b!, c!], strangers)
    learn(frontier, [c!], strangers)
    learn(frontier, [c!, b!], strangers)
    expect([frontier.take(), frontier.take(), frontier.take()].map((e) => e!.endpoint.host[0])).toEqual(["c", "b", "a"])
  })

  it("counts a source once however often its list repeats an endpoint", () => {
    const frontier = new Frontier(rules)
    const a = advertisementOfPorts("a.example.org", { tls: [50002] })
    learn(frontier, [a, a, { ...a, raw: "other spelling" }], strangers)
    expect(frontier.entry("a.example.org:50002:s")!.sources).toBe(1)
  })

  it("keeps what exceeds a bound as policy: budget", () => {
    const frontier = new Frontier({ ...rules, maxEndpoints: 3, portsPerHost: 2 })
    const facts = learn(frontier, [
      advertisementOfPorts("a.example.org", { tls: [1001, 1002, 1003] }),
      advertisementOfPorts("b.example.org", { tls: [50002] }),
      advertisementOfPorts("c.example.org", { tls: [50002] })
    ], strangers)
    expect(facts.filter((f) => f.reason === "policy").map((f) => [f.endpoint.host, f.endpoint.port, f.detail])).toEqual([
      ["a.example.org", 1003, "budget: ports per host"],
      ["c.example.org", 50002, "budget: endpoints per crawl"]
    ])
    const late = learn(
      frontier,
      [advertisementOfPorts("d.example.org", { tls: [50002] })],
      { bySeed: false, accepted: 0, at: 0 }
    )
    expect(late[0]).toMatchObject({ state: "not visited", detail: "budget: endpoints accepted per source and visit" })
  })

  it("stores no more than five times the bound of endpoints, and counts the rest", () => {
    const frontier = new Frontier({ ...rules, maxEndpoints: 2 })
    const many = Array.from({ length: 14 }, (_, i) => advertisementOfPorts(`h${i}.example.org`, { tls: [50002] }))
    expect(learn(frontier, many, strangers)).toHaveLength(10)
    expect(frontier.uncounted).toBe(4)
  })

  it("dials SSH, mail and DNS ports only when a seed names them, and the field's own unusual ports always", () => {
    const frontier = new Frontier(rules)
    const ad = advertisementOfPorts("a.example.org", { tls: [22, 53, 443, 993], tcp: [110] })
    const facts = learn(frontier, [ad], strangers)
    expect(facts.filter((f) => f.reason === "policy").map((f) => f.endpoint.port)).toEqual([22, 53])
    const bySeed = learn(new Frontier(rules), [ad], { ...strangers, bySeed: true })
    expect(bySeed.filter((f) => f.reason === "policy")).toEqual([])
  })

  it("prefers a host's standard port among several of one transport", () => {
    const frontier = new Frontier(rules)
    learn(frontier, [advertisementOfPorts("a.example.org", { tcp: [1001, 50001, 1000] })], strangers)
    expect(frontier.advance(0).map((f) => f.endpoint.port)).toEqual([50001])
    frontier.visited(frontier.take()!, { reachable: false }, 0)
    expect(frontier.take()!.endpoint.port).toBe(1000)
  })

  it("goes on at a host that has a server of another chain, also after a restart", () => {
    const ad = advertisementOfPorts("a.example.org", { tls: [50002, 50102] })
    const before = new Frontier(rules)
    const facts = learn(before, [ad], strangers)
    const other = before.take()!
    facts.push(...before.visited(other, { reachable: false }, 0))
    expect(before.take()!.endpoint.port).toBe(50102)
    const after = new Frontier(rules)
    const last = new Map(facts.map((f) => [endpointKey(f.endpoint), f]))
    after.restore([...last.values()].map((f) => ({
      endpoint: f.endpoint,
      state: f.state,
      reason: f.reason,
      detail: f.detail,
      sources: 1,
      namedBySeed: false,
      announcedAddresses: [],
      outcome: f.state === "visited" ? ("failed" as const) : null,
      visitReason: f.state === "visited" ? ("other network" as const) : null,
      // It did answer server.version.
      reachable: f.state === "visited"
    })))
    after.advance(0)
    expect(after.take()?.endpoint.port).toBe(50102)
  })

  it("visits every endpoint of every host when told to", () => {
    const frontier = new Frontier({ ...rules, allEndpoints: true })
    learn(frontier, [advertisementOfPorts("a.example.org", { tls: [50002], tcp: [50001] })], strangers)
    frontier.visited(frontier.take()!, { reachable: true }, 0)
    expect(frontier.take()!.endpoint.transport).toBe("tcp")
  })

  it("settles what a limit leaves over as not visited, in flight excepted", () => {
    const frontier = new Frontier(rules)
    learn(frontier, ["a", "b", "c"].map((n) => advertisementOfPorts(`${n}.example.org`, { tls: [50002] })), strangers)
    frontier.take()
    expect(frontier.abandon("limit", "--limit", 5).map((f) => [f.state, f.reason])).toEqual([
      ["not visited", "limit"],
      ["not visited", "limit"]
    ])
    expect(frontier.counts().inFlight).toBe(1)
  })
})

import { it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { describe, expect } from "vitest"
import { addressBlock, ipVersion } from "../../../src/domain/address.ts"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { expandFleets } from "../../../src/simnet/plan/expand-fleet.ts"
import type { FleetSpec } from "../../../src/simnet/scenario/fleet-spec.ts"
import { Scenario } from "../../../src/simnet/scenario/scenario.ts"
import type { ServerSpec } from "../../../src/simnet/scenario/server-spec.ts"
import { errorIn } from "../../support/scenario-file.ts"

const small = {
  name: "small",
  title: "small",
  chain: "mainnet-sim",
  seeds: ["seed.test:50002:s"],
  round_trip_ms: [0, 1],
  jitter_ms: 0,
  hosting: {
    cloud: { org: "Cloud", asn: 64600, country: "DE", blocks: ["240.7.0.0/16", "251.9.64.0/18", "2001:db8:7::/48"] },
    other: { org: "Other", asn: 64601, country: "FR", blocks: ["242.1.0.0/16"] }
  },
  servers: [{ id: "seed", operator: "seed", software: "Fulcrum 2.1.0", names: [{ host: "seed.test", tls: 50002 }] }]
}

const fleet: FleetSpec = {
  name: "aurora",
  count: 20,
  operator: "aurora",
  software: { "ElectrumX 1.18.0": 1, "Fulcrum 2.1.0": 1 },
  names: [{ host: "e{n}.{word}.test", tls: 50002, tcp: { "50001": 1, none: 1 } }],
  hosting: "cloud"
}

const expand = (fleets: ReadonlyArray<FleetSpec>, seed = 1): ReadonlyArray<ServerSpec> =>
  expandFleets(Schema.decodeUnknownSync(Scenario)({ ...small, fleets }), seededRandom(seed))

const hostsOf = (servers: ReadonlyArray<ServerSpec>): ReadonlyArray<string> =>
  servers.flatMap((server) => server.names.map((name) => name.host))

/** A scenario with these fleets, and what is wrong with it. */
const errorOf = (fleets: ReadonlyArray<unknown>) => {
  const text = JSON.stringify({ ...small, fleets }, null, 1)
  return errorIn(text).pipe(Effect.map(({ message }) => ({ text, message })))
}

describe("a fleet", () => {
  it("becomes so many servers, the same for the same seed and others for another", () => {
    const servers = expand([fleet])
    expect(servers.map((server) => server.id)).toEqual(Array.from({ length: 20 }, (_, i) => `aurora-${i + 1}`))
    expect(expand([fleet])).toEqual(servers)
    expect(expand([fleet], 2)).not.toEqual(servers)
  })

  it("does not change with the order of fleets in the file, nor with fleets beside it", () => {
    const other: FleetSpec = { ...fleet, name: "borealis", operator: "{id}" }
    const byId = (servers: ReadonlyArray<ServerSpec>) => new Map(servers.map((server) => [server.id, server]))
    const one = byId(expand([fleet, other]))
    expect(byId(expand([other, fleet]))).toEqual(one)
    for (const server of expand([fleet])) expect(one.get(server.id)).toEqual(server)
  })

  it("has different names and addresses, drawn over all blocks of its hosting", () => {
    const servers = expand([{ ...fleet, count: 60 }])
    expect(new Set(hostsOf(servers)).size).toBe(60)
    const addresses = servers.flatMap((server) => server.names[0].addresses!)
    expect(new Set(addresses).size).toBe(60)
    const blocks = Map.groupBy(addresses, (address) => addressBlock(address, 16, 48))
    expect([...blocks.keys()].toSorted()).toEqual(["240.7.0.0/16", "251.9.0.0/16"])
    for (const block of blocks.values()) expect(block.length).toBeGreaterThan(15)
  })

  it("keeps within one block where the file says so", () => {
    const servers = expand([{ ...fleet, within: 24 }])
    expect(new Set(servers.map((server) => addressBlock(server.names[0].addresses![0]!, 24, 48))).size).toBe(1)
  })

  it("finds more names than there are words", () => {
    const servers = expand([{ ...fleet, count: 600, names: [{ host: "{word}.test", tls: 50002 }] }])
    expect(new Set(hostsOf(servers)).size).toBe(600)
  })

  it("has addresses, onions and both IP versions where they are asked for", () => {
    const servers = expand([
      {
        ...fleet,
        names: [
          { host: "{word}-{n}.test", on: "dual", tls: 50002 },
          { host: "{address}", tcp: 50001 },
          { host: "{onion}", on: "onion", tcp: 50001, share: 0.5 }
        ]
      }
    ])
    for (const { names } of servers) {
      expect(names[0].addresses!.map(ipVersion)).toEqual([4, 6])
      expect(names[1]!.host).toBe(names[0].addresses![0])
      if (names.length === 3) expect(names[2]!.host).toMatch(/^[a-z2-7]{56}\.onion$/)
    }
    const onions = servers.filter((server) => server.names.length === 3).length
    expect(onions).toBeGreaterThan(3)
    expect(onions).toBeLessThan(17)
  })

  it("may be strangers, who share what the file says they share", () => {
    const servers = expand([{ ...fleet, operator: "{id}", backend: "rented", key: { image: 1, "{id}": 1 } }])
    expect(new Set(servers.map((server) => server.operator)).size).toBe(20)
    expect(new Set(servers.map((server) => server.backend))).toEqual(new Set(["rented"]))
    const keys = new Set(servers.map((server) => server.key))
    expect(keys).toContain("image")
    expect(keys.size).toBeGreaterThan(4)
  })

  it("writes banners and one donation address for each operator", () => {
    const one = expand([{ ...fleet, banner: "{host} takes {donation}", donation: "{donation}" }])
    expect(new Set(one.map((server) => server.donation)).size).toBe(1)
    for (const server of one) expect(server.banner).toBe(`${server.names[0].host} takes ${server.donation}`)
    const many = expand([{ ...fleet, operator: "{id}", donation: "{donation}" }])
    expect(new Set(many.map((server) => server.donation)).size).toBe(20)
    for (const { donation } of many) expect(donation).toMatch(/^bc1q[02-9ac-hj-np-z]{38}$/)
  })

  it("draws banners and donation addresses where the file has several, also none", () => {
    const servers = expand([{ ...fleet, banner: { "": 1, "this is {word}": 1 }, donation: { "": 1, "{donation}": 1 } }])
    const banners = servers.flatMap((server) => server.banner ?? [])
    expect(banners.length).toBeGreaterThan(3)
    expect(banners.length).toBeLessThan(17)
    for (const banner of banners) expect(banner).toMatch(/^this is [a-z]+$/)
    expect(new Set(servers.map((server) => server.donation)).size).toBe(2)
  })

  it("made its certificates one after the other, in an order of its own, where the file says so", () => {
    const servers = expand([{ ...fleet, certificate: { days_ago: [100, 300], seconds_apart: 8 } }])
    const times = servers.map((server) => server.certificate!.days_ago as number)
    const spread = (Math.max(...times) - Math.min(...times)) * 86_400
    expect(spread).toBeGreaterThan(8 * 18)
    expect(spread).toBeLessThan(8 * 20)
    expect(times.toSorted()).not.toEqual(times)
    expect(times.toSorted().toReversed()).not.toEqual(times)
  })

  it.effect.each([
    ["a placeholder that does not exist", { names: [{ host: "{wort}.test", tls: 1 }] }, "names[0].host", "{wort}"],
    ["a name that strangers would share by mistake", { names: [{ host: "{city}.test", tls: 1 }] }, "names[0].host", "{city}"],
    ["a hosting that does not exist", { hosting: "clod" }, "hosting", "clod"],
    ["a hosting without IPv6", { hosting: "other", names: [{ host: "{n}.test", on: "ipv6", tls: 1 }] }, "hosting", '"other"'],
    ["a block that is too small", { within: 30 }, "within", "30"],
    ["a server that does not exist", { relays: "sead" }, "relays", "sead"],
    ["servers that may have no name", { names: [{ host: "{n}.test", share: 0.5 }] }, "names[0].share", "0.5"],
    ["a subject that is none", { certificate: { subject: "Somebody" } }, "certificate.subject", "Somebody"]
  ] as const)("names line and field of %s", ([, change, field, part]) =>
    Effect.gen(function*() {
      const { text, message } = yield* errorOf([{ ...fleet, ...change }])
      const line = text.slice(0, text.lastIndexOf(part)).split("\n").length
      expect(message).toContain(`broken.json:${line}: fleets[0].${field}: `)
    })
  )

  it.effect("cannot have an id that is somebody else's", () =>
    Effect.gen(function*() {
      const { message } = yield* errorOf([fleet, { ...fleet, count: 1 }])
      expect(message).toContain("fleets[1].name: there are two servers aurora-1")
    })
  )
})

import { beforeAll, describe, expect, it } from "vitest"
import { addressBlock, ipVersion, parseBlock } from "../../../src/domain/address.ts"
import { addressesOf } from "../../../src/simnet/plan/address-facts.ts"
import type { Plan, PlannedServer } from "../../../src/simnet/plan/plan.ts"
import { truthLines, truthText } from "../../../src/simnet/truth/truth.ts"
import { planOf } from "../../support/simnet-plan.ts"

const invented = ["sloppy", "careful", "lookalikes", "hosted", "framing", "lying-majority", "selective", "dual", "churn", "disguised", "large"]

const plans = new Map<string, Plan>()
beforeAll(async () => {
  for (const name of invented) plans.set(name, await planOf(name, 1))
})
const serversOf = (name: string): ReadonlyArray<PlannedServer> => plans.get(name)!.servers
const fleetOf = (scenario: string, fleet: string): ReadonlyArray<PlannedServer> => {
  const found = serversOf(scenario).filter((server) => server.id.startsWith(`${fleet}-`))
  expect(found.length, `${scenario} has a fleet ${fleet}`).toBeGreaterThan(0)
  return found
}

/** How many different values there are. */
const different = <A>(servers: ReadonlyArray<PlannedServer>, value: (server: PlannedServer) => A): number =>
  new Set(servers.map(value)).size

const operator = (server: PlannedServer): string => server.operator
const backend = (server: PlannedServer): string => server.model.backend.name
const key = (server: PlannedServer): string => server.certificate.key
const addresses = (servers: ReadonlyArray<PlannedServer>): ReadonlyArray<string> =>
  servers.flatMap((server) => server.names.flatMap(addressesOf))

describe.each(invented)("scenario %s", (name) => {
  it("is the same for the same seed and another for another", async () => {
    expect(truthText(await planOf(name, 1))).toBe(truthText(plans.get(name)!))
    // Dual is written out: what its seed draws is behaviour.
    if (name !== "dual") expect(truthText(await planOf(name, 2))).not.toBe(truthText(plans.get(name)!))
  })

  it("has invented names only, at addresses that are nobody's, spread over many blocks", () => {
    const nobodys = ["240.0.0.0/4", "2001:db8::/32"].map((block) => parseBlock(block)!)
    for (const server of serversOf(name)) {
      for (const { host } of server.names) {
        if (ipVersion(host) === undefined) expect(host).toMatch(/^([a-z0-9-]+\.)+test$|^[a-z2-7]{56}\.onion$/)
      }
    }
    const all = [...new Set(addresses(serversOf(name)))]
    for (const address of all) expect(nobodys.some((holds) => holds(address))).toBe(true)
    expect(new Set(all.map((address) => addressBlock(address, 16, 48))).size).toBeGreaterThan(all.length < 30 ? 15 : 18)
  })

  it("knows country and AS number of every address, and of no onion", () => {
    for (const line of truthLines(plans.get(name)!)) {
      const expected = line.host.endsWith(".onion") ? [false, false] : [true, true]
      expect([line.country !== null, line.asn !== null], line.host).toEqual(expected)
    }
  })

  it("can be reached from its seeds: they run", () => {
    const alive = new Set(truthLines(plans.get(name)!).filter((line) => line.alive).map((line) => line.host))
    for (const seed of plans.get(name)!.scenario.seeds) expect(alive).toContain(seed.split(":")[0])
  })
})

describe("scenario sloppy", () => {
  it("has fleets that share keys, or made them within minutes of each other", () => {
    for (const fleet of ["aurora", "heron", "otter", "thistle", "wagtail"]) {
      expect(different(fleetOf("sloppy", fleet), key), fleet).toBe(1)
      expect(different(fleetOf("sloppy", fleet), operator), fleet).toBe(1)
    }
    const magpie = fleetOf("sloppy", "magpie")
    expect(different(magpie, key)).toBe(magpie.length)
    const times = magpie.map((server) => server.certificate.spec.days_ago as number)
    expect((Math.max(...times) - Math.min(...times)) * 1440).toBeLessThan(3)
  })

  it("shares no key between operators", () => {
    for (const servers of Map.groupBy(serversOf("sloppy"), key).values()) expect(different(servers, operator)).toBe(1)
  })
})

describe("scenario careful", () => {
  it("has fleets whose members share a node and nothing else", () => {
    for (const name of ["cypress", "juniper", "hemlock"]) {
      const fleet = fleetOf("careful", name)
      expect(different(fleet, operator)).toBe(1)
      expect(different(fleet, backend)).toBe(1)
      for (const own of [key, (server: PlannedServer) => server.certificate.label, (server: PlannedServer) => server.machine]) {
        expect(different(fleet, own), name).toBe(fleet.length)
      }
      const domains = fleet.flatMap((server) =>
        server.names.filter((n) => n.host.endsWith(".test") && !n.host.endsWith(".dyn-names.test")).map((n) => n.host.split(".").slice(-2).join("."))
      )
      expect(new Set(domains).size).toBe(domains.length)
      expect(new Set(addresses(fleet).map((address) => addressBlock(address, 24, 48))).size).toBe(addresses(fleet).length)
      const banners = fleet.flatMap((server) => server.model.banner ?? [])
      expect(new Set(banners).size).toBe(banners.length)
      const donations = fleet.flatMap((server) => server.model.donation ?? [])
      expect(new Set(donations).size).toBe(donations.length)
      expect(donations.length).toBeGreaterThan(0)
      for (const server of fleet) {
        expect(server.model.claims).toEqual([])
        expect(server.certificate.spec).toEqual(fleetOf("careful", "stranger")[0]!.certificate.spec)
      }
    }
  })

  it("gives every stranger a node of their own", () => {
    const strangers = fleetOf("careful", "stranger")
    expect(different(strangers, backend)).toBe(strangers.length)
    const fleets = new Set(serversOf("careful").filter((server) => !strangers.includes(server)).map(backend))
    for (const server of strangers) expect(fleets).not.toContain(backend(server))
  })
})

describe("scenario lookalikes", () => {
  it("has nobody who is anybody else: operators, keys, nodes and machines are all their own", () => {
    const all = serversOf("lookalikes")
    expect(all.length).toBeGreaterThan(50)
    for (const own of [operator, key, backend, (server: PlannedServer) => server.machine]) {
      expect(different(all, own)).toBe(all.length)
    }
  })

  it("has groups that look alike in certificate, banner, software or place", () => {
    for (const image of ["hearth", "brick", "container"]) {
      expect(different(fleetOf("lookalikes", image), (server) => server.certificate.spec.subject)).toBe(1)
    }
    expect(different(fleetOf("lookalikes", "guide"), (server) => server.model.banner)).toBe(1)
    expect(new Set(addresses(fleetOf("lookalikes", "guide")).map((a) => addressBlock(a, 20, 48))).size).toBe(1)
    expect(different(serversOf("lookalikes"), (server) => server.asn)).toBeLessThan(9)
  })
})

describe("scenario hosted", () => {
  it("has strangers on one node, behind one proxy, on one image's key and under one hoster's names", () => {
    for (const strangers of ["renter", "veiled", "cloned", "managed"]) {
      const group = fleetOf("hosted", strangers)
      expect(different(group, operator), strangers).toBe(group.length)
    }
    expect(different(fleetOf("hosted", "renter"), backend)).toBe(1)
    expect(different(fleetOf("hosted", "cloned"), key)).toBe(1)
    expect(different(fleetOf("hosted", "veiled"), (server) => server.certificate.spec.without_sni!.key)).toBe(1)
    expect(different(fleetOf("hosted", "veiled"), key)).toBe(8)
    expect(different(fleetOf("hosted", "managed"), (server) => server.names[0]!.host.split(".").slice(-2).join("."))).toBe(1)
    expect(plans.get("hosted")!.scenario.public_suffixes).toContain("hutch-nodes.test")
  })

  it("has a fleet on the strangers' node", () => {
    expect(backend(fleetOf("hosted", "rook")[0]!)).toBe(backend(fleetOf("hosted", "renter")[0]!))
    expect(different(fleetOf("hosted", "rook"), operator)).toBe(1)
  })
})

describe("scenario framing", () => {
  const victim = (): PlannedServer => serversOf("framing").find((server) => server.id === "harbour-1")!

  it("relays an honest server: its node, its software, its words, behind keys of their own", () => {
    const fleet = fleetOf("framing", "mirror")
    for (const server of fleet) {
      expect(backend(server)).toBe(backend(victim()))
      expect(server.software).toEqual(victim().software)
      expect([server.model.banner, server.model.donation]).toEqual([victim().model.banner, victim().model.donation])
      expect(server.model.claims).toContainEqual({ host: "e1.harbour.test", tcp: 50001, tls: 50002, ws: null, wss: null })
      expect(server.certificate.key).not.toBe(victim().certificate.key)
      expect(server.conduct).toEqual(["relays harbour-1"])
      expect(server.roundTripMs).toBeGreaterThan(victim().roundTripMs)
    }
  })

  it("copies what can be copied of it", () => {
    for (const server of fleetOf("framing", "mimic")) {
      expect(backend(server)).not.toBe(backend(victim()))
      expect([server.model.banner, server.model.donation]).toEqual([victim().model.banner, victim().model.donation])
      expect(server.model.claims).toContainEqual({ host: "e1.harbour.test", tcp: 50001, tls: 50002, ws: null, wss: null })
    }
  })

  it("leaves the honest one to its own operator, who claims nobody", () => {
    const harbour = serversOf("framing").filter((server) => server.operator === "harbour")
    expect(harbour.map((server) => server.id)).toEqual(["harbour-1", "harbour-2"])
    for (const server of harbour) expect([server.model.claims, server.conduct]).toEqual([[], []])
  })
})

describe("scenario lying-majority", () => {
  it("has more liars than honest servers on its chain, and honest servers of other chains", () => {
    const all = serversOf("lying-majority")
    const own = all.filter((server) => server.model.chain.name === "mainnet-sim")
    const liars = own.filter((server) => server.lies.length > 0)
    expect(liars.length).toBeGreaterThan(own.length / 2)
    expect(new Set(liars.flatMap((server) => server.lies.map((lie) => lie.lie)))).toEqual(new Set(["low-work fork", "hides history"]))
    const others = all.filter((server) => server.model.chain.name !== "mainnet-sim")
    expect(new Set(others.map((server) => server.model.chain.name))).toEqual(new Set(["cash-sim", "sv-sim", "mutiny-sim"]))
    for (const server of others) expect(server.lies).toEqual([])
    for (const line of truthLines(plans.get("lying-majority")!)) {
      expect(line.traits.length > 0).toBe(liars.some((server) => server.id === line.server))
    }
  })
})

describe("scenario selective", () => {
  it("tells no lie to everybody, and lies by client, request, session and network", () => {
    const lies = serversOf("selective").flatMap((server) => server.lies)
    expect(lies.filter((lie) => lie.to === undefined)).toEqual([])
    const conditions = new Set(lies.flatMap((lie) => Object.keys(lie.to!)))
    for (const condition of ["clients", "after_requests", "sessions", "network"]) expect(conditions).toContain(condition)
    expect(serversOf("selective").filter((server) => server.lies.length === 0).length).toBeGreaterThan(20)
  })
})

describe("scenario dual", () => {
  const names = (): ReadonlyArray<ReadonlyArray<string>> => serversOf("dual").map((server) => server.names.map((name) => name.host))

  it("has IPv4, IPv6 and both, onions beside and without clearnet, several names", () => {
    const versions = serversOf("dual").map((server) => [...new Set(addresses([server]).map(ipVersion))].toSorted().join())
    expect(new Set(versions)).toEqual(new Set(["", "4", "6", "4,6"]))
    const onions = names().map((hosts) => [hosts.some((h) => h.endsWith(".onion")), hosts.some((h) => !h.endsWith(".onion"))].join())
    expect(new Set(onions)).toEqual(new Set(["true,true", "true,false", "false,true"]))
    expect(names().some((hosts) => hosts.length >= 4)).toBe(true)
  })

  it("has two chains and two softwares on one machine, and names that several servers share", () => {
    const machines = [...Map.groupBy(serversOf("dual"), (server) => server.machine).values()]
    expect(machines.some((servers) => different(servers, (server) => server.model.chain.name) === 2)).toBe(true)
    expect(machines.some((servers) => different(servers, (server) => server.software.family) === 2)).toBe(true)
    const shared = [...Map.groupBy(truthLines(plans.get("dual")!), (line) => `${line.host} ${line.port}`).values()]
    expect(new Set(shared.filter((lines) => lines.length > 1).map((lines) => lines.length))).toEqual(new Set([2, 3]))
  })
})

describe("scenario churn", () => {
  it("has everything that can change: uptime, restarts, upgrades, moves, renewals, a hoster's outage and ours", () => {
    const { scenario } = plans.get("churn")!
    expect(new Set(scenario.fleets!.flatMap((fleet) => Object.keys(fleet.schedule ?? {})))).toEqual(
      new Set(["uptime", "restarts", "upgrades", "moves", "renewals"])
    )
    const hit = serversOf("churn").filter((server) => server.asn === scenario.outages![0]!.asn)
    expect(hit.length).toBeGreaterThan(5)
    expect(different(hit, operator)).toBeGreaterThan(5)
    expect(scenario.our_outages).toHaveLength(1)
  })
})

describe("scenario large", () => {
  it("has TLS on half of its endpoints", () => {
    const lines = truthLines(plans.get("large")!)
    expect(lines.length).toBeGreaterThan(1400)
    const servers = serversOf("large")
    const tls = servers.filter((server) => server.names.some((name) => name.tls !== null)).length
    expect(tls / servers.length).toBeGreaterThan(0.45)
    expect(tls / servers.length).toBeLessThan(0.55)
  })
})

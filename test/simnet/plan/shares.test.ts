import { X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { ipVersion } from "../../../src/domain/address.ts"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { TlsIdentities } from "../../../src/simnet/identity/tls-identities.ts"
import type { PlannedServer } from "../../../src/simnet/plan/plan.ts"
import { planOf } from "../../support/simnet-plan.ts"

/** A server as one seed has it, and who vouches for its certificate. */
type Seen = PlannedServer & { readonly issuer: "itself" | "authority" }

/** What kind of name it is: the words and numbers in it left out. */
const kindOfHost = ({ names: [name] }: PlannedServer): string => {
  const { host } = name!
  if (ipVersion(host) !== undefined) return "address"
  return host.split(".").map((label) => (/^(test|btc|electrum|dyn-names)$/.test(label) ? label : label.replace(/[a-z]+/g, "w").replace(/[0-9]+/g, "9"))).join(".")
}

/** The banner without what is a server's own in it. */
const kindOfBanner = ({ model, names }: PlannedServer): string =>
  (model.banner ?? "stock").replaceAll(names[0]!.host, "HOST").replace(/\bbc1[a-z0-9]+/, "DONATION").replace(/the [a-z]+ room/, "the room")

/** What a visitor sees of a server, by what it is about: strangers of one kind have the same. */
const attributes: Readonly<Record<string, (server: Seen) => string>> = {
  alive: (server) => String(server.failure),
  software: (server) => server.software.text,
  family: (server) => server.software.family,
  host: kindOfHost,
  "number of names": (server) => String(server.names.length),
  onion: (server) => String(server.names.some((name) => name.host.endsWith(".onion"))),
  tcp: (server) => String(server.names[0]!.tcp),
  tls: (server) => String(server.names[0]!.tls),
  "IP versions": (server) => [...new Set(server.names.flatMap((name) => name.addresses.map(ipVersion)))].join(),
  banner: kindOfBanner,
  donation: (server) => (server.model.donation === null ? "none" : "own"),
  issuer: (server) => server.issuer,
  certificate: (server) => JSON.stringify(server.certificate.spec),
  hosts: (server) => server.model.hosts,
  claims: (server) => String(server.model.claims.length),
  network: (server) => `${server.asn} ${server.country}`,
  sessions: (server) => String(server.maxSessions)
}

const upgrade = (server: PlannedServer): string => String((server.schedule?.upgrades.length ?? 0) > 0)

/** Standard deviations between two shares, were they one. */
const distance = (a: number, ofA: number, b: number, ofB: number): number => {
  const share = (a + b) / (ofA + ofB)
  return share === 0 || share === 1 ? 0 : (a / ofA - b / ofB) / Math.sqrt(share * (1 - share) * (1 / ofA + 1 / ofB))
}

/** Values of an attribute that one group has much more or less often than the other. */
const marks = (
  one: ReadonlyArray<Seen>,
  other: ReadonlyArray<Seen>,
  attribute: (server: Seen) => string
): ReadonlyArray<string> => {
  const count = (servers: ReadonlyArray<Seen>, value: string): number =>
    servers.filter((server) => attribute(server) === value).length
  return [...new Set([...one, ...other].map(attribute))].filter(
    // By chance once in 16,000 values.
    (value) => Math.abs(distance(count(one, value), one.length, count(other, value), other.length)) > 4
  )
}

type Fleets = ReadonlyMap<string, ReadonlyArray<Seen>>

const drawn = new Map<string, Promise<Fleets>>()

/** The servers of a scenario for many seeds, by fleet; drawn once. */
const manyOf = (scenario: string, seeds: number): Promise<Fleets> => {
  const known = drawn.get(scenario) ?? drawMany(scenario, seeds)
  drawn.set(scenario, known)
  return known
}

const drawMany = async (scenario: string, seeds: number): Promise<Fleets> => {
  const all: Array<Seen> = []
  for (let seed = 1; seed <= seeds; seed++) {
    const { servers } = await planOf(scenario, seed)
    const identities = new TlsIdentities(seededRandom(seed), Date.UTC(2026, 5, 1))
    for (const server of servers) {
      const { issuer, subject } = new X509Certificate(identities.of(server.certificate).certificate)
      all.push({ ...server, issuer: issuer === subject ? "itself" : "authority" })
    }
  }
  return Map.groupBy(all, (server) => server.id.replace(/-[0-9]+$/, ""))
}

/** Scenario, its strangers, its fleets, and what fleets have to be for what they are about. */
const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>, Readonly<Record<string, ReadonlyArray<string>>>]> = [
  ["careful", "stranger", ["cypress", "juniper", "hemlock"], {}],
  ["lying-majority", "honest", ["forker", "hider"], {}],
  ["selective", "stranger", ["picky", "patient", "moody", "sheltered", "targeting"], { sheltered: ["onion", "number of names"] }],
  ["large", "stranger", ["cypress"], {}]
]

describe("what visitors see", () => {
  it.each(cases)("of fleets of scenario %s is as frequent among its strangers", async (scenario, strangers, fleets, needed) => {
    const groups = await manyOf(scenario, scenario === "large" ? 2 : 20)
    for (const fleet of fleets) {
      for (const [what, attribute] of Object.entries(attributes)) {
        if (needed[fleet]?.includes(what) === true) continue
        expect(marks(groups.get(fleet)!, groups.get(strangers)!, attribute), `${what} of ${fleet}`).toEqual([])
      }
    }
  })

  it("of upgrades in scenario careful is as frequent too, all fleets taken together, and times are each stranger's own", async () => {
    const groups = await manyOf("careful", 20)
    const fleets = ["cypress", "juniper", "hemlock"].flatMap((fleet) => groups.get(fleet)!)
    const strangers = groups.get("stranger")!
    expect(marks(fleets, strangers, upgrade)).toEqual([])
    expect(strangers.filter((server) => upgrade(server) === "true").length).toBeGreaterThan(strangers.length / 3)
    const spread = (servers: ReadonlyArray<PlannedServer>): number => {
      const times = servers.flatMap((server) => server.schedule?.upgrades.map(({ at }) => at) ?? [])
      return (Math.max(...times) - Math.min(...times)) / 3_600_000
    }
    const { servers } = await planOf("careful", 1)
    const of = (fleet: string) => servers.filter((server) => server.id.startsWith(`${fleet}-`))
    expect(spread(of("cypress"))).toBeLessThan(0.34)
    expect(spread(of("juniper"))).toBeLessThan(0.34)
    expect(spread(of("stranger"))).toBeGreaterThan(24)
  })

  it("would show a mark that only fleets have", async () => {
    const groups = await manyOf("hosted", 5)
    expect(marks(groups.get("rook")!, groups.get("stranger")!, attributes["donation"]!)).not.toEqual([])
  })
})

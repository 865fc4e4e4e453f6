/**
 * A finished crawl of as many servers as wanted, a third of them in fleets, in a
 * database file: what is compared between servers is drawn, all else of a visit
 * is what simulated servers answered to a real one.
 */
import { dirname } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { seededRandom } from "../../src/analysis/seeded-random.ts"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { shippedChains } from "../../src/domain/chain.ts"
import type { Advertisement } from "../../src/domain/advertisement.ts"
import type { ProbeTarget } from "../../src/domain/probe-target.ts"
import type { SnapshotReading } from "../../src/domain/snapshot.ts"
import type { Visit } from "../../src/domain/visit.ts"
import type { Fact } from "../../src/store/facts.ts"
import type { Store } from "../../src/store/store.ts"
import { deepVisitPort } from "./deep-visiting.ts"
import { runSimnet } from "./running-simnet.ts"
import { writeFixedScenario } from "./small-scenario.ts"
import { withStore } from "./small-database.ts"
import {
  advertisementOf, announcedByServer, certificateOf, crawlStart, endpointOf, serverOf, snapshotOf, snapshotValuesOf, someTime, stateOf, tlsOf
} from "./store-facts.ts"
import { defaultVisit, loopbackVisitor, visitPort } from "./visiting.ts"
import { giftAddress } from "./gift-address.ts"

/** Announcements of a server: 100, so that 10,000 servers make a million. */
const announced = 100

/** Snapshots of the whole network. */
const snapshots = 3

const network = "mainnet-sim"
const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "juniper", "kelp", "larch", "moss", "north"]

/** What a server of some software answered to both kinds of visits. */
interface Template {
  readonly regular: Visit
  readonly deep: Extract<Fact, { readonly _tag: "visit" }>
}

/** Visits servers of several kinds of software, as a crawl does; none of those that hold replies back. */
const visitedTemplates = async (folder: string): Promise<ReadonlyArray<Template>> => {
  const { simnet, stop } = await runSimnet({ scenario: writeFixedScenario(folder, 6) })
  const chain = shippedChains.find(({ name }) => name === network)!
  try {
    const ports = [...simnet.listeners].filter(([key]) => key.endsWith(":t")).map(([, port]) => port)
    return await Promise.all(ports.map(async (port): Promise<Template> => {
      const regular = await Effect.runPromise(visitPort(port, { ...defaultVisit, chain }).pipe(Effect.provide(loopbackVisitor)))
      const { malformed, visit } = await Effect.runPromise(deepVisitPort(port, { behavesLike: null }))
      if (regular.outcome !== "answered" || visit.outcome !== "answered") throw new Error(`a simulated server did not answer: ${regular.detail ?? visit.detail}`)
      return { regular, deep: { _tag: "visit", visit, malformed } }
    }))
  } finally {
    await stop()
  }
}

interface SyntheticServer {
  readonly host: string
  readonly address: string
  readonly template: Template
  readonly visit: Visit
  readonly deep: Visit
  /** Places of the servers it names. */
  readonly names: ReadonlyArray<number>
  readonly asn: number
  /** Which node it asks. */
  readonly node: number
}

/** A third of the servers in fleets of five to forty, the largest a twentieth of all; the rest strangers. */
const drawServers = (size: number, templates: ReadonlyArray<Template>): ReadonlyArray<SyntheticServer> => {
  const random = seededRandom(size)
  const below = (n: number): number => Math.floor(random() * n)
  const skewed = (n: number): number => Math.floor(random() * random() * n)
  const fleets: Array<number> = [Math.max(2, Math.floor(size / 20))]
  while (fleets.reduce((sum, n) => sum + n, 0) < size / 3) fleets.push(5 + below(36))
  const fleetOf = fleets.flatMap((n, fleet) => Array.from({ length: n }, () => fleet))
  const hostOf = (i: number, fleet: number): string => `e${i}.${words[fleet % words.length]!}${fleet}.example`
  const hostsByFleet = new Map<number, Array<string>>()
  fleetOf.slice(0, size).forEach((fleet, i) => hostsByFleet.set(fleet, [...hostsByFleet.get(fleet) ?? [], hostOf(i, fleet)]))
  /** Of a certificate that the servers of a fleet share. */
  const hostsOf = (fleet: number): ReadonlyArray<string> => hostsByFleet.get(fleet)!
  return Array.from({ length: size }, (_, i): SyntheticServer => {
    const fleet = fleetOf[i]
    const host = fleet === undefined
      ? `${words[below(words.length)]!}${below(size)}.${words[below(words.length)]!}${i}.example`
      : hostOf(i, fleet)
    const address = `${10 + below(200)}.${below(256)}.${below(256)}.${below(256)}`
    const spkiSha256 = fleet === undefined || fleet % 3 === 2 ? `key ${i}` : `key of fleet ${fleet}`
    const sha256 = fleet !== undefined && fleet % 3 === 0 ? `certificate of fleet ${fleet}` : `certificate ${i}`
    const validFrom = 1_600_000_000_000 + (fleet === undefined ? below(100_000_000) * 1_000 : fleet * 1e9 + below(30_000))
    const template = templates[skewed(templates.length)]!
    const tls = tlsOf({
      ...certificateOf(sha256, spkiSha256),
      subject: `CN=${host}`,
      issuer: `CN=${host}`,
      sanDns: fleet !== undefined && fleet % 3 === 0 ? hostsOf(fleet) : [host],
      validFrom: new Date(validFrom).toISOString(),
      validTo: new Date(validFrom + 365 * 86_400_000).toISOString()
    })
    const own = {
      endpoint: endpointOf(`${host}:50002:s`),
      startedAt: someTime + i * 10,
      dial: { address, resolvedBy: "dns", addresses: [address], via: "direct" },
      tls,
      banner: fleet === undefined ? (random() < 0.6 ? "" : `hello from ${words[below(words.length)]!} ${skewed(size)}`) : `fleet ${fleet} greets`,
      donationAddress: fleet === undefined ? (random() < 0.5 ? "" : giftAddress(`gift ${i}`)) : giftAddress(`gift of fleet ${fleet}`),
      features: template.regular.features === null
        ? null
        : { ...template.regular.features, hosts: [{ host, tcpPort: 50_001, tlsPort: 50_002, wsPort: null, wssPort: null }] }
    } as const
    return {
      host,
      address,
      template,
      visit: { ...template.regular, ...own },
      deep: { ...template.deep.visit, endpoint: own.endpoint, startedAt: own.startedAt + 1_800_000, dial: own.dial, tls },
      names: [...new Set(Array.from({ length: Math.min(announced, size - 1) }, () => below(size)))].filter((other) => other !== i),
      asn: 64_512 + skewed(60),
      node: fleet === undefined ? i : size + 2 * fleet + below(2)
    }
  })
}

/** Estimates and mempool of a node at one time: its own, but near to everybody's. */
const readNode = (node: number, snapshot: number) => {
  const random = seededRandom(1 + node * snapshots + snapshot)
  const fees = [0.0004, 0.00035, 0.0003, 0.0002, 0.00012, 0.00008, 0.00002].map((fee) => Number((fee * (0.8 + 0.4 * random())).toFixed(8)))
  const histogram = Array.from({ length: 30 }, (_, i): readonly [number, number] => [120 - 4 * i, 30_000 + Math.floor(random() * 20_000)])
  return { fees, histogram }
}

const readingOf = ({ host, node, template: { regular } }: SyntheticServer, serverId: number, snapshot: number): SnapshotReading => {
  const tip = { height: 900 + snapshot, hash: `${snapshot}a`.repeat(32) }
  const { fees, histogram } = readNode(node, snapshot)
  const target: ProbeTarget = {
    endpoint: endpointOf(`${host}:50002:s`),
    serverId,
    implementation: regular.identification?.implementation ?? null,
    versionRange: null,
    tipHeight: tip.height,
    hasFeatures: true
  }
  const values = { ...snapshotValuesOf(fees, tip), histogram: { outcome: "ok" as const, text: JSON.stringify(histogram), value: histogram } }
  return { target, state: "compared", detail: null, visit: null, sentMs: 0.5, receivedMs: 120, values }
}

const placesOf = ({ address, asn }: SyntheticServer): ReadonlyArray<AddressFact> => {
  const of = (fact: AddressFact["fact"], answer: string): AddressFact => ({
    address,
    fact,
    source: { kind: "geo file", name: "synthetic.csv", rank: 1, dataAt: someTime },
    answers: [answer],
    reason: null,
    detail: null,
    block: null,
    lookedUpAt: someTime
  })
  return [
    of("asn", String(asn)),
    of("org", `Holder ${asn}`),
    of("country_located", ["DE", "US", "FR", "FI", "NL"][asn % 5]!),
    ...(asn % 3 === 0 ? [of("cloud_provider", `cloud ${asn % 7}`)] : [])
  ]
}

/** So many facts are recorded at a time. */
const unit = 200

const recordAll = Effect.fnUntraced(function*(store: Store["Service"], servers: ReadonlyArray<SyntheticServer>) {
  const keyOf = ({ host }: SyntheticServer): string => `${host}:50002:s`
  const crawlId = yield* store.startCrawl(crawlStart({ network }))
  const advertisements = servers.map(({ host }): Advertisement => advertisementOf(`${host}:50002:s`, `${host}:50001:t`))
  for (let from = 0; from < servers.length; from += unit) {
    const facts = servers.slice(from, from + unit).flatMap((server): ReadonlyArray<Fact> => [
      { _tag: "visit", visit: server.visit },
      stateOf(keyOf(server), "visited"),
      stateOf(`${server.host}:50001:t`, "not visited", "tls answered"),
      announcedByServer(keyOf(server), server.names.map((other) => advertisements[other]!))
    ])
    yield* store.record(crawlId, facts)
  }
  yield* store.record(crawlId, [{
    _tag: "servers",
    servers: servers.map((server) => serverOf([keyOf(server), `${server.host}:50001:t`], network))
  }])
  yield* store.flush
  yield* store.endCrawl(crawlId, "finished", someTime + 3_600_000)
  yield* store.enrichment.saveFacts(network, [...new Map(servers.map((server) => [server.address, server])).values()].flatMap(placesOf))
  const probes = yield* store.startCrawl({ ...crawlStart({ network }), kind: "probe" })
  for (let from = 0; from < servers.length; from += unit) {
    yield* store.record(probes, servers.slice(from, from + unit).map((server): Fact => ({ ...server.template.deep, visit: server.deep })))
  }
  const { targets } = yield* store.probing.targets(network)
  const numbers = new Map(targets.map(({ endpoint, serverId }) => [endpoint.host, serverId]))
  const taken = Array.from({ length: snapshots }, (_, snapshot) => {
    const readings = servers.map((server) => readingOf(server, numbers.get(server.host)!, snapshot))
    return { ...snapshotOf([]), tip: readings[0]!.values!.tipBefore, readings, startedAt: someTime + snapshot * 6 * 3_600_000 }
  })
  yield* store.record(probes, [{ _tag: "snapshots", serversOf: crawlId, visits: [], snapshots: taken }])
  yield* store.flush
  yield* store.endCrawl(probes, "finished", someTime + 7_200_000)
  return crawlId
})

/** Writes a crawl of so many servers into a new file; the number of the crawl. */
export const recordSyntheticCrawl = async (path: string, size: number): Promise<number> => {
  const servers = drawServers(size, await visitedTemplates(dirname(path)))
  return Effect.runPromise(withStore(path, (store) => recordAll(store, servers)).pipe(Effect.provide(NodeServices.layer)))
}

import { seededRandom } from "../../src/analysis/seeded-random.ts"
import type { GraphEdges } from "../../src/atlas/shapes/graph-bytes.ts"
import type { GraphHead } from "../../src/atlas/shapes/graph.ts"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"

/** A network as the API would show it, of any size, without a crawl behind it. */
export interface InventedNetwork {
  readonly rows: ReadonlyArray<ServerRow>
  readonly head: GraphHead
  readonly edges: GraphEdges
}

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "juniper", "kelp", "larch", "moss", "north"]
const software = ["ElectrumX 1.16.0", "Fulcrum 1.11.1", "electrs/0.10.9", "ElectrumX 1.18.0"]
const families = ["ElectrumX", "Fulcrum", "romanz electrs", "ElectrumX"]
const places: ReadonlyArray<readonly [country: string, city: string, latitude: number, longitude: number]> = [
  ["DE", "Falkenstein", 50.5, 12.4], ["US", "Ashburn", 39.0, -77.5], ["FR", "Roubaix", 50.7, 3.2], ["NL", "Amsterdam", 52.4, 4.9], ["CA", "Beauharnois", 45.3, -73.9],
  ["FI", "Helsinki", 60.2, 24.9], ["CH", "Zürich", 47.4, 8.5], ["JP", "Tokyo", 35.7, 139.7], ["SG", "Singapore", 1.3, 103.8], ["BR", "São Paulo", -23.6, -46.6],
  ["AU", "Sydney", -33.9, 151.2], ["GB", "London", 51.5, -0.1], ["PL", "Warsaw", 52.2, 21.0]
]

/** `servers` in communities of a few dozen, about `announcements` of each other, two thirds within their community. */
export const inventNetwork = (servers: number, announcements: number): InventedNetwork => {
  const random = seededRandom(servers + announcements)
  const below = (n: number) => Math.floor(random() * n)
  const skewed = (n: number) => Math.floor(random() * random() * n)
  const communities = Math.max(2, Math.min(18, Math.round(servers / 40)))
  const communityOf = Array.from({ length: servers }, () => skewed(communities))
  const members = Array.from({ length: communities }, (): Array<number> => [])
  communityOf.forEach((community, i) => members[community]!.push(i))

  const named = Array.from({ length: servers }, () => new Map<number, number>())
  for (let tries = 0, made = 0; made < announcements && tries < announcements * 4; tries++) {
    const from = below(servers)
    const near = members[communityOf[from]!]!
    const to = random() < 0.66 ? near[below(near.length)]! : skewed(servers)
    if (to === from || named[from]!.has(to)) continue
    named[from]!.set(to, 64 + below(192))
    made++
    if (random() < 0.3 && !named[to]!.has(from)) {
      named[to]!.set(from, 64 + below(192))
      made++
    }
  }

  const offsets = new Uint32Array(servers + 1)
  named.forEach((one, i) => (offsets[i + 1] = offsets[i]! + one.size))
  const targets = new Uint32Array(offsets[servers]!)
  const shares = new Uint8Array(targets.length)
  const mutual = new Uint8Array(targets.length)
  const namedBy = Array.from({ length: servers }, () => 0)
  named.forEach((one, i) => {
    let at = offsets[i]!
    for (const [to, share] of [...one].sort(([a], [b]) => a - b)) {
      targets[at] = to
      shares[at] = share
      mutual[at] = named[to]!.has(i) ? 1 : 0
      namedBy[to]!++
      at++
    }
  })

  const centre = Array.from({ length: communities }, (_, community) => {
    const angle = community * 2.4
    const distance = 900 * Math.sqrt((community + 0.5) / communities)
    return { x: distance * Math.cos(angle), y: distance * Math.sin(angle) }
  })
  const x: Array<number> = []
  const y: Array<number> = []
  for (const community of communityOf) {
    const angle = random() * 2 * Math.PI
    const distance = 12 * Math.sqrt(members[community]!.length) * Math.sqrt(random())
    x.push(centre[community]!.x + distance * Math.cos(angle))
    y.push(centre[community]!.y + distance * Math.sin(angle))
  }

  const between = new Map<string, number>()
  named.forEach((one, from) => {
    for (const to of one.keys()) {
      const key = `${communityOf[from]} ${communityOf[to]}`
      between.set(key, (between.get(key) ?? 0) + 1)
    }
  })
  const metaEdges = [...between].map(([key, count]) => {
    const [from, to] = key.split(" ").map(Number)
    return { from: from! + 1, to: to! + 1, announcements: count }
  }).filter(({ from, to }) => from !== to)

  const clusterCount = Math.max(3, Math.round(servers / 60))
  const rows = Array.from({ length: servers }, (_, i): ServerRow => {
    const kind = skewed(software.length)
    const isOnion = random() < 0.15
    const place = places[skewed(places.length)]!
    const cluster = random() < 0.3 ? 1 + skewed(clusterCount) : null
    const name = `${words[below(words.length)]}-${words[below(words.length)]}-${i}`
    const host = isOnion ? `${name.replaceAll("-", "")}`.padEnd(56, "x2y3z4").slice(0, 56).replaceAll(/[0189]/g, "q") + ".onion" : `${name}.example`
    const answered = random()
    const hasCity = !isOnion && random() >= 0.3
    const asn = 64_512 + skewed(60)
    return {
      serverId: i + 1, host, hosts: [host], networkClasses: [isOnion ? "onion" : "ipv4"], endpoints: 1 + below(3), endpointsReachable: answered < 0.7 ? 1 : 0,
      reachable: answered < 0.7 ? true : answered < 0.95 ? false : null, reason: answered < 0.7 ? null : answered < 0.95 ? "connect timeout" : "us",
      confirmed: answered < 0.7, chain: answered < 0.7 ? "mainnet" : null, software: answered < 0.7 ? software[kind]! : null,
      implementation: answered < 0.7 ? families[kind]! : null, versionRange: null, protocol: answered < 0.7 ? "1.4.2" : null, tipHeight: answered < 0.7 ? 925_000 : null,
      latencyMs: answered < 0.7 ? 20 + below(300) : null, addresses: isOnion ? [] : [`192.0.2.${below(256)}`],
      country: isOnion ? null : place[0], city: hasCity ? place[1] : null, latitude: hasCity ? place[2] : null, longitude: hasCity ? place[3] : null, asn: isOnion ? null : asn, org: isOnion ? null : `Invented Hosting ${asn}`,
      cloud: asn % 3 === 0 ? "Invented Cloud" : null, tls: answered < 0.7 ? "TLSv1.3" : null, selfSigned: answered < 0.7 ? random() < 0.6 : null,
      walletAccepts: answered < 0.7 ? random() < 0.9 : null, namedBy: namedBy[i]!, names: named[i]!.size,
      mutual: [...named[i]!.keys()].filter((to) => named[to]!.has(i)).length, core: below(40), clusterId: cluster, operatorPosterior: cluster === null ? null : 0.98,
      backendId: null, machineId: null, behaviourClusterId: random() < 0.5 ? skewed(12) : null, communityId: communityOf[i]! + 1, score: answered < 0.7 ? skewed(70) : null,
      firstSeen: "2026-11-01T00:00:00.000Z", lastSeen: "2026-11-26T00:00:00.000Z", uptimeShare: null, uptimeObservations: null, notes: 0
    }
  })

  return {
    rows,
    edges: { offsets, targets, shares, mutual },
    head: {
      crawlId: 1,
      simulated: true,
      servers: rows.map((row) => row.serverId),
      x,
      y,
      announcements: targets.length,
      mutual: mutual.reduce((sum, one) => sum + one, 0),
      groups: centre.map(({ x, y }, community) => ({ communityId: community + 1, servers: members[community]!.length, x, y })),
      metaEdges
    }
  }
}

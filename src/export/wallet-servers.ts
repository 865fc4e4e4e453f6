import { Effect, Schema } from "effect"
import { readOperatorClusters } from "../analysis/exposure/cluster-input.ts"
import { readExposureInput, type WalletList } from "../analysis/exposure/exposure-input.ts"
import type { Estimate } from "../analysis/exposure/interval.ts"
import { ownershipOf } from "../analysis/exposure/owners.ts"
import { policyExposure } from "../analysis/exposure/policy-lab.ts"
import { todaysPolicy } from "../analysis/exposure/selection-policy.ts"
import { simulateWallets } from "../analysis/exposure/simulate-wallets.ts"
import { drawWorlds } from "../analysis/exposure/worlds.ts"
import { shippedIndicators } from "../analysis/suspicion/indicator-table.ts"
import type { ServerRow } from "../atlas/shapes/server-row.ts"
import { compareProtocolVersions, parseProtocolVersion } from "../domain/protocol-version.ts"
import { Database } from "../store/database.ts"
import type { Shown } from "./shown.ts"

/** Of whom a list has at most one server. */
export const apartBy = ["operator", "infrastructure"] as const
export type ApartBy = (typeof apartBy)[number]

/** One entry, with the server behind it. */
export interface WalletEntry {
  readonly serverId: number
  readonly host: string
  readonly tlsPort: number
  /** Where clear text was answered too. */
  readonly tcpPort: number | null
  readonly protocol: string
}

/** What a wallet would learn of whom, under its own rule of choosing; model output. */
export interface ListExposure {
  readonly starts: number
  /** Probability that the owner who gets most was asked about every address. */
  readonly asked: Estimate
  /** Probability that the owner who meets most wallets was connected to. */
  readonly connected: Estimate
}

const EndpointRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  network_class: Schema.String,
  port: Schema.Int,
  tcp_port: Schema.NullOr(Schema.Int),
  protocol: Schema.NullOr(Schema.String)
})

/** TLS endpoints that answered with the right chain and a certificate that the wallet takes; names before addresses before onions. */
const selectEndpoints = `
  SELECT se.server_id, ce.host, ce.network_class, ce.port, v.protocol,
    (SELECT min(t.port) FROM crawl_endpoint t WHERE t.crawl_id = ce.crawl_id AND t.host = ce.host AND t.transport = 'tcp' AND t.reachable) AS tcp_port
  FROM crawl_endpoint ce
  JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
  JOIN visit v ON v.visit_id = ce.visit_id
  JOIN tls_session t ON t.visit_id = ce.visit_id
  WHERE ce.crawl_id = $crawl_id AND ce.transport = 'tls' AND ce.reachable AND t.wallet_accepts AND v.chain_verdict = 'same'
  ORDER BY se.server_id, list_position(['name', 'ipv4', 'ipv6', 'onion'], ce.network_class), ce.endpoint_id`

/** The oldest protocol that the wallet speaks; what a server says is text of anybody. */
const oldestProtocol = "1.4"
const protocolOf = (text: string | null): string => {
  const version = parseProtocolVersion(text ?? "")
  return version !== undefined && compareProtocolVersions(version, [1, 4]) >= 0 ? version.join(".") : oldestProtocol
}

/**
 * Less suspicious, then longer observed, then better known, then older ones
 * first: who is listed should be there tomorrow, and of a group that may be
 * wrong the one that broke no rule should stand for it.
 */
const better = (a: ServerRow, b: ServerRow): number =>
  (a.score ?? 0) - (b.score ?? 0) || (b.uptimeShare ?? -1) - (a.uptimeShare ?? -1) || b.namedBy - a.namedBy || a.serverId - b.serverId

/** What two entries may not have in common. */
const groupsOf = ({ backendId, clusterId, machineId }: ServerRow, apart: ApartBy): ReadonlyArray<string> => [
  ...(clusterId === null ? [] : [`operator ${clusterId}`]),
  ...(apart === "operator" ? [] : [
    ...(backendId === null ? [] : [`infrastructure ${backendId}`]),
    ...(machineId === null ? [] : [`machine ${machineId}`])
  ])
]

/**
 * Servers for a wallet's list: reachable, of the right chain, with TLS that the
 * wallet takes, and at most one for each probable operator (and, if wanted, for
 * each node or machine that servers share). Of a group the one observed best.
 * Who is as suspicious as the table of indicators finds worth a sentence is not
 * recommended, which says no more of it than that.
 *
 * @param proven servers that are left out because hashes prove that they broke the protocol
 */
export const walletEntries = Effect.fn("walletEntries")(function*(shown: Shown, apart: ApartBy, proven: ReadonlySet<number>) {
  const database = yield* Database
  const endpoints = Map.groupBy(
    yield* database.rows(EndpointRow, selectEndpoints, { crawl_id: shown.about.crawl_id }),
    ({ server_id }) => server_id
  )
  const taken = new Set<string>()
  const left: Array<{ readonly host: string; readonly because: string }> = []
  const entries = shown.servers
    .filter(({ chain, confirmed, serverId }) => shown.chosen.has(serverId) && confirmed && chain === shown.about.network)
    .toSorted(better)
    .flatMap((server): ReadonlyArray<WalletEntry> => {
      const endpoint = endpoints.get(server.serverId)?.find(({ host }) => server.hosts.includes(host))
      if (endpoint === undefined) return []
      if (proven.has(server.serverId)) {
        left.push({ host: server.host, because: "it broke the protocol in a way that hashes prove" })
        return []
      }
      if ((server.score ?? 0) >= shippedIndicators.threshold) {
        left.push({ host: server.host, because: `its suspicion score is ${server.score}, see query suspicion-of-a-server` })
        return []
      }
      const groups = groupsOf(server, apart)
      const known = groups.find((group) => taken.has(group))
      if (known !== undefined) {
        left.push({ host: server.host, because: `${known} has another entry` })
        return []
      }
      for (const group of groups) taken.add(group)
      return [{ serverId: server.serverId, host: endpoint.host, tlsPort: endpoint.port, tcpPort: endpoint.tcp_port, protocol: protocolOf(endpoint.protocol) }]
    })
  return { entries: entries.toSorted((a, b) => a.host < b.host ? -1 : 1), left }
})

/** The list as the wallet ships it: hosts in order, ports as texts. */
export const walletServersText = (entries: ReadonlyArray<WalletEntry>): string =>
  `${JSON.stringify(
    Object.fromEntries(entries.map(({ host, protocol, tcpPort, tlsPort }) => [
      host,
      { pruning: "-", s: String(tlsPort), ...(tcpPort === null ? {} : { t: String(tcpPort) }), version: protocol }
    ])),
    null,
    4
  )}\n`

const simulated = { lives: 1000, worlds: 200, randomSeed: 1, switchesPerStart: 0 }
const horizons = [1, 10, 100] as const

/** What the stock wallet, without Tor and without a saved server, would show to whom if this were its list. */
export const listExposure = Effect.fn("listExposure")(function*(shown: Shown, list: WalletList | null) {
  const crawl = { crawl_id: shown.about.crawl_id, network: shown.about.network, simulated: shown.about.simulated }
  const clusters = yield* readOperatorClusters(crawl.crawl_id)
  const { network, notes } = yield* readExposureInput(crawl, list)
  const ownership = ownershipOf(network.candidates, clusters)
  const worlds = drawWorlds(clusters, simulated)
  const habits = { route: "clearnet", savedServer: false, starts: horizons.at(-1)!, switchesPerStart: 0 } as const
  const sightings = simulateWallets(network, todaysPolicy, habits, simulated)
  return {
    entries: network.candidates.filter(({ isDefault }) => isDefault).length,
    notes,
    figures: horizons.map((starts): ListExposure => {
      const { worstAll, worstConnected } = policyExposure(sightings, todaysPolicy, ownership, worlds, { route: "clearnet", starts })
      return { starts, asked: worstAll, connected: worstConnected }
    })
  }
})

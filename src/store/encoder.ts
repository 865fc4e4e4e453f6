import { listValue } from "@duckdb/node-api"
import type { Advertisement, Source } from "../domain/advertisement.ts"
import { type Endpoint, endpointKey, parseEndpoint, type Transport } from "../domain/endpoint.ts"
import type { MalformedFacts } from "../domain/malformed-facts.ts"
import type { Server } from "../domain/server.ts"
import type { CertificateFacts, TlsFacts, Visit } from "../domain/visit.ts"
import type {
  AdvertisedFact,
  CrawlId,
  DifferentialFact,
  EndpointFact,
  Fact,
  LedgerFact,
  ProbeDueFact,
  SnapshotsFact
} from "./facts.ts"
import { type Identities, servicesText } from "./identities.ts"
import { collectionRow } from "./collection-row.ts"
import { differentialRow } from "./differential-row.ts"
import { ChunkPool, RowBuffer } from "./row-buffer.ts"
import { snapshotReadingRow, snapshotRow } from "./snapshot-rows.ts"
import { type TableName, tableNames, tables } from "./tables.ts"
import { bytes, count, float64, int32, int64, texts, timestamp, timestampOrNull } from "./to-duckdb.ts"
import {
  behaviourRow,
  certificateRow,
  chainCertificateRow,
  identificationRow,
  malformedRow,
  observationRow,
  timingRow,
  tlsSessionRow,
  visitRow
} from "./visit-rows.ts"
import { heldSessionRow, sightingRow, tipArrivalRow } from "./watch-rows.ts"

type Buffers = {
  readonly [T in TableName]: RowBuffer<keyof (typeof tables)[T] & string>
}

/** The memory of rows, shared by one batch after the other. */
export type Pools = Readonly<Record<TableName, ChunkPool>>

export const makePools = (): Pools =>
  Object.fromEntries(tableNames.map((name) => [name, new ChunkPool<string>(tables[name])])) as unknown as Pools

const emptyBuffers = (pools: Pools): Buffers =>
  Object.fromEntries(tableNames.map((name) => [name, new RowBuffer(pools[name])])) as unknown as Buffers

const portOf = (advertisement: Advertisement, transport: Transport): number | null =>
  int32(advertisement.services.find((s) => s.transport === transport)?.port ?? null)

/** Facts turned into rows that wait to be committed together. */
export class Batch {
  readonly rows: Buffers
  readonly #buffers: ReadonlyArray<RowBuffer>
  /** Crawls whose server rows are replaced by those of this batch; the last fact counts. */
  readonly joined = new Map<CrawlId, ReadonlyArray<Server>>()
  readonly #identities: Identities
  #characters = 0
  #entries = 0
  #sealed = false

  constructor(identities: Identities, pools: Pools) {
    this.#identities = identities
    this.rows = emptyBuffers(pools)
    this.#buffers = tableNames.map((name): RowBuffer => this.rows[name])
  }

  get isEmpty(): boolean {
    return this.joined.size === 0 && this.#buffers.every(({ length }) => length === 0)
  }

  /** What waits: rows over all tables; 200 characters of long texts, or 20 entries of lists, count as one more. */
  get weight(): number {
    let weight = this.#characters / 200 + this.#entries / 20
    for (const { length } of this.#buffers) weight += length
    return weight
  }

  /** Characters of long texts that wait. */
  get characters(): number {
    return this.#characters
  }

  add(crawlId: CrawlId, facts: ReadonlyArray<Fact>): void {
    let visitId: number | null = null
    for (const fact of facts) {
      switch (fact._tag) {
        case "advertised":
          this.#advertised(crawlId, fact)
          break
        case "collected":
          this.rows.collection.add(collectionRow(fact, { crawl: crawlId, source: this.#source(fact.source) }))
          break
        case "endpoint":
          this.#endpointState(crawlId, fact)
          break
        case "visit":
          visitId = this.#visit(crawlId, fact.visit, fact.malformed)
          break
        case "ledger":
          this.#ledger(crawlId, fact)
          break
        case "snapshots":
          this.#snapshots(crawlId, fact)
          break
        case "probe due":
          this.#probeDue(crawlId, fact, visitId)
          break
        case "differential":
          this.#differential(crawlId, fact)
          break
        case "sighting":
          this.rows.sighting.add(sightingRow(fact, { crawl: crawlId, endpoint: this.#endpoint(fact.endpoint), visit: visitId }))
          break
        case "held session":
          this.rows.held_session.add(heldSessionRow(fact, {
            crawl: crawlId,
            endpoint: this.#endpoint(fact.endpoint),
            sequence: this.#identities.nextSequence()
          }))
          break
        case "tip arrival":
          this.rows.tip_arrival.add(tipArrivalRow(fact, { crawl: crawlId, endpoint: this.#endpoint(fact.endpoint) }))
          break
        case "servers":
          this.joined.set(crawlId, fact.servers)
          break
      }
    }
  }

  #endpoint(endpoint: Endpoint): number {
    const key = endpointKey(endpoint)
    const { id, isNew } = this.#identities.endpoint(key)
    if (isNew) {
      this.rows.endpoint.add({
        endpoint_id: id,
        host: endpoint.host,
        port: endpoint.port,
        transport: endpoint.transport,
        network_class: endpoint.networkClass,
        endpoint_key: key
      })
    }
    return id
  }

  #source(source: Source): number {
    const { id, isNew } = this.#identities.source(source)
    if (isNew) {
      this.rows.source.add({
        source_id: id,
        kind: source.kind,
        name: source.name,
        detail: source.detail,
        endpoint_id: source.kind === "server" || source.kind === "features" ? this.#endpointOfKey(source.name) : null
      })
    }
    return id
  }

  #endpointOfKey(key: string): number | null {
    const known = this.#identities.endpoints.get(key)
    if (known !== undefined) return known
    const endpoint = parseEndpoint(key, { localNames: true })
    return typeof endpoint === "string" ? null : this.#endpoint(endpoint)
  }

  #network(crawlId: CrawlId): string {
    return this.#identities.crawls.get(crawlId)?.network ?? ""
  }

  #advertised(crawlId: CrawlId, fact: AdvertisedFact): void {
    const source = this.#source(fact.source)
    const network = this.#network(crawlId)
    const ids = this.#identities.advertisementsOf(network).idsOf(fact.entries, (advertisement) => this.#newAdvertisement(network, advertisement))
    this.#entries += ids.length
    this.rows.reading.add({
      crawl_id: crawlId,
      source_id: source,
      read_at: timestamp(fact.at),
      times_asked: count(fact.timesAsked),
      entries: ids.length,
      dropped: count(fact.dropped),
      advertisement_ids: listValue(ids),
      times_seen: listValue(fact.entries.times)
    })
  }

  #newAdvertisement(network: string, advertisement: Advertisement): number {
    const id = this.#identities.newAdvertisement(network, advertisement)
    const { host, networkClass } = advertisement
    this.#characters += advertisement.raw.length + (advertisement.rawOctets?.length ?? 0)
    this.rows.advertisement.add({
      advertisement_id: id,
      network,
      raw: advertisement.raw,
      host,
      network_class: networkClass,
      address: advertisement.address,
      version_text: advertisement.versionText,
      services: servicesText(advertisement.services),
      tcp_port: portOf(advertisement, "tcp"),
      tls_port: portOf(advertisement, "tls"),
      ws_port: portOf(advertisement, "ws"),
      wss_port: portOf(advertisement, "wss"),
      pruning: int64(advertisement.pruning),
      problem: advertisement.problem,
      notes: texts(advertisement.notes),
      raw_octets: bytes(advertisement.rawOctets ?? null)
    })
    if (host !== null && networkClass !== null) {
      const endpoints = new Set(
        advertisement.services.map(({ port, transport }) => this.#endpoint({ host, networkClass, port, transport }))
      )
      for (const endpoint of endpoints) {
        this.rows.advertisement_endpoint.add({ advertisement_id: id, endpoint_id: endpoint })
      }
    }
    return id
  }

  #endpointState(crawlId: CrawlId, fact: EndpointFact): void {
    this.rows.endpoint_state.add({
      crawl_id: crawlId,
      endpoint_id: this.#endpoint(fact.endpoint),
      sequence: this.#identities.nextSequence(),
      state: fact.state,
      reason: fact.reason,
      detail: fact.detail,
      changed_at: timestamp(fact.at)
    })
  }

  #ledger(crawlId: CrawlId, fact: LedgerFact): void {
    this.rows.cost_ledger.add({
      vantage: this.#identities.crawls.get(crawlId)?.vantage ?? "",
      target: fact.target,
      booked_at: timestamp(fact.at),
      balance: float64(fact.balance) ?? 0,
      back_off_until: timestampOrNull(fact.backOffUntil),
      reason: fact.reason,
      crawl_id: crawlId
    })
  }

  #probeDue(crawlId: CrawlId, fact: ProbeDueFact, visitId: number | null): void {
    const crawl = this.#identities.crawls.get(crawlId)
    this.rows.probe_due.add({
      sequence: this.#identities.nextSequence(),
      network: crawl?.network ?? "",
      vantage: crawl?.vantage ?? "",
      kind: fact.kind,
      endpoint_id: this.#endpoint(fact.endpoint),
      crawl_id: fact.follows,
      state: fact.state,
      due_at: timestamp(fact.dueAt),
      visit_id: fact.state === "done" ? visitId : null,
      detail: fact.detail,
      changed_at: timestamp(fact.at)
    })
  }

  /** The identifier that the visit got. */
  #visit(crawlId: CrawlId, visit: Visit, malformed?: MalformedFacts): number {
    const visit_id = this.#identities.nextVisit()
    this.rows.visit.add(
      visitRow(visit, { visit: visit_id, crawl: crawlId, endpoint: this.#endpoint(visit.endpoint) }, this.#network(crawlId))
    )
    if (visit.tls !== null) this.#tlsSession(visit_id, visit.tls)
    if (visit.identification !== null) {
      this.rows.identification.add(identificationRow(visit.identification, visit_id))
    }
    for (const answer of visit.answers) this.rows.behaviour.add(behaviourRow(answer, visit_id))
    if (visit.timing !== null) this.rows.timing.add(timingRow(visit.timing, visit_id))
    if (visit.peers !== null) {
      this.rows.peers_reply.add({
        visit_id,
        asked: count(visit.peers.asked),
        distinct_entries: visit.peers.entries.numbers.length,
        dropped: count(visit.peers.dropped),
        unseen_mass: float64(visit.peers.unseenMass)
      })
    }
    this.#characters += (visit.banner?.length ?? 0) + (visit.bannerOctets?.length ?? 0)
    for (const seen of visit.observations) {
      this.#characters += (seen.replyRaw?.length ?? 0) + (seen.replyOctets?.length ?? 0) + (seen.value?.length ?? 0)
      this.rows.observation.add(observationRow(seen, visit_id))
    }
    if (malformed !== undefined) this.rows.malformed_reply.add(malformedRow(malformed, visit_id))
    return visit_id
  }

  #snapshots(crawlId: CrawlId, { serversOf, snapshots, visits }: SnapshotsFact): void {
    const visitIds = new Map(visits.map((visit) => [visit, this.#visit(crawlId, visit)]))
    for (const snapshot of snapshots) {
      const snapshot_id = this.#identities.nextSnapshot()
      this.rows.snapshot.add(snapshotRow(snapshot, { snapshot: snapshot_id, crawl: crawlId, serversOf }))
      for (const reading of snapshot.readings) {
        this.rows.snapshot_reading.add(snapshotReadingRow(reading, {
          snapshot: snapshot_id,
          endpoint: this.#endpoint(reading.target.endpoint),
          visit: reading.visit === null ? null : visitIds.get(reading.visit) ?? null
        }))
      }
    }
  }

  #differential(crawlId: CrawlId, { differential, serversOf }: DifferentialFact): void {
    this.rows.differential.add(differentialRow(differential, {
      crawl: crawlId,
      serversOf,
      endpoint: this.#endpoint(differential.target.endpoint),
      visits: differential.visits.map((visit) => this.#visit(crawlId, visit))
    }))
  }

  #tlsSession(visit_id: number, tls: TlsFacts): void {
    if (tls.certificate !== null) this.#certificate(tls.certificate)
    for (const one of tls.chain) {
      if (this.#identities.chainCertificates.has(one.sha256)) continue
      this.#identities.chainCertificates.add(one.sha256)
      this.rows.chain_certificate.add(chainCertificateRow(one))
    }
    this.rows.tls_session.add(tlsSessionRow(tls, visit_id))
  }

  #certificate(certificate: CertificateFacts): void {
    if (this.#identities.certificates.has(certificate.sha256)) return
    this.#identities.certificates.add(certificate.sha256)
    this.rows.certificate.add(certificateRow(certificate))
  }

  /** Nothing more will be added: what waited for that becomes rows, once. */
  seal(): void {
    if (this.#sealed) return
    this.#sealed = true
    for (const [crawlId, servers] of this.joined) this.#servers(crawlId, servers)
  }

  #servers(crawlId: CrawlId, servers: ReadonlyArray<Server>): void {
    for (const server of servers) {
      const members = server.endpoints.map(({ endpoint, evidence }) => ({ id: this.#endpoint(endpoint), evidence }))
      if (members.length === 0) continue
      const server_id = members.reduce((least, m) => Math.min(least, m.id), Number.POSITIVE_INFINITY)
      this.rows.server.add({
        crawl_id: crawlId,
        server_id,
        chain: server.chain,
        confirmed: server.confirmed,
        endpoints: members.length
      })
      for (const { evidence, id } of members) {
        this.rows.server_endpoint.add({ crawl_id: crawlId, server_id, endpoint_id: id, evidence })
      }
    }
  }
}

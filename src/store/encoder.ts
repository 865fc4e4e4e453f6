import { blobValue } from "@duckdb/node-api"
import type { Advertisement, Source } from "../domain/advertisement.ts"
import { type Endpoint, endpointKey, parseEndpoint, type Transport } from "../domain/endpoint.ts"
import type { Server } from "../domain/server.ts"
import type { CertificateFacts, ChainVerdict, TlsFacts, Visit } from "../domain/visit.ts"
import type { AdvertisedFact, CrawlId, EndpointFact, Fact, LedgerFact } from "./facts.ts"
import { featuresKey } from "./features-key.ts"
import { Identities, servicesText } from "./identities.ts"
import { RowBuffer } from "./row-buffer.ts"
import { type TableName, tableNames, tables } from "./tables.ts"
import { count, float64, int32, int64, texts, timestamp, timestampOfText, timestampOrNull } from "./to-duckdb.ts"

type Buffers = { readonly [T in TableName]: RowBuffer<keyof (typeof tables)[T] & string> }

const emptyBuffers = (): Buffers =>
  Object.fromEntries(tableNames.map((name) => [name, new RowBuffer<string>(tables[name])])) as unknown as Buffers

/** JSON text that DuckDB's JSON functions can read: half surrogate pairs would make them fail. */
const json = (value: unknown): string | null =>
  value === null ? null : JSON.stringify(value, (_, v) => typeof v === "string" ? v.toWellFormed() : v)

const portOf = (advertisement: Advertisement, transport: Transport): number | null =>
  int32(advertisement.services.find((s) => s.transport === transport)?.port ?? null)

/** Facts turned into rows that wait to be committed together. */
export class Batch {
  readonly rows: Buffers = emptyBuffers()
  /** Crawls whose server rows are replaced by those of this batch; the last fact counts. */
  readonly joined = new Map<CrawlId, ReadonlyArray<Server>>()
  readonly #identities: Identities
  #characters = 0

  constructor(identities: Identities) {
    this.#identities = identities
  }

  get isEmpty(): boolean {
    return this.joined.size === 0 && tableNames.every((name) => this.rows[name].length === 0)
  }

  /** What waits: rows over all tables, long texts counted as a row for every 200 characters. */
  get weight(): number {
    let weight = this.#characters / 200
    for (const name of tableNames) weight += this.rows[name].length
    return weight
  }

  add(crawlId: CrawlId, facts: ReadonlyArray<Fact>): void {
    for (const fact of facts) {
      switch (fact._tag) {
        case "advertised":
          this.#advertised(crawlId, fact)
          break
        case "endpoint":
          this.#endpointState(crawlId, fact)
          break
        case "visit":
          this.#visit(crawlId, fact.visit)
          break
        case "ledger":
          this.#ledger(crawlId, fact)
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
    const at = timestamp(fact.at)
    const asked = count(fact.timesAsked)
    const network = this.#network(crawlId)
    const known = this.#identities.advertisementsOf(network)
    const [crawls, sources, advertisements, firstSeen, seen, timesAsked] = this.rows.advertised.columns
    for (const { advertisement, times } of fact.entries) {
      const id = Identities.find(known, advertisement) ?? this.#newAdvertisement(network, known, advertisement)
      crawls!.push(crawlId)
      sources!.push(source)
      advertisements!.push(id)
      firstSeen!.push(at)
      seen!.push(count(times))
      timesAsked!.push(asked)
    }
    this.rows.reading.add({
      crawl_id: crawlId,
      source_id: source,
      read_at: at,
      times_asked: asked,
      entries: fact.entries.length,
      dropped: count(fact.dropped)
    })
  }

  #newAdvertisement(
    network: string,
    known: ReturnType<Identities["advertisementsOf"]>,
    advertisement: Advertisement
  ): number {
    const id = this.#identities.newAdvertisement(known, advertisement)
    const { host, networkClass } = advertisement
    this.#characters += advertisement.raw.length
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
      notes: texts(advertisement.notes)
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

  /** Null only while unverified: a chain without a name must not look like the crawled one, or like another. */
  #chainShown(crawlId: CrawlId, { chain, headers, verdict }: ChainVerdict): string | null {
    if (verdict === "unverified") return null
    if (verdict === "same") return this.#network(crawlId)
    return chain ?? `unknown chain ${headers.at(-1)?.hash.slice(-8) ?? ""}`.trim()
  }

  #visit(crawlId: CrawlId, visit: Visit): void {
    const visit_id = this.#identities.nextVisit()
    const { chain, dial, features, stamps, tip } = visit
    this.rows.visit.add({
      visit_id,
      crawl_id: crawlId,
      endpoint_id: this.#endpoint(visit.endpoint),
      started_at: timestamp(visit.startedAt),
      outcome: visit.outcome,
      reason: visit.reason,
      phase: visit.phase,
      detail: visit.detail,
      address: dial.address,
      resolved_by: dial.resolvedBy,
      addresses: texts(dial.addresses),
      via: dial.via,
      resolved_ms: float64(stamps.resolvedMs),
      connected_ms: float64(stamps.connectedMs),
      tls_ms: float64(stamps.tlsMs),
      handshake_ms: float64(stamps.handshakeMs),
      ended_ms: float64(stamps.endedMs) ?? 0,
      bytes_in: int64(visit.bytesIn) ?? 0n,
      bytes_out: int64(visit.bytesOut) ?? 0n,
      requests: count(visit.requests),
      cost: float64(visit.cost) ?? 0,
      software: visit.software,
      protocol: visit.protocol,
      banner: visit.banner,
      donation_address: visit.donationAddress,
      tip_height: int64(tip?.height ?? null),
      tip_hash: tip?.hash ?? null,
      tip_time: tip === null ? null : timestampOrNull(tip.time * 1000),
      tip_valid_work: tip?.validWork ?? null,
      chain_verdict: chain?.verdict ?? null,
      chain: chain === null ? null : this.#chainShown(crawlId, chain),
      chain_headers: json(chain?.headers ?? null),
      features_software: features?.serverVersion ?? null,
      features_protocol_min: features?.protocolMin ?? null,
      features_protocol_max: features?.protocolMax ?? null,
      features_genesis_hash: features?.genesisHash ?? null,
      features_hash_function: features?.hashFunction ?? null,
      features_pruning: int64(features?.pruning ?? null),
      features_hosts: json(features?.hosts ?? null),
      features_services: features === null ? null : texts(features.services),
      features_key: features === null ? null : featuresKey(features)
    })
    if (visit.tls !== null) this.#tlsSession(visit_id, visit.tls)
    if (visit.peers !== null) {
      this.rows.peers_reply.add({
        visit_id,
        asked: count(visit.peers.asked),
        distinct_entries: visit.peers.entries.length,
        dropped: count(visit.peers.dropped),
        unseen_mass: float64(visit.peers.unseenMass)
      })
    }
    this.#characters += visit.banner?.length ?? 0
    for (const seen of visit.observations) {
      this.#characters += (seen.replyRaw?.length ?? 0) + (seen.value?.length ?? 0)
      this.rows.observation.add({
        visit_id,
        probe: seen.probe,
        method: seen.method,
        sent_ms: float64(seen.sentMs) ?? 0,
        latency_ms: float64(seen.latencyMs),
        outcome: seen.outcome,
        error_code: int64(seen.errorCode),
        error_message: seen.errorMessage,
        reply_bytes: int64(seen.replyBytes) ?? 0n,
        reply_raw: seen.replyRaw,
        value: seen.value
      })
    }
  }

  #tlsSession(visit_id: number, tls: TlsFacts): void {
    if (tls.certificate !== null) this.#certificate(tls.certificate)
    this.rows.tls_session.add({
      visit_id,
      version: tls.version,
      cipher: tls.cipher,
      key_exchange: tls.group,
      alpn: tls.alpn,
      sni: tls.sni,
      verify_error: tls.verifyError,
      certificate_sha256: tls.certificate?.sha256 ?? null,
      chain_sha256: texts(tls.chainSha256)
    })
  }

  #certificate(certificate: CertificateFacts): void {
    if (this.#identities.certificates.has(certificate.sha256)) return
    this.#identities.certificates.add(certificate.sha256)
    this.rows.certificate.add({
      sha256: certificate.sha256,
      spki_sha256: certificate.spkiSha256,
      subject: certificate.subject,
      issuer: certificate.issuer,
      serial: certificate.serial,
      valid_from: timestampOfText(certificate.validFrom),
      valid_to: timestampOfText(certificate.validTo),
      san_dns: texts(certificate.sanDns),
      san_ip: texts(certificate.sanIp),
      key_type: certificate.keyType,
      signature_algorithm: certificate.signatureAlgorithm,
      self_signed: certificate.selfSigned,
      der: blobValue(Buffer.from(certificate.derBase64, "base64"))
    })
  }

  /** Nothing more will be added: what waited for that becomes rows. */
  seal(): void {
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

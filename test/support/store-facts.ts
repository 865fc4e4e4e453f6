import { shippedChains } from "../../src/domain/chain.ts"
import type { Advertisement } from "../../src/domain/advertisement.ts"
import { type Endpoint, endpointKey, parseEndpoint } from "../../src/domain/endpoint.ts"
import type { Differential } from "../../src/domain/differential.ts"
import type { ProbeTarget } from "../../src/domain/probe-target.ts"
import type { Snapshot, SnapshotValues, Tip } from "../../src/domain/snapshot.ts"
import { tallied } from "../../src/domain/tallied.ts"
import type { CertificateFacts, Observation, TlsFacts, Visit } from "../../src/domain/visit.ts"
import type { AdvertisedFact, EndpointFact } from "../../src/store/facts.ts"
import type { CrawlStart } from "../../src/store/store.ts"

/** 2026-01-02T03:04:05.678Z. */
export const someTime = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

const chainNamed = (name: string) => shippedChains.find((c) => c.name === name)!

export const crawlStart = (changes?: Partial<CrawlStart> & { readonly network?: string }): CrawlStart => {
  const { network = "mainnet", ...rest } = changes ?? {}
  return {
    kind: "crawl",
    chain: chainNamed(network),
    vantage: { name: "home", ipv4: true, ipv6: false, tor: false, proxy: false },
    settings: { network, concurrency: 64 },
    codeVersion: "0.1.0",
    startedAt: someTime,
    ...rest
  }
}

export const endpointOf = (key: string): Endpoint => {
  const endpoint = parseEndpoint(key)
  if (typeof endpoint === "string") throw new Error(`${key}: ${endpoint}`)
  return endpoint
}

export const advertisementOf = (...keys: ReadonlyArray<string>): Advertisement => {
  const endpoints = keys.map(endpointOf)
  return {
    raw: JSON.stringify(keys),
    host: endpoints[0]!.host,
    networkClass: endpoints[0]!.networkClass,
    address: null,
    versionText: "1.4.3",
    pruning: null,
    services: endpoints.map(({ port, transport }) => ({ port, transport })),
    problem: null,
    notes: []
  }
}

export const malformedAdvertisement = (raw: string): Advertisement => ({
  raw,
  host: null,
  networkClass: null,
  address: null,
  versionText: null,
  pruning: null,
  services: [],
  problem: "not a list",
  notes: ["a note"]
})

export const announcedByServer = (
  key: string,
  entries: ReadonlyArray<Advertisement>,
  changes?: Partial<AdvertisedFact>
): AdvertisedFact => ({
  _tag: "advertised",
  source: { kind: "server", name: key, detail: null },
  at: someTime,
  timesAsked: 2,
  entries: tallied(entries),
  dropped: 0,
  ...changes
})

export const seedList = (entries: ReadonlyArray<Advertisement>, name = "seeds.json"): AdvertisedFact => ({
  ...announcedByServer(name, entries),
  source: { kind: "list", name, detail: "2026-01-01" },
  timesAsked: 1
})

export const stateOf = (
  key: string,
  state: EndpointFact["state"],
  reason: EndpointFact["reason"] = null,
  detail: string | null = null
): EndpointFact => ({ _tag: "endpoint", endpoint: endpointOf(key), state, reason, detail, at: someTime })

export const certificateOf = (sha256: string, spkiSha256 = `key of ${sha256}`): CertificateFacts => ({
  sha256,
  spkiSha256,
  subject: "CN=server.example.org",
  issuer: "CN=server.example.org",
  serial: "01",
  validFrom: "2025-01-01T00:00:00.000Z",
  validTo: "2035-01-01T00:00:00.000Z",
  sanDns: ["server.example.org"],
  sanIp: [],
  keyType: "ec prime256v1",
  signatureAlgorithm: "ecdsa-with-SHA256",
  selfSigned: true,
  derBase64: Buffer.from("not really DER").toString("base64")
})

export const tlsOf = (certificate: CertificateFacts | null): TlsFacts => ({
  version: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  group: "X25519",
  alpn: null,
  sni: "server.example.org",
  verifyError: "DEPTH_ZERO_SELF_SIGNED_CERT",
  certificate,
  chain: [],
  sessionOffered: true
})

export const observationOf = (probe: string, changes?: Partial<Observation>): Observation => ({
  probe,
  method: `server.${probe}`,
  params: "[]",
  sentMs: 30,
  latencyMs: 12.5,
  outcome: "ok",
  errorCode: null,
  errorMessage: null,
  replyRaw: "{\"id\":1,\"result\":null}",
  replyOctets: null,
  replyBytes: 22,
  lineEnd: "lf",
  padding: 0,
  value: "null",
  ...changes
})

/** A visit that was answered, over TLS where the key says so. */
export const answeredVisit = (key: string, changes?: Partial<Visit>): Visit => {
  const endpoint = endpointOf(key)
  return {
    kind: "regular",
    endpoint,
    startedAt: someTime,
    dial: { address: "34.90.1.2", resolvedBy: "dns", addresses: ["34.90.1.2", "34.90.1.3"], via: "direct" },
    stamps: { resolvedMs: 3, connectedMs: 10, tcpConnectMs: 7, tlsMs: 25, handshakeMs: 40, endedMs: 90.5 },
    outcome: "answered",
    reason: null,
    phase: null,
    detail: null,
    bytesIn: 12_345,
    bytesOut: 678,
    requests: 9,
    cost: 21.5,
    tls: endpoint.transport === "tls" ? tlsOf(certificateOf(`certificate of ${endpoint.host}`)) : null,
    software: "ElectrumX 1.16.0",
    protocol: "1.4.2",
    banner: "Welcome\u0000\u001b[31m",
    bannerOctets: null,
    donationAddress: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    tip: { height: 900_000, hash: "00".repeat(32), time: someTime / 1000, validWork: true },
    chain: { verdict: "same", chain: null, headers: [{ height: 0, hash: chainNamed("mainnet").genesis_hash }] },
    features: {
      serverVersion: "ElectrumX 1.16.0",
      protocolMin: "1.4",
      protocolMax: "1.4.3",
      genesisHash: chainNamed("mainnet").genesis_hash,
      hashFunction: "sha256",
      pruning: null,
      hosts: [{ host: endpoint.host, tcpPort: 50_001, tlsPort: 50_002, wsPort: null, wssPort: null }],
      services: []
    },
    peers: { asked: 2, entries: tallied([]), octets: null, dropped: 0, unseenMass: 0.01 },
    observations: [observationOf("banner"), observationOf("ping")],
    identification: {
      implementation: "ElectrumX",
      range: { since: "1.16.0", before: "1.17" },
      confidence: 0.99,
      contradictions: [],
      proxy: [],
      remarks: [],
      readings: [{
        rule: "envelope",
        saw: "jsonrpc first, spaced",
        fits: { ElectrumX: "<1.17" },
        effort: "wire",
        source: "1.4"
      }],
      candidates: { ElectrumX: 0.99 },
      fingerprintHash: "fe".repeat(32),
      fingerprintRecipe: 1
    },
    answers: [{
      subject: "balance",
      scriptForm: "P2WPKH",
      response: "ok",
      detail: { expected: 5, shown: 5 },
      defaults: ["ok"],
      filtered: false,
      causes: []
    }],
    timing: {
      pings: 4,
      medianMs: 12.5,
      deviationMs: 0.5,
      madMs: 0.25,
      paced: false,
      untimed: null
    },
    ...changes
  }
}

export const failedVisit = (key: string, changes?: Partial<Visit>): Visit =>
  answeredVisit(key, {
    outcome: "failed",
    reason: "refused",
    phase: "connect",
    detail: "ECONNREFUSED",
    stamps: { resolvedMs: 3, connectedMs: null, tcpConnectMs: null, tlsMs: null, handshakeMs: null, endedMs: 10 },
    tls: null,
    software: null,
    protocol: null,
    banner: null,
    donationAddress: null,
    tip: null,
    chain: null,
    features: null,
    peers: null,
    observations: [],
    answers: [],
    timing: null,
    ...changes
  })

export const serverOf = (keys: ReadonlyArray<string>, chain: string | null = "mainnet", confirmed = true) => ({
  endpoints: keys.map((key, i) => ({
    endpoint: endpointOf(key),
    evidence: i === 0 ? "itself" as const : "same host" as const
  })),
  chain,
  confirmed
})

export { endpointKey }

/** What a server answered in a snapshot. */
export const snapshotValuesOf = (fees: ReadonlyArray<number>, tip: Tip = { height: 900_000, hash: "aa".repeat(32) }): SnapshotValues => ({
  tipBefore: tip,
  tipAfter: tip,
  fees: fees.map((value, i) => ({ target: i + 1, outcome: "ok", text: String(value), value })),
  histogram: { outcome: "ok", text: "[[12.0,30100],[9.5,40000],[3.1,50000]]", value: [[12, 30_100], [9.5, 40_000], [3.1, 50_000]] },
  mempoolInfo: { outcome: "not asked", text: null, value: null },
  relayFee: { outcome: "ok", text: "1e-05", value: 0.00001 }
})

/** A kept snapshot in which each target answered the values given for it. */
export const snapshotOf = (
  readings: ReadonlyArray<readonly [ProbeTarget, SnapshotValues]>,
  changes?: Partial<Snapshot>
): Snapshot => ({
  startedAt: someTime,
  windowMs: 30_000,
  attempt: 1,
  tip: readings[0]?.[1].tipBefore ?? null,
  state: "kept",
  reason: null,
  readings: readings.map(([target, values]) => ({
    target,
    state: "compared",
    detail: null,
    visit: null,
    sentMs: 0.5,
    receivedMs: 120,
    values
  })),
  ...changes
})

/** A series that showed nothing, of four connections whose visits were not kept. */
export const differentialOf = (target: ProbeTarget, changes?: Partial<Differential>): Differential => ({
  target,
  stage: "first",
  startedAt: someTime,
  personas: ["crawler", "wallet", "wallet", "crawler"],
  visits: [],
  comparison: { outcome: "same", compared: ["banner", "fee#2"], varying: [], differing: [] },
  statistic: null,
  pValue: null,
  againFrom: null,
  detail: null,
  ...changes
})

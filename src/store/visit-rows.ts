import type { Identification } from "../domain/identification.ts"
import { rangeText } from "../domain/implementation.ts"
import { setByText } from "../domain/defaults.ts"
import { defaultsOfVisit } from "../domain/visit-defaults.ts"
import type { JudgedAnswer, TimingFacts } from "../domain/judged-answer.ts"
import { walletVerdict } from "../domain/wallet-trust.ts"
import type { MalformedFacts } from "../domain/malformed-facts.ts"
import type { CertificateFacts, ChainCertificate, ChainVerdict, Observation, TlsFacts, Visit } from "../domain/visit.ts"
import { featuresKey } from "./features-key.ts"
import type { RowOf } from "./tables.ts"
import { bytes, count, float64, int64, texts, timestamp, timestampOfText, timestampOrNull } from "./to-duckdb.ts"

/** Half a surrogate pair, as JSON.stringify writes it. */
const halfPair = /\\ud[89a-f]/i

/** JSON text that DuckDB's JSON functions can read: half surrogate pairs would make them fail. */
const json = (value: unknown): string | null => {
  if (value === null) return null
  const text = JSON.stringify(value)
  // Seldom, and an escaped backslash before the letters is taken for it too: then each text is looked at.
  return halfPair.test(text) ? JSON.stringify(value, (_, v) => typeof v === "string" ? v.toWellFormed() : v) : text
}

const sharedTexts = new WeakMap<object, string | null>()

/** As `json`, for values that many rows share and nobody changes. */
const sharedJson = (value: object): string | null => {
  let text = sharedTexts.get(value)
  if (text === undefined) sharedTexts.set(value, text = json(value))
  return text
}

/** Null only while unverified: a chain without a name must not look like the crawled one, or like another. */
const chainShown = ({ chain, headers, verdict }: ChainVerdict, network: string): string | null => {
  if (verdict === "unverified") return null
  if (verdict === "same") return network
  return chain ?? `unknown chain ${headers.at(-1)?.hash.slice(-8) ?? ""}`.trim()
}

/** A visit as its row; `network` is the chain its crawl is about. */
export const visitRow = (
  visit: Visit,
  ids: { readonly visit: number; readonly crawl: number; readonly endpoint: number },
  network: string
): RowOf<"visit"> => {
  const { chain, dial, features, stamps, tip } = visit
  return {
    visit_id: ids.visit,
    crawl_id: ids.crawl,
    endpoint_id: ids.endpoint,
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
    chain: chain === null ? null : chainShown(chain, network),
    chain_headers: json(chain?.headers ?? null),
    features_software: features?.serverVersion ?? null,
    features_protocol_min: features?.protocolMin ?? null,
    features_protocol_max: features?.protocolMax ?? null,
    features_genesis_hash: features?.genesisHash ?? null,
    features_hash_function: features?.hashFunction ?? null,
    features_pruning: int64(features?.pruning ?? null),
    features_hosts: json(features?.hosts ?? null),
    features_services: features === null ? null : texts(features.services),
    features_key: features === null ? null : featuresKey(features),
    kind: visit.kind,
    tcp_connect_ms: float64(stamps.tcpConnectMs),
    default_values: json(defaultsOfVisit(network, visit).map(({ entry, kind, value }) => ({ kind, value, set_by: setByText(entry) }))),
    banner_octets: bytes(visit.bannerOctets)
  }
}

export const observationRow = (seen: Observation, visit_id: number): RowOf<"observation"> => ({
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
  value: seen.value,
  line_end: seen.lineEnd,
  padding: count(seen.padding),
  reply_octets: bytes(seen.replyOctets),
  params: seen.params
})

export const identificationRow = (found: Identification, visit_id: number): RowOf<"identification"> => ({
  visit_id,
  implementation: found.implementation,
  since_release: found.range?.since ?? null,
  before_release: found.range?.before ?? null,
  version_range: found.range === null ? null : rangeText(found.range),
  confidence: found.confidence,
  contradictions: texts(found.contradictions),
  remarks: texts(found.remarks),
  candidates: sharedJson(found.candidates),
  readings: sharedJson(found.readings),
  fingerprint_hash: found.fingerprintHash,
  fingerprint_recipe: found.fingerprintRecipe,
  proxy: texts(found.proxy)
})

export const malformedRow = (found: MalformedFacts, visit_id: number): RowOf<"malformed_reply"> => ({
  visit_id,
  response: found.response,
  compared_with: found.comparedWith,
  differs: texts(found.differs),
  answers: json(found.answers),
  not_compared: found.notCompared
})

export const behaviourRow = (answer: JudgedAnswer, visit_id: number): RowOf<"behaviour"> => ({
  visit_id,
  subject: answer.subject,
  script_form: answer.scriptForm,
  response: answer.response,
  defaults: texts(answer.defaults),
  filtered: answer.filtered,
  causes: texts(answer.causes),
  detail: json(answer.detail)
})

export const timingRow = (timing: TimingFacts, visit_id: number): RowOf<"timing"> => ({
  visit_id,
  pings: count(timing.pings),
  median_ms: float64(timing.medianMs),
  deviation_ms: float64(timing.deviationMs),
  mad_ms: float64(timing.madMs),
  paced: timing.paced,
  untimed: timing.untimed
})

export const tlsSessionRow = (tls: TlsFacts, visit_id: number): RowOf<"tls_session"> => {
  const wallet = walletVerdict(tls)
  return {
    visit_id,
    version: tls.version,
    cipher: tls.cipher,
    key_exchange: tls.group,
    alpn: tls.alpn,
    sni: tls.sni,
    verify_error: tls.verifyError,
    certificate_sha256: tls.certificate?.sha256 ?? null,
    chain_sha256: texts(tls.chain.map(({ sha256 }) => sha256)),
    session_offered: tls.sessionOffered,
    wallet_accepts: wallet.accepts,
    wallet_accepts_reason: wallet.reason
  }
}

export const chainCertificateRow = ({ derBase64, sha256 }: ChainCertificate): RowOf<"chain_certificate"> => ({
  sha256,
  der: bytes(Buffer.from(derBase64, "base64"))
})

export const certificateRow = (certificate: CertificateFacts): RowOf<"certificate"> => ({
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
  der: bytes(Buffer.from(certificate.derBase64, "base64"))
})

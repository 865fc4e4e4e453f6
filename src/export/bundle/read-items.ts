import { X509Certificate } from "node:crypto"
import { Effect, Schema } from "effect"
import { scrubbedText } from "../../atlas/withholding.ts"
import { Database } from "../../store/database.ts"
import type { Shown } from "../shown.ts"
import type { FilledItem } from "./bundle-file.ts"
import { type BundleVisit, isCertificate } from "./format.ts"
import { type JudgedQuestion, knownParameters } from "./known-requests.ts"

/** Servers of a crawl and which of their replies are wanted. */
export interface Wanted {
  readonly serverIds: ReadonlyArray<number>
  /** Names of probes; null for all. A name stands for its repeats (`tip`, `tip after`) too. */
  readonly probes: ReadonlyArray<string> | null
  /** Visits; null for all. */
  readonly visits: ReadonlyArray<number> | null
}

/** What was received, before anything is said about it. */
export interface Received {
  readonly visits: ReadonlyArray<BundleVisit>
  readonly items: ReadonlyArray<FilledItem>
}

const VisitRow = Schema.Struct({
  visit_id: Schema.Int,
  server_id: Schema.Int,
  kind: Schema.String,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String,
  started_at: Schema.String,
  address: Schema.NullOr(Schema.String)
})

/** Visits of servers that the crawl made, and those that probes made of its servers later. */
const selectVisits = `
  WITH of_crawl AS (
    SELECT se.server_id, v.visit_id FROM server_endpoint se JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id
    WHERE se.crawl_id = $crawl_id
    UNION
    SELECT server_id, visit_id FROM server_malformed WHERE crawl_id = $crawl_id
    UNION
    SELECT r.server_id, r.visit_id FROM snapshot_reading r JOIN snapshot s USING (snapshot_id) WHERE s.servers_of = $crawl_id AND r.visit_id IS NOT NULL
    UNION
    SELECT server_id, unnest(visit_ids) FROM differential WHERE servers_of = $crawl_id
  )
  SELECT o.visit_id, o.server_id, v.kind, e.host, e.port, e.transport, v.started_at, v.address
  FROM of_crawl o JOIN visit v USING (visit_id) JOIN endpoint e ON e.endpoint_id = v.endpoint_id
  WHERE list_contains(string_split($servers, ',')::INTEGER[], o.server_id)
  ORDER BY o.server_id, o.visit_id`

const ReplyRow = Schema.Struct({
  visit_id: Schema.Int,
  probe: Schema.String,
  method: Schema.NullOr(Schema.String),
  params: Schema.NullOr(Schema.String),
  sent_ms: Schema.NullOr(Schema.Finite),
  outcome: Schema.String,
  reply_raw: Schema.NullOr(Schema.String),
  octets: Schema.NullOr(Schema.String),
  reply_bytes: Schema.NullOr(Schema.Finite),
  padding: Schema.NullOr(Schema.Int),
  line_end: Schema.NullOr(Schema.String)
})

const selectReplies = `
  SELECT visit_id, probe, method, params, sent_ms, outcome, reply_raw, lower(hex(reply_octets)) AS octets, reply_bytes, padding, line_end
  FROM observation
  WHERE list_contains(string_split($visits, ',')::INTEGER[], visit_id) AND (reply_raw IS NOT NULL OR reply_octets IS NOT NULL)
    AND ($probes IS NULL OR regexp_matches(probe, $probes))
  ORDER BY visit_id, sent_ms NULLS FIRST, probe`

const QuestionRow = Schema.Struct({ visit_id: Schema.Int, subject: Schema.String, script_form: Schema.NullOr(Schema.String), detail: Schema.NullOr(Schema.String) })
const selectQuestions = `
  SELECT visit_id, subject, script_form, detail::VARCHAR AS detail FROM behaviour
  WHERE list_contains(string_split($visits, ',')::INTEGER[], visit_id)`

const ChainRow = Schema.Struct({ visit_id: Schema.Int, place: Schema.Int, der: Schema.String })
const selectChains = `
  SELECT t.visit_id, t.place, lower(hex(x.der)) AS der
  FROM (SELECT visit_id, unnest(chain_sha256) AS sha256, unnest(range(1, len(chain_sha256) + 1))::INTEGER AS place FROM tls_session) t
  JOIN chain_certificate x USING (sha256)
  WHERE octet_length(x.der) > 0 AND list_contains(string_split($visits, ',')::INTEGER[], t.visit_id) ORDER BY t.visit_id, t.place`

const CertificateRow = Schema.Struct({ visit_id: Schema.Int, sha256: Schema.String, der: Schema.String })
const selectCertificates = `
  SELECT t.visit_id, x.sha256, lower(hex(x.der)) AS der FROM tls_session t JOIN certificate x ON x.sha256 = t.certificate_sha256
  WHERE octet_length(x.der) > 0 AND list_contains(string_split($visits, ',')::INTEGER[], t.visit_id) ORDER BY t.visit_id`

/** What is kept of a reply line without its end; longer ones are cut. */
const keptBytes = 65_536
/** Of lists of peers, whose entries are stored one by one. */
const keptOfPeers = 1_000

const safeName = (text: string): string => text.replaceAll(/[^A-Za-z0-9.-]/g, "_").replace(/^\./, "_").slice(0, 60)

const isCut = (probe: string, content: Uint8Array): boolean =>
  content.length >= keptBytes || (probe.startsWith("peers#") && [...Buffer.from(content).toString("utf8")].length >= keptOfPeers)

/** What a certificate says in words; null where it cannot be read. */
const certificateWords = (der: Uint8Array): string | null => {
  try {
    const { issuer, subject, subjectAltName } = new X509Certificate(der)
    return [subject, issuer, subjectAltName ?? ""].join("\n")
  } catch {
    return null
  }
}

/**
 * Whether received bytes may be handed on: they cannot be changed, so what
 * mentions a host or an address that is written nowhere is left out whole.
 */
const mayPass = ({ local, withheld }: Shown) => (item: FilledItem): boolean => {
  if (local) return true
  const words = isCertificate(item) ? certificateWords(item.content) : Buffer.from(item.content).toString("utf8")
  return words !== null && scrubbedText(words, withheld) === words
}

/**
 * The raw replies and certificates of servers, as they were received, each with
 * the visit that brought it. Hosts and addresses that are not shown are left out.
 */
export const readReceived = Effect.fn("readReceived")(function*(shown: Shown, wanted: Wanted) {
  const database = yield* Database
  const crawl_id = shown.about.crawl_id
  const addresses = new Map(shown.servers.map(({ addresses, hosts, serverId }) => [serverId, { hosts: new Set(hosts), addresses: new Set(addresses) }]))
  const visits = (yield* database.rows(VisitRow, selectVisits, { crawl_id, servers: wanted.serverIds.join(",") }))
    .filter(({ host, server_id }) => addresses.get(server_id)?.hosts.has(host) === true)
    .filter(({ visit_id }) => wanted.visits === null || wanted.visits.includes(visit_id))
  const byId = new Map(visits.map((visit) => [visit.visit_id, visit]))
  const given = { visits: visits.length === 0 ? "-1" : [...byId.keys()].join(",") }
  const pattern = wanted.probes === null ? null : `^(deep/)?(${wanted.probes.join("|")})([#@ ].*)?$`
  const questions = Map.groupBy(
    yield* database.rows(QuestionRow, selectQuestions, given),
    ({ visit_id }) => visit_id
  )
  const judged = new Map([...questions].map(([visit, rows]) => [
    visit,
    rows.map(({ detail, script_form, subject }): JudgedQuestion => ({ subject, script_form, detail: (detail === null ? {} : JSON.parse(detail)) as JudgedQuestion["detail"] }))
  ]))
  const replies = yield* database.rows(ReplyRow, selectReplies, { ...given, probes: pattern })
  const items = replies.map((row, i): FilledItem => {
    const content = row.octets === null ? Buffer.from(row.reply_raw!, "utf8") : Buffer.from(row.octets, "hex")
    return {
      name: `reply/${row.visit_id}/${i + 1}-${safeName(row.probe)}`,
      kind: "reply",
      visit: row.visit_id,
      asked: {
        probe: row.probe,
        method: row.method,
        params: (row.params === null ? knownParameters(shown.about.network, row.probe, judged.get(row.visit_id) ?? []) : JSON.parse(row.params)) as never,
        sent_at: row.sent_ms === null ? null : new Date(Date.parse(byId.get(row.visit_id)!.started_at) + row.sent_ms).toISOString(),
        outcome: row.outcome,
        wire_bytes: row.reply_bytes,
        padding: row.padding,
        line_end: row.line_end,
        whole: !isCut(row.probe, content)
      },
      content
    }
  })
  const onions = new Set(shown.servers.flatMap(({ networkClasses, serverId }) => networkClasses.every((kind) => kind === "onion") ? [serverId] : []))
  const leaves = yield* database.rows(CertificateRow, selectCertificates, given)
  // What an onion and clearnet both show joins them, which their operator may not have published.
  const joining = new Set(leaves.flatMap(({ sha256, visit_id }) => shown.joiningCertificates.has(sha256) && onions.has(byId.get(visit_id)!.server_id) ? [visit_id] : []))
  const certificate = (kind: FilledItem["kind"], visit: number, place: string, der: string): ReadonlyArray<FilledItem> =>
    joining.has(visit) ? [] : [{ name: `certificate/${visit}${place}.der`, kind, visit, asked: null, content: Buffer.from(der, "hex") }]
  const certificates = [
    ...leaves.flatMap(({ der, visit_id }) => certificate("certificate", visit_id, "", der)),
    ...(yield* database.rows(ChainRow, selectChains, given)).flatMap(({ der, place, visit_id }) => certificate("chain certificate", visit_id, `-chain-${place}`, der))
  ]
  const received: Received = {
    visits: visits.map((row) => ({
      visit: row.visit_id,
      server: row.server_id,
      host: row.host,
      port: row.port,
      transport: row.transport,
      kind: row.kind,
      started_at: row.started_at,
      address: row.address !== null && addresses.get(row.server_id)!.addresses.has(row.address) ? row.address : null
    })),
    items: [...items, ...certificates].filter(mayPass(shown))
  }
  return received
})

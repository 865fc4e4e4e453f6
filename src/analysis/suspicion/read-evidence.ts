import { Effect, Schema } from "effect"
import { decodeBlockHeader } from "../../domain/block-header.ts"
import { nameAttributes } from "../../domain/default-values.ts"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { readStrange } from "../strange-visits.ts"
import * as AgainstItself from "./against-itself-rows.ts"
import type {
  Announced,
  Answer,
  AnsweredVisit,
  ChangingAnswers,
  CrawlFacts,
  DeepVisit,
  Differential,
  OddReply,
  ServerEvidence,
  ShownCertificate,
  ShownHeader,
  Trickle
} from "./evidence.ts"
import * as Rows from "./evidence-rows.ts"

/** A server that no score is given, and why. */
export interface Unjudged {
  readonly serverId: number
  readonly because: string
}

/** All that suspicion looks at in one crawl. */
export interface ReadEvidence {
  /** Null where the crawl has no server. */
  readonly crawl: CrawlFacts | null
  readonly servers: ReadonlyArray<ServerEvidence>
  readonly unjudged: ReadonlyArray<Unjudged>
}

const HeaderReply = Schema.Union([Schema.String, Schema.Struct({ hex: Schema.String, height: Schema.Int })])
const decodeHeaderReply = Schema.decodeUnknownOption(Schema.fromJsonString(HeaderReply))

/** The header of a reply, undefined where it is none. */
const headerOf = ({ probe, value, visit_id, visited_at }: typeof Rows.Header.Type): ShownHeader | undefined => {
  const reply = decodeHeaderReply(value)
  if (reply._tag === "None") return undefined
  const [hex, height] = typeof reply.value === "string"
    ? [reply.value, Number(/^header#([0-9]+)/.exec(probe)?.[1] ?? Number.NaN)]
    : [reply.value.hex, reply.value.height]
  const header = decodeBlockHeader(hex)
  return header === undefined || !Number.isSafeInteger(height)
    ? undefined
    : { visitId: visit_id, visitedAt: visited_at, probe, height, header }
}

const ClaimedHosts = Schema.Array(Schema.Struct({ host: Schema.String }))
const decodeClaimedHosts = Schema.decodeUnknownOption(Schema.fromJsonString(ClaimedHosts))

const claimedHostsOf = (text: string | null): ReadonlyArray<string> | null => {
  const hosts = text === null ? null : decodeClaimedHosts(text)
  return hosts === null || hosts._tag === "None" ? null : hosts.value.map(({ host }) => host.toLowerCase())
}

const visitOf = (row: typeof Rows.Visit.Type): AnsweredVisit => {
  const own = (text: string | null, ...kinds: ReadonlyArray<string>): string | null =>
    text === null || text.trim() === "" || kinds.some((kind) => row.default_kinds.includes(kind)) ? null : text
  return {
    visitId: row.visit_id,
    visitedAt: row.visited_at,
    host: row.host.toLowerCase(),
    address: row.address,
    chainVerdict: row.chain_verdict,
    tipHeight: row.tip_height,
    fees: new Map(row.fee_targets.map((target, i) => [target, row.fees[i]!])),
    implementation: row.implementation,
    software: row.software,
    contradictions: row.contradictions,
    proxy: row.proxy,
    featuresGenesisHash: row.features_genesis_hash,
    claimedHosts: claimedHostsOf(row.features_hosts),
    bannerText: row.banner,
    banner: own(row.banner, "banner", "banner line"),
    donation: own(row.donation_address, "donation address")
  }
}

const day = 86_400_000

const certificateOf = (row: typeof Rows.Certificate.Type): ShownCertificate => ({
  visitId: row.visit_id,
  host: row.host.toLowerCase(),
  sha256: row.sha256,
  spkiSha256: row.spki_sha256,
  subject: row.subject,
  issuer: row.issuer,
  selfSigned: row.self_signed,
  publicAuthority: !row.self_signed && (row.verify_error === null || ["ERR_TLS_CERT_ALTNAME_INVALID", "CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"].includes(row.verify_error)),
  topOfChain: row.chain_sha256.at(-1) ?? null,
  chainLength: row.chain_sha256.length,
  names: [...row.san_dns, ...nameAttributes(row.subject).flatMap((it) => it.startsWith("CN=") ? [it.slice(3)] : [])].map((name) => name.toLowerCase()),
  days: row.valid_from === null || row.valid_to === null ? null : Math.round((row.valid_to - row.valid_from) / day),
  defaultKinds: new Set(row.default_kinds)
})

const answerOf = (row: typeof Rows.Answer.Type): Answer => ({
  visitId: row.visit_id,
  subject: row.subject,
  scriptForm: row.script_form,
  response: row.response,
  filtered: row.filtered,
  causes: row.causes,
  detail: row.detail === null ? null : JSON.parse(row.detail) as unknown
})

const oddReplyOf = (row: typeof Rows.OddReply.Type): OddReply => ({
  visitId: row.visit_id,
  probe: row.probe,
  outcome: row.outcome,
  message: row.error_message
})

const changingOf = (row: typeof AgainstItself.Changing.Type): ChangingAnswers => ({
  host: row.host,
  port: row.port,
  visits: row.visits,
  software: row.software,
  softwareNames: row.software_names,
  handshakes: row.handshakes,
  certificates: row.certificates
})

const trickleOf = (row: typeof AgainstItself.Trickle.Type): Trickle => ({
  visitId: row.visit_id,
  replies: row.replies,
  bytes: row.bytes,
  fewest: row.fewest,
  most: row.most,
  quickestMs: row.quickest_ms,
  slowestMs: row.slowest_ms
})

const deepOf = (row: typeof Rows.Deep.Type): DeepVisit => ({
  visitId: row.visit_id,
  comparedWith: row.compared_with,
  notCompared: row.not_compared,
  differs: row.differs
})

const differentialOf = (row: typeof Rows.Differential.Type): Differential => ({
  state: row.state,
  differing: row.differing_first,
  toldBoth: row.told_both,
  pValue: row.p_value,
  qValue: row.q_value,
  serversTested: row.servers_tested
})

const announcedOf = (row: typeof Rows.Announced.Type): Announced => ({
  entries: row.entries,
  soleUnanswered: row.sole_unanswered,
  soleImpossible: row.sole_impossible,
  repeated: row.repeated,
  recurring: row.recurring,
  examples: row.examples
})

const becauseOf = ({ chain, confirmed, network, repeats_header }: typeof Rows.Server.Type): string | undefined => {
  if (!confirmed) return "it never answered server.version"
  return chain !== null && chain !== network && !repeats_header ? "of another chain than its crawl: not judged" : undefined
}

/** What the store holds of the servers of a crawl, for the indicators. */
export const readEvidence = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const given = { crawl_id: crawlId, strange: yield* readStrange(crawlId) }
  const read = <A>(row: Schema.ConstraintDecoder<A>, sql: string) => database.rows(row, sql, given)
  const byServer = <A extends { readonly server_id: number }>(row: Schema.ConstraintDecoder<A>, sql: string) =>
    read(row, sql).pipe(Effect.map((rows) => Map.groupBy(rows, ({ server_id }) => server_id)))
  // As many at a time as the database has connections.
  const rows = yield* Effect.all({
    all: read(Rows.Server, Rows.selectServers),
    visits: byServer(Rows.Visit, Rows.selectVisits),
    headers: byServer(Rows.Header, Rows.selectHeaders),
    answers: byServer(Rows.Answer, Rows.selectAnswers),
    oddReplies: byServer(Rows.OddReply, Rows.selectOddReplies),
    errorTexts: byServer(Rows.ErrorText, Rows.selectErrorTexts),
    announced: byServer(Rows.Announced, Rows.selectAnnounced),
    deep: byServer(Rows.Deep, Rows.selectDeep),
    proofs: byServer(Rows.Answer, Rows.selectProofs),
    differentials: byServer(Rows.Differential, Rows.selectDifferentials),
    certificates: byServer(Rows.Certificate, Rows.selectCertificates),
    changing: byServer(AgainstItself.Changing, AgainstItself.selectChanging),
    unbalanced: byServer(AgainstItself.Unbalanced, AgainstItself.selectUnbalanced),
    ownPorts: byServer(AgainstItself.OwnPorts, AgainstItself.selectOwnPorts),
    mempools: byServer(AgainstItself.Mempools, AgainstItself.selectMempools),
    absences: byServer(AgainstItself.Absence, AgainstItself.selectAbsences),
    trickles: byServer(AgainstItself.Trickle, AgainstItself.selectTrickles),
    uptimes: byServer(Rows.Uptime, Rows.selectUptimes)
  }, { concurrency: "unbounded" })
  const { all, visits, headers, answers, oddReplies, errorTexts, announced, deep, proofs, differentials, certificates, changing, unbalanced, ownPorts, mempools, absences, trickles, uptimes } = rows
  const judged = all.filter((row) => becauseOf(row) === undefined)
  const evidence: ReadEvidence = {
    crawl: all[0] === undefined ? null : { network: all[0].network, simulated: all[0].simulated, genesisHash: all[0].genesis_hash },
    servers: judged.map(({ server_id: id }): ServerEvidence => {
      const uptime = uptimes.get(id)?.[0]
      return {
        serverId: id,
        visits: (visits.get(id) ?? []).map(visitOf),
        headers: (headers.get(id) ?? []).flatMap((row) => headerOf(row) ?? []),
        answers: (answers.get(id) ?? []).map(answerOf),
        oddReplies: (oddReplies.get(id) ?? []).map(oddReplyOf),
        errorTexts: (errorTexts.get(id) ?? []).map(({ probe, text, visit_id }) => ({ visitId: visit_id, probe, text })),
        announced: (announced.get(id) ?? []).map(announcedOf)[0] ?? null,
        proofs: (proofs.get(id) ?? []).map(answerOf),
        deep: (deep.get(id) ?? []).map(deepOf)[0] ?? null,
        differential: (differentials.get(id) ?? []).map(differentialOf)[0] ?? null,
        certificates: (certificates.get(id) ?? []).map(certificateOf),
        changing: (changing.get(id) ?? []).map(changingOf),
        unbalanced: (unbalanced.get(id) ?? []).map(({ script_form: scriptForm, visit_id: visitId }) => ({ visitId, scriptForm })),
        ownPorts: (ownPorts.get(id) ?? []).map(({ host, ports, transport }) => ({ host, transport, ports })),
        mempools: (mempools.get(id) ?? []).map(({ empty, host, looks, port, returns, switches }) => ({ host, port, looks, empty, switches, returns })),
        absence: (absences.get(id) ?? []).map(({ absent, present, snapshots }) => ({ snapshots, absent, present }))[0] ?? null,
        trickles: (trickles.get(id) ?? []).map(trickleOf),
        uptime: { share: uptime?.uptime_share ?? null, observations: uptime?.observations ?? 0, gap: uptime?.uptime_gap ?? null }
      }
    }),
    unjudged: all.flatMap((row) => {
      const because = becauseOf(row)
      return because === undefined ? [] : [{ serverId: row.server_id, because }]
    })
  }
  return evidence
})

import { Schema } from "effect"
import { knownStrange } from "../strange-visits.ts"

/** What is read for suspicion, each query beside the rows it gives; all take `$crawl_id`, and those with `knownStrange` what it takes. */

const Text = Schema.NullOr(Schema.String)
const Texts = Schema.Array(Schema.String)

/** One header shown for two heights is of no chain at all, be it called another one. */
const repeatsHeader = `coalesce(json_array_length(v.chain_headers), 0) > coalesce(len(list_distinct(list_transform(
  CAST(v.chain_headers AS JSON[]), lambda shown: shown->>'hash'))), 0)`

export const Server = Schema.Struct({
  server_id: Schema.Int,
  chain: Text,
  confirmed: Schema.Boolean,
  network: Schema.String,
  simulated: Schema.Boolean,
  genesis_hash: Schema.String,
  repeats_header: Schema.Boolean
})
export const selectServers = `
  SELECT s.server_id, s.chain, s.confirmed, c.network, c.simulated, lower(c.genesis_hash) AS genesis_hash,
    s.server_id IN (
      SELECT se.server_id FROM server_endpoint se
      JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
      WHERE se.crawl_id = $crawl_id AND ${repeatsHeader}
    ) AS repeats_header
  FROM server s JOIN crawl c USING (crawl_id)
  WHERE s.crawl_id = $crawl_id
  ORDER BY s.server_id`

/** Regular visits that a server answered, without those that showed another chain of its own. */
export const answered = `
  answered AS (
    SELECT se.server_id, e.host, v.*
    FROM server_endpoint se
    JOIN endpoint e USING (endpoint_id)
    JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    WHERE se.crawl_id = $crawl_id AND v.software IS NOT NULL AND (v.chain_verdict IS DISTINCT FROM 'other' OR ${repeatsHeader})
  )`

/** The same, and what probes asked of the crawl's servers later with well-formed requests, where it was they who answered. */
export const wellFormed = `${answered}, ${knownStrange},
  probed AS (
    SELECT d.server_id, unnest(d.visit_ids) AS visit_id FROM differential d WHERE d.servers_of = $crawl_id
    UNION
    SELECT r.server_id, r.visit_id FROM snapshot_reading r JOIN snapshot s USING (snapshot_id)
    WHERE s.servers_of = $crawl_id AND r.visit_id IS NOT NULL
  ), series AS (
    FROM probed ANTI JOIN strange USING (server_id, visit_id)
  ), asked AS (
    SELECT server_id, visit_id, started_at, chain_verdict FROM answered
    UNION ALL
    SELECT s.server_id, v.visit_id, v.started_at, NULL FROM series s JOIN visit v USING (visit_id)
  )`

const kindsOf = (visit: string): string => `
  CASE WHEN ${visit}.default_values IS NULL THEN []
    ELSE list_distinct(list_transform(CAST(${visit}.default_values AS JSON[]), lambda entry: entry->>'kind')) END AS default_kinds`

export const Visit = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  host: Schema.String,
  address: Text,
  chain_verdict: Text,
  tip_height: Schema.NullOr(Schema.Finite),
  visited_at: Schema.Finite,
  fee_targets: Texts,
  fees: Schema.Array(Schema.Finite),
  implementation: Text,
  software: Text,
  contradictions: Schema.NullOr(Texts),
  proxy: Schema.NullOr(Texts),
  features_genesis_hash: Text,
  features_hosts: Text,
  banner: Text,
  donation_address: Text,
  default_kinds: Texts
})
export const selectVisits = `
  WITH ${answered}, estimate AS (
    SELECT o.visit_id, list(o.probe ORDER BY o.probe) AS targets, list(TRY_CAST(o.value AS DOUBLE) ORDER BY o.probe) AS fees
    FROM answered a JOIN observation o USING (visit_id)
    WHERE o.outcome = 'ok' AND o.probe LIKE 'fee#%' AND TRY_CAST(o.value AS DOUBLE) > 0
    GROUP BY o.visit_id
  )
  SELECT a.server_id, a.visit_id, a.host, a.address, a.chain_verdict, a.tip_height, epoch_ms(a.started_at) AS visited_at,
    coalesce(f.targets, []) AS fee_targets, coalesce(f.fees, []) AS fees, i.implementation, left(a.software, 100) AS software, i.contradictions,
    i.proxy, a.features_genesis_hash, CAST(a.features_hosts AS VARCHAR) AS features_hosts, left(a.banner, 20000) AS banner,
    left(a.donation_address, 1000) AS donation_address, ${kindsOf("a")}
  FROM answered a
  LEFT JOIN identification i USING (visit_id)
  LEFT JOIN estimate f USING (visit_id)
  ORDER BY a.server_id, a.visit_id`

export const Header = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  visited_at: Schema.Finite,
  probe: Schema.String,
  value: Schema.String
})
export const selectHeaders = `
  WITH ${wellFormed}
  SELECT a.server_id, a.visit_id, epoch_ms(a.started_at) AS visited_at, o.probe, o.value
  FROM asked a JOIN observation o USING (visit_id)
  WHERE o.outcome = 'ok' AND o.value IS NOT NULL AND length(o.value) <= 2000
    AND (o.probe LIKE 'header#%' OR o.probe = 'tip' OR o.probe LIKE 'tip before%' OR o.probe LIKE 'tip after%')
    -- A server that showed no deciding header may be of any chain.
    AND a.server_id IN (SELECT server_id FROM answered WHERE chain_verdict IN ('same', 'other'))
    AND a.chain_verdict IS DISTINCT FROM 'unverified'
  ORDER BY a.server_id, a.visit_id, o.sent_ms, o.probe`

export const Answer = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  subject: Schema.String,
  script_form: Text,
  response: Text,
  filtered: Schema.NullOr(Schema.Boolean),
  causes: Texts,
  detail: Text
})
/** Of probes only what was said of scripts: of a server that showed the chain, and never as a deviation of its software. */
export const selectAnswers = `
  WITH ${wellFormed}
  SELECT a.server_id, a.visit_id, b.subject, b.script_form, b.response, b.filtered, b.causes, CAST(b.detail AS VARCHAR) AS detail
  FROM answered a JOIN behaviour b USING (visit_id)
  UNION ALL
  SELECT s.server_id, s.visit_id, b.subject, b.script_form, b.response, NULL, [], CAST(b.detail AS VARCHAR)
  FROM series s JOIN behaviour b USING (visit_id)
  WHERE b.script_form IS NOT NULL AND s.server_id IN (SELECT server_id FROM answered WHERE chain_verdict = 'same')
  ORDER BY ALL`

/** Of the deep visit that `server_malformed` shows. */
export const selectProofs = `
  WITH ${knownStrange}
  SELECT m.server_id, m.visit_id, b.subject, b.script_form, b.response, b.filtered, b.causes, CAST(b.detail AS VARCHAR) AS detail
  FROM server_malformed m ANTI JOIN strange USING (server_id, visit_id) JOIN behaviour b USING (visit_id)
  WHERE m.crawl_id = $crawl_id
  ORDER BY m.server_id, b.subject`

export const OddReply = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  probe: Schema.String,
  outcome: Schema.String,
  error_message: Text
})
export const selectOddReplies = `
  WITH ${wellFormed}
  SELECT a.server_id, a.visit_id, o.probe, o.outcome, left(o.error_message, 200) AS error_message
  FROM asked a JOIN observation o USING (visit_id)
  WHERE (o.outcome IN ('malformed', 'too large')
    -- Who answers late, or to a question given up, is slow.
    AND coalesce(o.error_message, '') NOT LIKE 'late reply%')
    OR (o.outcome = 'ok' AND o.probe LIKE 'fee#%' AND TRY_CAST(o.value AS DOUBLE) < 0 AND TRY_CAST(o.value AS DOUBLE) <> -1)
  ORDER BY a.server_id, a.visit_id, o.sent_ms, o.probe`

export const ErrorText = Schema.Struct({ server_id: Schema.Int, visit_id: Schema.Int, probe: Schema.String, text: Schema.String })
export const selectErrorTexts = `
  WITH ${wellFormed}
  SELECT a.server_id, a.visit_id, o.probe, left(o.error_message, 1024) AS text
  FROM asked a JOIN observation o USING (visit_id)
  WHERE o.outcome = 'error' AND o.error_message IS NOT NULL
  ORDER BY a.server_id, a.visit_id, o.sent_ms, o.probe`

export const Announced = Schema.Struct({
  server_id: Schema.Int,
  entries: Schema.Int,
  sole_unanswered: Schema.Int,
  sole_impossible: Schema.Int,
  repeated: Schema.Int,
  recurring: Schema.Int,
  examples: Texts
})
/**
 * Of each list: hosts that no other server names and that failed on their side
 * when visited, entries that name nothing and that nobody else has, of entries
 * that nobody else has those beyond four for one host, and how many there must
 * be more than once, where a list is longer than all its entries together.
 */
export const selectAnnounced = `
  WITH named AS MATERIALIZED (
    SELECT DISTINCT se.server_id, ad.advertisement_id
    FROM advertised ad
    JOIN source s ON s.source_id = ad.source_id AND s.kind = 'server'
    JOIN server_endpoint se ON se.crawl_id = ad.crawl_id AND se.endpoint_id = s.endpoint_id
    WHERE ad.crawl_id = $crawl_id
  ), said AS MATERIALIZED (
    SELECT n.advertisement_id, min(n.server_id) AS first_lister, max(n.server_id) AS last_lister
    FROM named n GROUP BY n.advertisement_id
  ), entry AS MATERIALIZED (
    SELECT said.*, a.host, a.problem, a.raw, coalesce(a.host, CAST(advertisement_id AS VARCHAR)) AS what
    FROM said JOIN advertisement a USING (advertisement_id)
  ), told AS (
    SELECT what, min(first_lister) = max(last_lister) AS by_one FROM entry GROUP BY what
  ), sole AS (
    SELECT e.first_lister AS server_id, e.what, e.host, e.problem, e.raw, t.by_one
    FROM entry e JOIN told t USING (what)
    WHERE e.first_lister = e.last_lister
  ), answer AS (
    SELECT host, bool_or(reachable) AS answered
    FROM crawl_endpoint WHERE crawl_id = $crawl_id AND host IN (SELECT host FROM sole) GROUP BY host
  ), by_host AS (
    SELECT s.server_id, s.what, count(*) AS entries, bool_and(s.by_one) AS by_one, min(s.problem) AS problem, min(s.raw) AS raw,
      bool_and(NOT a.answered) AS failed
    FROM sole s LEFT JOIN answer a USING (host)
    GROUP BY s.server_id, s.what
  ), size AS (
    SELECT n.server_id, CAST(count(*) AS INTEGER) AS entries, sum(length(a.raw) + 1) AS letters, max(length(a.raw)) AS longest
    FROM named n JOIN advertisement a USING (advertisement_id)
    GROUP BY n.server_id
  ), list AS (
    SELECT se.server_id, max(o.reply_bytes - o.padding) AS bytes
    FROM server_endpoint se
    JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    JOIN observation o USING (visit_id)
    WHERE se.crawl_id = $crawl_id AND o.outcome = 'ok' AND o.probe LIKE 'peers#%'
    GROUP BY se.server_id
  )
  SELECT size.server_id, size.entries,
    CAST(count(*) FILTER (h.by_one AND h.problem IS NULL AND h.failed) AS INTEGER) AS sole_unanswered,
    CAST(count(*) FILTER (h.by_one AND h.problem IS NOT NULL) AS INTEGER) AS sole_impossible,
    CAST(coalesce(sum(greatest(h.entries - 4, 0)), 0) AS INTEGER) AS repeated,
    -- Spaces and spellings make a list longer by half at the most; entries that were cut tell no length.
    CAST(CASE WHEN size.longest < 4096 AND any_value(list.bytes) > 2 * size.letters + 1000
      THEN floor(size.entries * (any_value(list.bytes) / size.letters - 1)) ELSE 0 END AS INTEGER) AS recurring,
    coalesce(list(left(h.raw, 200) ORDER BY h.raw) FILTER (h.by_one AND (h.problem IS NOT NULL OR h.failed)), [])[1:5] AS examples
  FROM size LEFT JOIN by_host h USING (server_id) LEFT JOIN list USING (server_id)
  GROUP BY size.server_id, size.entries, size.letters, size.longest
  ORDER BY size.server_id`

export const Deep = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  compared_with: Text,
  not_compared: Text,
  differs: Texts
})
export const selectDeep = `
  WITH ${knownStrange}
  SELECT server_id, visit_id, compared_with, not_compared, differs
  FROM server_malformed ANTI JOIN strange USING (server_id, visit_id) WHERE crawl_id = $crawl_id`

export const Differential = Schema.Struct({
  server_id: Schema.Int,
  state: Schema.String,
  differing_first: Texts,
  told_both: Texts,
  p_value: Schema.NullOr(Schema.Finite),
  q_value: Schema.NullOr(Schema.Finite),
  servers_tested: Schema.Int
})
/** Of several endpoints the one that differs; series made for another crawl are about the same endpoint. */
export const selectDifferentials = `
  WITH ${knownStrange}, connection AS (
    SELECT endpoint_id, unnest(personas) AS persona, unnest(visit_ids) AS visit_id FROM differential
  ), told AS (
    SELECT k.endpoint_id, o.probe FROM connection k JOIN observation o USING (visit_id)
    WHERE o.outcome = 'ok' GROUP BY ALL HAVING count(DISTINCT k.persona) > 1
  ), both_ways AS (
    SELECT endpoint_id, list(probe) AS probes FROM told GROUP BY endpoint_id
  )
  SELECT se.server_id, d.state, d.differing_first, d.p_value, d.q_value, d.servers_tested,
    list_filter(d.differing_first, lambda question: list_contains(coalesce(b.probes, []), question)) AS told_both
  FROM server_endpoint se
  JOIN crawl c USING (crawl_id)
  JOIN differential_result d ON d.network = c.network AND d.endpoint_id = se.endpoint_id
  LEFT JOIN both_ways b ON b.endpoint_id = d.endpoint_id
  WHERE se.crawl_id = $crawl_id
    AND NOT EXISTS (
      FROM connection k JOIN strange x ON x.visit_id = k.visit_id
      WHERE k.endpoint_id = se.endpoint_id AND x.server_id = se.server_id
    )
  ORDER BY se.server_id, list_position(['differs', 'open', 'same', 'not comparable'], d.state), d.endpoint_id`

export const Certificate = Schema.Struct({
  server_id: Schema.Int,
  visit_id: Schema.Int,
  host: Schema.String,
  sha256: Schema.String,
  spki_sha256: Schema.String,
  subject: Schema.String,
  issuer: Schema.String,
  self_signed: Schema.Boolean,
  valid_from: Schema.NullOr(Schema.Finite),
  valid_to: Schema.NullOr(Schema.Finite),
  san_dns: Texts,
  verify_error: Text,
  chain_sha256: Texts,
  default_kinds: Texts
})
export const selectCertificates = `
  WITH ${answered}
  SELECT a.server_id, a.visit_id, a.host, x.sha256, x.spki_sha256, left(x.subject, 1000) AS subject,
    left(x.issuer, 1000) AS issuer, x.self_signed, epoch_ms(x.valid_from) AS valid_from, epoch_ms(x.valid_to) AS valid_to,
    x.san_dns[1:100] AS san_dns, t.verify_error, coalesce(t.chain_sha256, []) AS chain_sha256, ${kindsOf("a")}
  FROM answered a
  JOIN tls_session t USING (visit_id)
  JOIN certificate x ON x.sha256 = t.certificate_sha256
  ORDER BY a.server_id, a.visit_id`

export const Uptime = Schema.Struct({
  server_id: Schema.Int,
  uptime_share: Schema.NullOr(Schema.Finite),
  observations: Schema.Int,
  uptime_gap: Text
})
export const selectUptimes = `
  SELECT se.server_id, h.uptime_share, CAST(h.uptime_observations AS INTEGER) AS observations, h.uptime_gap
  FROM server_endpoint se
  JOIN crawl c USING (crawl_id)
  JOIN endpoint_history h ON h.network = c.network AND h.endpoint_id = se.endpoint_id
  WHERE se.crawl_id = $crawl_id
  ORDER BY se.server_id, h.uptime_share DESC NULLS LAST, h.uptime_observations DESC, se.endpoint_id`

import type { Subject } from "./formats.ts"
import { serverMeanings } from "./shown.ts"

/** A subject that is rows. */
export type TableSubject = Exclude<Subject, "all" | "evidence">

/** What is written of one subject, and what its columns mean. */
export interface ExportTable {
  readonly title: string
  /** At which level a row counts. */
  readonly level: string
  /** Reads tables of the crawl and those of `shown.ts`; the columns of `about` come first in every row. */
  readonly sql: string
  /** Tables of the database whose column of the same name says what a column means, the first that has it. */
  readonly meaningsOf: ReadonlyArray<string>
  /** What the other columns mean. */
  readonly meanings: Readonly<Record<string, string>>
}

const place = {
  server_id: "Number of the server in this crawl.",
  host: "Host of the endpoint.",
  port: "Port of the endpoint.",
  transport: "tcp, tls, ws or wss."
}

/** Regular visits of the chosen servers, by hosts that are shown. */
const visited = `
  visited AS (
    SELECT se.server_id, e.endpoint_id, e.host, e.port, e.transport, v.*  EXCLUDE (crawl_id, endpoint_id)
    FROM about a
    JOIN visit v ON v.crawl_id = a.crawl_id AND v.kind = 'regular'
    JOIN endpoint e ON e.endpoint_id = v.endpoint_id
    JOIN server_endpoint se ON se.crawl_id = a.crawl_id AND se.endpoint_id = v.endpoint_id
    JOIN chosen c ON c.server_id = se.server_id
    JOIN shown_host h ON h.server_id = se.server_id AND h.host = e.host
  )`

export const exportTables: Readonly<Record<TableSubject, ExportTable>> = {
  servers: {
    title: "Servers",
    level: "server",
    sql: "SELECT a.*, s.* FROM about a CROSS JOIN shown_server s JOIN chosen USING (server_id) ORDER BY s.server_id",
    meaningsOf: [],
    meanings: serverMeanings
  },
  announcements: {
    title: "Announcements: who said that a server exists, and how often",
    level: "advertisement, by source",
    sql: `
      WITH home AS (
        SELECT se.endpoint_id, se.server_id, e.host FROM about a
        JOIN server_endpoint se ON se.crawl_id = a.crawl_id
        JOIN endpoint e USING (endpoint_id)
        JOIN shown_host h ON h.server_id = se.server_id AND h.host = e.host
      ), aim AS (
        SELECT ae.advertisement_id, min(home.server_id) AS server_id
        FROM advertisement_endpoint ae JOIN home USING (endpoint_id) GROUP BY ae.advertisement_id
      )
      SELECT a.*, f.server_id AS from_server_id, f.host AS from_host, s.kind AS source_kind, CASE WHEN f.server_id IS NULL THEN s.name END AS source,
        t.server_id AS to_server_id, d.host AS to_host, d.address, d.version_text, d.services, d.tcp_port, d.tls_port, d.ws_port, d.wss_port,
        d.pruning, d.problem, d.raw, n.times_seen, n.times_asked, n.first_seen_at
      FROM about a
      JOIN advertised n ON n.crawl_id = a.crawl_id
      JOIN source s ON s.source_id = n.source_id
      JOIN advertisement d ON d.advertisement_id = n.advertisement_id
      LEFT JOIN home f ON f.endpoint_id = s.endpoint_id
      LEFT JOIN aim t ON t.advertisement_id = n.advertisement_id
      WHERE CASE WHEN s.endpoint_id IS NULL THEN (SELECT local FROM audience) ELSE f.server_id IN (SELECT server_id FROM chosen) END
        -- What a server claims of itself may be an address that it binds to, and lists of ours say where we began.
        AND (s.kind = 'server' OR (SELECT local FROM audience))
        AND (d.host IS NULL OR d.host NOT IN (SELECT host FROM withheld_host))`,
    meaningsOf: ["advertisement", "advertised"],
    meanings: {
      from_server_id: "Server that said it; null where no server did.",
      from_host: "Host at which that server was asked.",
      source_kind: "server: its peer list. Only in local exports: features, list, irc, database, user.",
      source: "The list, channel or command line, where no server said it.",
      to_server_id: "Server that is meant; null where none is known at those ports.",
      to_host: "Host announced, canonical; null when there is none to speak of."
    }
  },
  graph: {
    title: "Announcement graph: which server names which",
    level: "server, pairs of them",
    sql: `
      SELECT a.*, e.from_server_id, f.host AS from_host, e.to_server_id, t.host AS to_host,
        max(least(1.0, e.times_seen / e.times_asked))::DOUBLE AS weight,
        count(DISTINCT e.to_endpoint_id)::INTEGER AS endpoints
      FROM about a
      JOIN peer_edge e ON e.crawl_id = a.crawl_id AND e.times_asked > 0 AND e.times_seen > 0 AND e.from_server_id <> e.to_server_id
      JOIN chosen cf ON cf.server_id = e.from_server_id
      JOIN chosen ct ON ct.server_id = e.to_server_id
      JOIN shown_server f ON f.server_id = e.from_server_id
      JOIN shown_server t ON t.server_id = e.to_server_id
      WHERE (e.from_server_id, e.from_host) IN (SELECT (server_id, host) FROM shown_host)
        AND (e.to_server_id, e.to_host) IN (SELECT (server_id, host) FROM shown_host)
      GROUP BY ALL ORDER BY e.from_server_id, e.to_server_id`,
    meaningsOf: [],
    meanings: {
      from_server_id: "Server in whose peer lists it stands.",
      from_host: "Name it is shown under.",
      to_server_id: "Server that is named.",
      to_host: "Name it is shown under.",
      weight: "Largest share of the lists asked for in which it stood, 0 to 1.",
      endpoints: "Endpoints of it that were named."
    }
  },
  fingerprints: {
    title: "What servers say they are, and what they behave like",
    level: "endpoint (regular visit)",
    sql: `
      WITH ${visited}
      SELECT a.*, v.server_id, v.endpoint_id, v.host, v.port, v.transport, v.started_at AS visited_at, v.software, v.protocol,
        v.features_software, v.features_protocol_min, v.features_protocol_max,
        i.implementation, i.version_range, i.confidence, i.proxy, i.contradictions, i.remarks, i.fingerprint_hash, i.fingerprint_recipe,
        m.response AS malformed_response, m.compared_with AS malformed_compared_with, m.differs AS malformed_differs,
        t.median_ms, t.deviation_ms, t.paced
      FROM about a CROSS JOIN visited v
      JOIN identification i USING (visit_id)
      LEFT JOIN server_malformed m ON m.crawl_id = a.crawl_id AND m.server_id = v.server_id
      LEFT JOIN timing t USING (visit_id)
      ORDER BY v.server_id, v.endpoint_id, v.visit_id`,
    meaningsOf: ["identification", "visit", "timing"],
    meanings: {
      ...place,
      endpoint_id: "Number of the endpoint in this file, the same in all crawls.",
      visited_at: "When the visit began, UTC.",
      malformed_response: "How its newest deep visit was answered: ok, error, refused, closed, empty, truncated or differs.",
      malformed_compared_with: "Software whose defaults those answers were held against; null when not compared.",
      malformed_differs: "Malformed requests answered otherwise than by default."
    }
  },
  tls: {
    title: "TLS sessions and certificates",
    level: "endpoint (regular visit)",
    sql: `
      WITH ${visited}
      SELECT a.*, v.server_id, v.endpoint_id, v.host, v.port, v.transport, v.started_at AS visited_at,
        s.version, s.cipher, s.key_exchange, s.alpn, s.sni, s.verify_error, s.session_offered, s.wallet_accepts, s.wallet_accepts_reason,
        CASE WHEN j.sha256 IS NULL THEN s.certificate_sha256 END AS certificate_sha256, CASE WHEN j.sha256 IS NULL THEN s.chain_sha256 END AS chain_sha256, x.spki_sha256, x.subject, x.issuer, x.serial, x.valid_from, x.valid_to, x.san_dns, x.san_ip,
        x.key_type, x.signature_algorithm, x.self_signed
      FROM about a CROSS JOIN visited v
      JOIN tls_session s USING (visit_id)
      JOIN shown_server o ON o.server_id = v.server_id
      -- What an onion and clearnet both show joins them, which their operator may not have published.
      LEFT JOIN joining_certificate j ON j.sha256 = s.certificate_sha256 AND o.network_classes = ['onion']
      LEFT JOIN certificate x ON x.sha256 = s.certificate_sha256 AND j.sha256 IS NULL
      ORDER BY v.server_id, v.endpoint_id, v.visit_id`,
    meaningsOf: ["tls_session", "certificate"],
    meanings: { ...place, endpoint_id: "Number of the endpoint in this file, the same in all crawls.", visited_at: "When the visit began, UTC." }
  },
  clusters: {
    title: "Groups of servers, one row for each member",
    level: "server, by group",
    sql: `
      SELECT a.*, k.cluster_id, k.kind, k.statement, k.servers AS cluster_servers, k.posterior, k.weakest_link, k.evidence, m.server_id, s.host,
        m.posterior AS member_posterior, m.evidence AS member_evidence
      FROM about a
      JOIN cluster_member m ON m.crawl_id = a.crawl_id
      JOIN shown_cluster k ON k.cluster_id = m.cluster_id AND (k.members IS NULL OR list_contains(k.members, m.server_id))
      JOIN chosen USING (server_id)
      JOIN shown_server s ON s.server_id = m.server_id
      ORDER BY m.cluster_id, m.server_id`,
    meaningsOf: ["cluster"],
    meanings: {
      statement: "What is said of the group; never who operates it.",
      cluster_servers: "Members, counted as servers.",
      server_id: "The member.",
      host: "The name it is shown under.",
      member_posterior: "Probability of its strongest link to another member; null for what is seen, not inferred.",
      member_evidence: "What ties this member to the group."
    }
  },
  indicators: {
    title: "Indicators of suspicion: what was found, or why it was not tested",
    level: "server, by indicator",
    sql: `
      SELECT a.*, i.server_id, s.host, s.score, i.name, i.value, i.share, i.weight, i.points, i.base_rate, i.untested, i.detail
      FROM about a
      JOIN indicator i ON i.crawl_id = a.crawl_id
      JOIN suspicion u ON u.crawl_id = i.crawl_id AND u.server_id = i.server_id
      JOIN chosen c ON c.server_id = i.server_id
      -- A server whose score is withheld is not told about in parts either.
      JOIN shown_server s ON s.server_id = i.server_id AND s.score IS NOT DISTINCT FROM u.score
      ORDER BY i.server_id, i.name`,
    meaningsOf: ["indicator"],
    meanings: { host: "The name it is shown under.", score: "Score of the server: the sum of its points, 0 to 100." }
  },
  notes: {
    title: "Notes that people wrote about servers",
    level: "note",
    sql: `
      SELECT a.*, n.note_id, h.server_id, n.host, n.author, n.written_at, n.note
      FROM about a CROSS JOIN shown_note n
      LEFT JOIN (SELECT host, min(server_id) AS server_id FROM shown_host GROUP BY host) h ON h.host = n.host
      WHERE h.server_id IN (SELECT server_id FROM chosen) OR (h.server_id IS NULL AND (SELECT local FROM audience))
      ORDER BY n.note_id`,
    meaningsOf: [],
    meanings: {
      note_id: "Number of the note.",
      server_id: "Server of this crawl at that host; null where it has none.",
      host: "Host that the note is about.",
      author: "Who wrote it.",
      written_at: "When, UTC.",
      note: "What was written."
    }
  }
}

/** What the columns mean that stand in every row. */
export const aboutMeanings: Readonly<Record<string, string>> = {
  crawl_id: "Crawl that saw it.",
  network: "Network of the crawl.",
  simulated: "The network is invented: no finding about real servers.",
  code_version: "Version of the program that made the crawl.",
  licence: "Terms under which this may be used and passed on (SPDX)."
}

/** Subjects that are rows, in the order of `--what all`. */
export const tableSubjects = Object.keys(exportTables) as ReadonlyArray<TableSubject>

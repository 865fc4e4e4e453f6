import { BIGINT, BLOB, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, INTEGER, LIST, TIMESTAMP, VARCHAR } from "@duckdb/node-api"

const VARCHARS = LIST(VARCHAR)
const INTEGERS = LIST(INTEGER)
const DOUBLES = LIST(DOUBLE)

/**
 * The tables that are appended to, with their columns in the order of the
 * schema. JSON columns take VARCHAR.
 */
export const tables = {
  endpoint: {
    endpoint_id: INTEGER,
    host: VARCHAR,
    port: INTEGER,
    transport: VARCHAR,
    network_class: VARCHAR,
    endpoint_key: VARCHAR
  },
  endpoint_state: {
    crawl_id: INTEGER,
    endpoint_id: INTEGER,
    sequence: BIGINT,
    state: VARCHAR,
    reason: VARCHAR,
    detail: VARCHAR,
    changed_at: TIMESTAMP
  },
  cost_ledger: {
    vantage: VARCHAR,
    target: VARCHAR,
    booked_at: TIMESTAMP,
    balance: DOUBLE,
    back_off_until: TIMESTAMP,
    reason: VARCHAR,
    crawl_id: INTEGER
  },
  source: {
    source_id: INTEGER,
    kind: VARCHAR,
    name: VARCHAR,
    detail: VARCHAR,
    endpoint_id: INTEGER
  },
  advertisement: {
    advertisement_id: INTEGER,
    network: VARCHAR,
    raw: VARCHAR,
    host: VARCHAR,
    network_class: VARCHAR,
    address: VARCHAR,
    version_text: VARCHAR,
    services: VARCHAR,
    tcp_port: INTEGER,
    tls_port: INTEGER,
    ws_port: INTEGER,
    wss_port: INTEGER,
    pruning: BIGINT,
    problem: VARCHAR,
    notes: VARCHARS,
    raw_octets: BLOB
  },
  advertisement_endpoint: {
    advertisement_id: INTEGER,
    endpoint_id: INTEGER
  },
  reading: {
    crawl_id: INTEGER,
    source_id: INTEGER,
    read_at: TIMESTAMP,
    times_asked: INTEGER,
    entries: INTEGER,
    dropped: INTEGER,
    advertisement_ids: INTEGERS,
    times_seen: INTEGERS
  },
  collection: {
    crawl_id: INTEGER,
    source_id: INTEGER,
    started_at: TIMESTAMP,
    ended_at: TIMESTAMP,
    outcome: VARCHAR,
    reason: VARCHAR,
    detail: VARCHAR,
    announcements: INTEGER,
    dropped: INTEGER,
    dated_at: TIMESTAMP,
    sha256: VARCHAR
  },
  visit: {
    visit_id: INTEGER,
    crawl_id: INTEGER,
    endpoint_id: INTEGER,
    started_at: TIMESTAMP,
    outcome: VARCHAR,
    reason: VARCHAR,
    phase: VARCHAR,
    detail: VARCHAR,
    address: VARCHAR,
    resolved_by: VARCHAR,
    addresses: VARCHARS,
    via: VARCHAR,
    resolved_ms: DOUBLE,
    connected_ms: DOUBLE,
    tls_ms: DOUBLE,
    handshake_ms: DOUBLE,
    ended_ms: DOUBLE,
    bytes_in: BIGINT,
    bytes_out: BIGINT,
    requests: INTEGER,
    cost: DOUBLE,
    software: VARCHAR,
    protocol: VARCHAR,
    banner: VARCHAR,
    donation_address: VARCHAR,
    tip_height: BIGINT,
    tip_hash: VARCHAR,
    tip_time: TIMESTAMP,
    tip_valid_work: BOOLEAN,
    chain_verdict: VARCHAR,
    chain: VARCHAR,
    chain_headers: VARCHAR,
    features_software: VARCHAR,
    features_protocol_min: VARCHAR,
    features_protocol_max: VARCHAR,
    features_genesis_hash: VARCHAR,
    features_hash_function: VARCHAR,
    features_pruning: BIGINT,
    features_hosts: VARCHAR,
    features_services: VARCHARS,
    features_key: VARCHAR,
    kind: VARCHAR,
    tcp_connect_ms: DOUBLE,
    default_values: VARCHAR,
    banner_octets: BLOB
  },
  observation: {
    visit_id: INTEGER,
    probe: VARCHAR,
    method: VARCHAR,
    sent_ms: DOUBLE,
    latency_ms: DOUBLE,
    outcome: VARCHAR,
    error_code: BIGINT,
    error_message: VARCHAR,
    reply_bytes: BIGINT,
    reply_raw: VARCHAR,
    value: VARCHAR,
    line_end: VARCHAR,
    padding: INTEGER,
    reply_octets: BLOB,
    params: VARCHAR
  },
  identification: {
    visit_id: INTEGER,
    implementation: VARCHAR,
    since_release: VARCHAR,
    before_release: VARCHAR,
    version_range: VARCHAR,
    confidence: DOUBLE,
    contradictions: VARCHARS,
    remarks: VARCHARS,
    candidates: VARCHAR,
    readings: VARCHAR,
    fingerprint_hash: VARCHAR,
    fingerprint_recipe: INTEGER,
    proxy: VARCHARS
  },
  behaviour: {
    visit_id: INTEGER,
    subject: VARCHAR,
    script_form: VARCHAR,
    response: VARCHAR,
    defaults: VARCHARS,
    filtered: BOOLEAN,
    causes: VARCHARS,
    detail: VARCHAR
  },
  timing: {
    visit_id: INTEGER,
    pings: INTEGER,
    median_ms: DOUBLE,
    deviation_ms: DOUBLE,
    mad_ms: DOUBLE,
    paced: BOOLEAN,
    untimed: VARCHAR
  },
  peers_reply: {
    visit_id: INTEGER,
    asked: INTEGER,
    distinct_entries: INTEGER,
    dropped: INTEGER,
    unseen_mass: DOUBLE
  },
  certificate: {
    sha256: VARCHAR,
    spki_sha256: VARCHAR,
    subject: VARCHAR,
    issuer: VARCHAR,
    serial: VARCHAR,
    valid_from: TIMESTAMP,
    valid_to: TIMESTAMP,
    san_dns: VARCHARS,
    san_ip: VARCHARS,
    key_type: VARCHAR,
    signature_algorithm: VARCHAR,
    self_signed: BOOLEAN,
    der: BLOB
  },
  chain_certificate: {
    sha256: VARCHAR,
    der: BLOB
  },
  tls_session: {
    visit_id: INTEGER,
    version: VARCHAR,
    cipher: VARCHAR,
    key_exchange: VARCHAR,
    alpn: VARCHAR,
    sni: VARCHAR,
    verify_error: VARCHAR,
    certificate_sha256: VARCHAR,
    chain_sha256: VARCHARS,
    session_offered: BOOLEAN,
    wallet_accepts: BOOLEAN,
    wallet_accepts_reason: VARCHAR
  },
  differential: {
    crawl_id: INTEGER,
    servers_of: INTEGER,
    server_id: INTEGER,
    endpoint_id: INTEGER,
    stage: VARCHAR,
    started_at: TIMESTAMP,
    personas: VARCHARS,
    visit_ids: INTEGERS,
    outcome: VARCHAR,
    compared: VARCHARS,
    varying: VARCHARS,
    differing: VARCHARS,
    statistic: DOUBLE,
    p_value: DOUBLE,
    again_from: TIMESTAMP,
    detail: VARCHAR
  },
  snapshot: {
    snapshot_id: INTEGER,
    crawl_id: INTEGER,
    servers_of: INTEGER,
    started_at: TIMESTAMP,
    window_ms: DOUBLE,
    attempt: INTEGER,
    state: VARCHAR,
    reason: VARCHAR,
    tip_height: BIGINT,
    tip_hash: VARCHAR,
    servers: INTEGER,
    compared: INTEGER
  },
  snapshot_reading: {
    snapshot_id: INTEGER,
    server_id: INTEGER,
    endpoint_id: INTEGER,
    visit_id: INTEGER,
    state: VARCHAR,
    detail: VARCHAR,
    implementation: VARCHAR,
    version_range: VARCHAR,
    sent_ms: DOUBLE,
    received_ms: DOUBLE,
    tip_height: BIGINT,
    tip_hash: VARCHAR,
    tip_after_height: BIGINT,
    tip_after_hash: VARCHAR,
    fee_targets: INTEGERS,
    fee_outcomes: VARCHARS,
    fee_texts: VARCHARS,
    fees: DOUBLES,
    histogram_outcome: VARCHAR,
    histogram_text: VARCHAR,
    histogram: VARCHAR,
    mempool_info_outcome: VARCHAR,
    mempool_info_text: VARCHAR,
    mempool_min_fee: DOUBLE,
    min_relay_fee: DOUBLE,
    incremental_relay_fee: DOUBLE,
    unbroadcast_count: BIGINT,
    relay_fee_outcome: VARCHAR,
    relay_fee_text: VARCHAR,
    relay_fee: DOUBLE
  },
  malformed_reply: {
    visit_id: INTEGER,
    response: VARCHAR,
    compared_with: VARCHAR,
    differs: VARCHARS,
    answers: VARCHAR,
    not_compared: VARCHAR
  },
  probe_due: {
    sequence: BIGINT,
    network: VARCHAR,
    vantage: VARCHAR,
    kind: VARCHAR,
    endpoint_id: INTEGER,
    crawl_id: INTEGER,
    state: VARCHAR,
    due_at: TIMESTAMP,
    visit_id: INTEGER,
    detail: VARCHAR,
    changed_at: TIMESTAMP
  },
  sighting: {
    run_id: INTEGER,
    crawl_id: INTEGER,
    endpoint_id: INTEGER,
    seen_at: TIMESTAMP,
    state: VARCHAR,
    reason: VARCHAR,
    way: VARCHAR,
    visit_id: INTEGER,
    due_at: TIMESTAMP
  },
  held_session: {
    sequence: BIGINT,
    run_id: INTEGER,
    crawl_id: INTEGER,
    endpoint_id: INTEGER,
    opened_at: TIMESTAMP,
    ended_at: TIMESTAMP,
    ended_by: VARCHAR,
    detail: VARCHAR
  },
  tip_arrival: {
    run_id: INTEGER,
    crawl_id: INTEGER,
    endpoint_id: INTEGER,
    height: BIGINT,
    block_hash: VARCHAR,
    arrived_at: TIMESTAMP,
    steady_ms: DOUBLE
  },
  server: {
    crawl_id: INTEGER,
    server_id: INTEGER,
    chain: VARCHAR,
    confirmed: BOOLEAN,
    endpoints: INTEGER
  },
  server_endpoint: {
    crawl_id: INTEGER,
    server_id: INTEGER,
    endpoint_id: INTEGER,
    evidence: VARCHAR
  }
} as const satisfies Record<string, Record<string, DuckDBType>>

export type TableName = keyof typeof tables

/** A row of a table, as it is appended. */
export type RowOf<T extends TableName> = { readonly [C in keyof (typeof tables)[T]]: DuckDBValue }

export const tableNames = Object.keys(tables) as ReadonlyArray<TableName>

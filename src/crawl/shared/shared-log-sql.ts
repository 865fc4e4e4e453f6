/** Tables of the log, in Postgres; they lie beside whatever else is in that database. */
export const tablesSql = [
  `CREATE TABLE IF NOT EXISTS observatory_crawl (
    name TEXT PRIMARY KEY, network TEXT NOT NULL, steps INTEGER NOT NULL, next_slot_ms DOUBLE PRECISION NOT NULL, began_ms DOUBLE PRECISION NOT NULL, terms TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS observatory_step (
    crawl TEXT NOT NULL, step INTEGER NOT NULL, at_ms DOUBLE PRECISION NOT NULL, runner TEXT NOT NULL, turn TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (crawl, step))`,
  `CREATE TABLE IF NOT EXISTS observatory_lease (
    crawl TEXT NOT NULL, endpoint_key TEXT NOT NULL, runner TEXT NOT NULL, until_ms DOUBLE PRECISION NOT NULL, PRIMARY KEY (crawl, endpoint_key))`
]

const nowMs = "(extract(epoch FROM clock_timestamp()) * 1000)::DOUBLE PRECISION"

/** While the database was away nobody could renew: after it was started each lease lasts once more. Takes the length of a lease as `$n`. */
const endOf = (leaseMs: string): string => `greatest(until_ms, (extract(epoch FROM pg_postmaster_start_time()) * 1000)::DOUBLE PRECISION + ${leaseMs}::DOUBLE PRECISION)`

/** Name, network, terms. */
export const beginSql = `INSERT INTO observatory_crawl (name, network, steps, next_slot_ms, began_ms, terms) VALUES ($1, $2, 0, 0, ${nowMs}, $3) ON CONFLICT DO NOTHING`

export const begunSql = "SELECT network, began_ms, terms FROM observatory_crawl WHERE name = $1"

/** Name, length of a lease: how far the log is, and which leases ended. */
export const headSql = `
  SELECT steps, next_slot_ms, ${nowMs} AS now_ms,
    (SELECT coalesce(json_agg(json_build_object('key', endpoint_key, 'runner', runner) ORDER BY endpoint_key), '[]')
     FROM observatory_lease WHERE crawl = $1 AND ${endOf("$2")} < ${nowMs})::TEXT AS lapsed
  FROM observatory_crawl WHERE name = $1`

/** Steps that are read at a time. */
export const mostSteps = 2_000

/** Name, after which step, up to which. */
export const stepsSql = "SELECT at_ms, turn, event FROM observatory_step WHERE crawl = $1 AND step > $2::INTEGER AND step <= $3::INTEGER ORDER BY step"

/** A decision that is older than this is no longer worth anything: its runner was frozen, or the way was cut. */
const staleMs = 2_000

/**
 * Appends steps where the log is still as far as it was when they were decided, with
 * the leases that they begin and end. Name, steps known, moment of the decision, next
 * moment for a connection or null, runner, mark of the turn, texts of the steps,
 * leases taken, leases ended (the last three as JSON). Says whether it did.
 */
export const appendSql = `
  WITH head AS (
    UPDATE observatory_crawl SET steps = steps + jsonb_array_length($7::JSONB), next_slot_ms = coalesce($4::DOUBLE PRECISION, next_slot_ms)
    WHERE name = $1 AND steps = $2::INTEGER AND ${nowMs} < $3::DOUBLE PRECISION + ${staleMs} RETURNING name
  ), step AS (
    INSERT INTO observatory_step SELECT name, $2::INTEGER + e.place, $3::DOUBLE PRECISION, $5::TEXT, $6::TEXT, e.text FROM head, jsonb_array_elements_text($7::JSONB) WITH ORDINALITY e (text, place)
  ), taken AS (
    INSERT INTO observatory_lease SELECT name, e->>'key', e->>'runner', (e->>'until')::DOUBLE PRECISION FROM head, jsonb_array_elements($8::JSONB) e
  ), ended AS (
    DELETE FROM observatory_lease USING head WHERE crawl = name AND endpoint_key IN (SELECT jsonb_array_elements_text($9::JSONB))
  )
  SELECT count(*)::INTEGER AS appended FROM head`

/** Name, holder, length of a lease, endpoints as JSON: those of its leases that have not ended last from now. */
export const renewSql = `
  UPDATE observatory_lease SET until_ms = ${nowMs} + $3::DOUBLE PRECISION
  WHERE crawl = $1 AND runner = $2 AND endpoint_key IN (SELECT jsonb_array_elements_text($4::JSONB)) AND ${endOf("$3")} >= ${nowMs}
  RETURNING endpoint_key AS key`

CREATE VIEW snapshot_value AS
WITH reading AS (
  SELECT r.*, s.servers_of, s.started_at, c.network, c.simulated,
    coalesce(r.min_relay_fee, r.relay_fee) AS relay_floor,
    greatest(coalesce(r.min_relay_fee, r.relay_fee, 0.00001), coalesce(r.mempool_min_fee, 0)) AS floor
  FROM snapshot_reading r
  JOIN snapshot s USING (snapshot_id)
  JOIN crawl c ON c.crawl_id = s.crawl_id
  WHERE s.state = 'kept' AND r.state = 'compared'
), value AS (
  SELECT *, 'fee vector' AS kind, NULL AS within,
    array_to_string(list_transform(fees, lambda fee: CASE WHEN fee < 0 THEN 'none' ELSE CAST(CAST(round(fee * 1e8) AS HUGEINT) AS VARCHAR) END), ' ') AS value,
    len(fees) AS elements,
    len(list_filter(fees, lambda fee: fee < 0 OR round(fee * 1e8) <= round(floor * 1e8))) AS elements_at_floor
  FROM reading
  WHERE len(fees) > 0 AND len(list_filter(fees, lambda fee: fee IS NULL OR fee > 1e6)) = 0
  UNION ALL
  SELECT *, 'fee histogram', concat_ws(' ', implementation, version_range), histogram_text,
    CAST(json_array_length(histogram) AS INTEGER), NULL
  FROM reading
  WHERE histogram_text IS NOT NULL AND implementation IS NOT NULL
  UNION ALL
  SELECT *, 'mempool minimum fee', NULL, CAST(CAST(round(mempool_min_fee * 1e8) AS HUGEINT) AS VARCHAR), 1,
    CAST(mempool_min_fee <= relay_floor AS INTEGER)
  FROM reading
  WHERE mempool_min_fee BETWEEN 0 AND 1e6 AND relay_floor IS NOT NULL
  UNION ALL
  SELECT *, 'relay fee', NULL, CAST(CAST(round(relay_floor * 1e8) AS HUGEINT) AS VARCHAR), 1,
    CAST(round(relay_floor * 1e8) IN (100, 1000) AS INTEGER)
  FROM reading
  WHERE relay_floor BETWEEN 0 AND 1e6
  UNION ALL
  SELECT *, 'unbroadcast transactions', NULL, CAST(unbroadcast_count AS VARCHAR), 1, CAST(unbroadcast_count = 0 AS INTEGER)
  FROM reading
  WHERE unbroadcast_count IS NOT NULL
)
SELECT snapshot_id, started_at, servers_of, network, simulated, server_id, endpoint_id, tip_height, tip_hash,
  kind, within, value, elements, elements_at_floor,
  CASE
    WHEN kind = 'fee vector' AND elements_at_floor = elements THEN 'quiet mempool: every estimate is at the floor, or missing'
    WHEN kind = 'fee vector' AND elements - elements_at_floor < 4 THEN 'fewer than four estimates above the floor'
    WHEN kind = 'fee histogram' AND elements < 3 THEN 'quiet mempool: fewer than three bins'
    WHEN kind = 'mempool minimum fee' AND elements_at_floor > 0 THEN 'the relay fee: its mempool is not full'
    WHEN kind = 'relay fee' AND elements_at_floor > 0 THEN 'a default of Bitcoin Core'
    WHEN kind = 'unbroadcast transactions' AND elements_at_floor > 0 THEN 'none, as mostly'
  END AS common_because
FROM value;
COMMENT ON VIEW snapshot_value IS 'One row is one value of one server in one kept snapshot that may be compared with other servers'' values: those of the same snapshot, kind, within and tip_hash. Equal values are what one node behind both shows; chance and hosted nodes do it too. Level: server.';
COMMENT ON COLUMN snapshot_value.snapshot_id IS 'The snapshot; never compare across snapshots. Never null.';
COMMENT ON COLUMN snapshot_value.started_at IS 'When it was taken, UTC. Never null.';
COMMENT ON COLUMN snapshot_value.servers_of IS 'The crawl whose servers were asked. Never null.';
COMMENT ON COLUMN snapshot_value.network IS 'Name of the chain. Never null.';
COMMENT ON COLUMN snapshot_value.simulated IS 'True: a simulated network. Never null.';
COMMENT ON COLUMN snapshot_value.server_id IS 'The server, as that crawl joined it. Never null.';
COMMENT ON COLUMN snapshot_value.endpoint_id IS 'The endpoint asked. Never null.';
COMMENT ON COLUMN snapshot_value.tip_height IS 'Height of the tip it showed before and after. Null when not known.';
COMMENT ON COLUMN snapshot_value.tip_hash IS 'Block hash of that tip: estimates belong to a block. Null when not known.';
COMMENT ON COLUMN snapshot_value.kind IS 'fee vector (all targets estimated, satoshi per 1,000 vB, none where there is no estimate), fee histogram (as written), mempool minimum fee, relay fee (both satoshi per 1,000 vB), unbroadcast transactions. Never null.';
COMMENT ON COLUMN snapshot_value.within IS 'Only servers with the same text here are comparable: of histograms the software and releases that the server behaves like, which bin differently; null where all are.';
COMMENT ON COLUMN snapshot_value.value IS 'The value in one spelling. Never null.';
COMMENT ON COLUMN snapshot_value.elements IS 'Parts of the value: estimates, bins. Null where a histogram could not be read as a list.';
COMMENT ON COLUMN snapshot_value.elements_at_floor IS 'Parts that say little: estimates missing or not above what the server''s node relays or keeps at least (0.00001 BTC where it does not tell); null for histograms.';
COMMENT ON COLUMN snapshot_value.common_because IS 'Why strangers have this value too, e.g. a quiet mempool; null when nothing of the kind is known.';

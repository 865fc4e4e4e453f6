CREATE VIEW server_metadata AS
WITH reply AS (
  SELECT o.visit_id, o.probe, any_value(o.value) AS value,
    CASE any_value(o.outcome)
      WHEN 'ok' THEN CASE WHEN any_value(o.value) = 'null' THEN 'answered null' ELSE 'answered in another form' END
      WHEN 'not asked' THEN 'not asked' || coalesce(': ' || any_value(o.error_message), '')
      ELSE any_value(o.outcome) || coalesce(' ' || any_value(o.error_code), '')
    END AS why
  FROM latest_crawl l
  JOIN visit v ON v.crawl_id = l.crawl_id AND v.kind = 'regular'
  JOIN observation o ON o.visit_id = v.visit_id
  WHERE o.probe IN ('banner', 'donation address', 'tip', 'features', 'relay fee', 'fee histogram', 'mempool info') OR o.probe LIKE 'fee#%'
  GROUP BY o.visit_id, o.probe
), replies AS (
  SELECT visit_id,
    max(CASE WHEN probe = 'relay fee' THEN TRY_CAST(value AS DOUBLE) END) AS relay_fee,
    max(value) FILTER (probe = 'fee histogram') AS fee_histogram,
    max(value) FILTER (probe = 'mempool info') AS mempool_info,
    map(
      list(TRY_CAST(probe[5:] AS INTEGER) ORDER BY TRY_CAST(probe[5:] AS INTEGER)) FILTER (probe LIKE 'fee#%' AND TRY_CAST(probe[5:] AS INTEGER) IS NOT NULL),
      list(TRY_CAST(value AS DOUBLE) ORDER BY TRY_CAST(probe[5:] AS INTEGER)) FILTER (probe LIKE 'fee#%' AND TRY_CAST(probe[5:] AS INTEGER) IS NOT NULL)
    ) AS fee_vector,
    map(list(probe ORDER BY probe), list(why ORDER BY probe)) AS why
  FROM reply GROUP BY visit_id
), answer AS (
  SELECT
    visit_id,
    subject,
    arg_min(
      response,
      list_position(['differs', 'truncated', 'empty', 'closed', 'error', 'refused', 'ok', 'not asked'], response)
    ) AS response,
    any_value(detail->>'because') AS because
  FROM behaviour
  WHERE subject IN ('balance', 'history')
  GROUP BY visit_id, subject
), found AS NOT MATERIALIZED (
  SELECT
    ce.crawl_id, ce.endpoint_id, se.server_id, ce.host, ce.network, ce.simulated,
    p.address AS ip,
    ce.port,
    ce.transport IN ('tls', 'wss') AS ssl,
    ce.reachable,
    ti.median_ms AS latency_ms,
    v.banner,
    v.protocol AS protocol_version,
    v.software AS server_version,
    ts.certificate_sha256,
    x.issuer,
    x.valid_from,
    x.valid_to,
    x.san_dns,
    ba.response AS balance_response,
    hi.response AS history_response,
    d.response AS malformed_response,
    CASE WHEN th.visit_id IS NOT NULL THEN true WHEN v.software IS NOT NULL THEN false END AS rate_limit_triggered,
    ti.deviation_ms AS timing_variance,
    i.fingerprint_hash,
    coalesce(p.country_located, p.country_registered) AS country,
    p.city,
    p.asn,
    p.org,
    p.cloud_provider,
    CASE WHEN op.host IS NULL THEN su.score END AS honeypot_score,
    g.cluster_id,
    CASE
      WHEN ce.visit_id IS NULL THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state)
        || coalesce(' (' || ce.not_visited_detail || ')', '')
      WHEN ce.outcome = 'failed' THEN 'failed: ' || coalesce(ce.reason, 'unknown') || coalesce(' (' || ce.phase || ')', '')
    END AS notes,
    p.country_located,
    p.country_registered,
    p.reverse_names,
    p.place_note,
    i.implementation,
    i.version_range,
    i.confidence AS identification_confidence,
    i.proxy,
    CASE WHEN v.default_values IS NOT NULL
      THEN list_sort(list_distinct(list_transform(CAST(v.default_values AS JSON[]), lambda entry: entry->>'kind'))) END AS default_values,
    i.contradictions,
    v.started_at AS visited_at,
    h.first_known,
    h.first_seen,
    h.last_seen,
    h.uptime_share,
    coalesce(h.uptime_observations, 0) AS uptime_observations,
    x.spki_sha256,
    x.subject,
    x.serial,
    x.san_ip,
    x.key_type,
    x.signature_algorithm,
    x.self_signed,
    ts.chain_sha256,
    ts.verify_error,
    ts.wallet_accepts,
    ts.wallet_accepts_reason,
    ts.version AS tls_version,
    ts.cipher,
    ts.key_exchange,
    ts.session_offered,
    ts.alpn,
    ts.sni,
    v.donation_address,
    v.features_hosts AS advertised_hosts,
    v.features_services AS advertised_services,
    v.features_protocol_min AS protocol_min,
    v.features_protocol_max AS protocol_max,
    v.features_pruning AS pruning,
    v.features_genesis_hash AS advertised_genesis_hash,
    coalesce(r.relay_fee, TRY_CAST(TRY_CAST(r.mempool_info AS JSON)->>'minrelaytxfee' AS DOUBLE)) AS relay_fee,
    CASE WHEN len(list_filter(map_values(r.fee_vector), lambda fee: fee IS NOT NULL)) > 0 THEN r.fee_vector END AS fee_vector,
    TRY_CAST(r.fee_histogram AS JSON) AS fee_histogram,
    TRY_CAST(r.mempool_info AS JSON) AS mempool_info,
    v.tip_height,
    v.tip_hash,
    v.tip_time,
    v.tip_valid_work,
    v.chain_verdict,
    v.chain,
    v.via,
    CASE WHEN len(v.addresses) = 0 THEN coalesce(p.addresses, v.addresses) ELSE v.addresses END AS addresses,
    v.resolved_ms,
    v.tcp_connect_ms,
    round(v.tls_ms - v.connected_ms, 3) AS tls_handshake_ms,
    round(v.handshake_ms - coalesce(v.tls_ms, v.connected_ms), 3) AS version_ms,
    v.ended_ms AS visit_ms,
    i.deep_implementation,
    i.deep_version_range,
    d.visited_at AS deep_visited_at,
    d.compared_with AS malformed_compared_with,
    d.differs AS malformed_differs,
    d.answers AS malformed_answers,
    d.not_compared,
    CASE WHEN v.chain_verdict = 'other' THEN 'of another chain than its crawl, which makes no deep visits there' ELSE 'no deep visit yet' END AS no_deep,
    th.requests AS rate_limit_requests,
    th.cost AS rate_limit_cost,
    th.possibly_ours AS rate_limit_possibly_ours,
    g.operator_posterior,
    g.backend_id,
    g.machine_id,
    g.behaviour_cluster_id,
    g.community_id,
    -- From here on for the reasons only.
    CASE
      WHEN ce.visit_id IS NULL THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state)
        || coalesce(' (' || ce.not_visited_detail || ')', '')
    END AS no_visit,
    CASE
      WHEN ce.visit_id IS NULL THEN no_visit
      WHEN ce.outcome = 'failed' AND v.software IS NULL AND v.protocol IS NULL
        THEN 'failed: ' || coalesce(ce.reason, 'unknown') || coalesce(' (' || ce.phase || ')', '')
    END AS no_session,
    CASE
      WHEN ce.transport NOT IN ('tls', 'wss') THEN 'the endpoint does not speak TLS'
      WHEN ts.visit_id IS NULL THEN coalesce(no_session, 'no TLS handshake was stored')
    END AS no_tls,
    coalesce(no_tls, CASE WHEN ts.certificate_sha256 IS NULL THEN 'the certificate could not be read' END) AS no_certificate,
    CASE WHEN p.place_note NOT LIKE 'asn: %' THEN p.place_note END AS no_place,
    p.gaps,
    CASE WHEN p.gaps IS NULL THEN 'its addresses differ in it, or one has none' ELSE 'no source was asked' END AS place_gap,
    r.why,
    -- A visit for the topology asks nothing of scripts and fees and measures no round trips: it says so of the latter.
    CASE WHEN ti.untimed = 'not asked: topology visit' THEN ti.untimed END AS left_out,
    -- Fees and the like are asked before round trips are measured: what kept us from both is said of the latter.
    coalesce(left_out, 'not asked: ' || CASE WHEN ti.untimed NOT LIKE 'replies are padded%' THEN ti.untimed END, 'not asked') AS no_fees,
    CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN 'none was sent: addresses are not' ELSE 'none was sent' END AS no_sni,
    coalesce(ti.untimed, 'visited by a version that did not measure it') AS untimed,
    coalesce(ba.because, left_out, CASE WHEN ba.visit_id IS NULL THEN 'visited by a version that did not ask' ELSE 'cannot be judged' END) AS no_balance,
    coalesce(hi.because, left_out, CASE WHEN hi.visit_id IS NULL THEN 'visited by a version that did not ask' ELSE 'cannot be judged' END) AS no_history,
    v.features_services IS NOT NULL AS has_features,
    h.uptime_gap,
    i.disagreement,
    CASE
      WHEN op.host IS NOT NULL THEN 'not visited: another port of this host was, and its score is not held against this one'
      WHEN su.score IS NULL THEN coalesce(su.explanation, 'not analysed yet')
    END AS no_score,
    CASE
      WHEN ar.crawl_id IS NULL THEN 'not analysed yet'
      WHEN NOT coalesce(sv.confirmed, false) THEN 'its server never answered, and is compared with none'
      WHEN sv.chain <> ce.network THEN 'its server is of another chain, and is compared with none'
    END AS no_comparison
  FROM latest_crawl l
  JOIN crawl_endpoint ce ON ce.crawl_id = l.crawl_id
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
  LEFT JOIN certificate x ON x.sha256 = ts.certificate_sha256
  LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
  LEFT JOIN endpoint_place p ON p.crawl_id = ce.crawl_id AND p.endpoint_id = ce.endpoint_id
  LEFT JOIN endpoint_identification i ON i.visit_id = ce.visit_id
  LEFT JOIN endpoint_history h ON h.network = ce.network AND h.endpoint_id = ce.endpoint_id
  LEFT JOIN replies r ON r.visit_id = ce.visit_id
  -- A name may stand for several processes: nothing is said of one that was not met. Conditions on the row itself stand
  -- in the key: beside it DuckDB compares every row with every other.
  LEFT JOIN server_malformed d ON d.crawl_id = ce.crawl_id
    AND d.server_id = CASE WHEN ce.visit_id IS NOT NULL AND v.chain_verdict IS DISTINCT FROM 'other' THEN se.server_id END
  LEFT JOIN timing ti ON ti.visit_id = ce.visit_id
  LEFT JOIN answer ba ON ba.visit_id = ce.visit_id AND ba.subject = 'balance'
  LEFT JOIN answer hi ON hi.visit_id = ce.visit_id AND hi.subject = 'history'
  LEFT JOIN throttling th ON th.visit_id = ce.visit_id
  LEFT JOIN suspicion su ON su.crawl_id = ce.crawl_id AND su.server_id = se.server_id
  LEFT JOIN server sv ON sv.crawl_id = ce.crawl_id AND sv.server_id = se.server_id
  LEFT JOIN analysis_run ar ON ar.crawl_id = ce.crawl_id
  LEFT JOIN (
    SELECT DISTINCT crawl_id, host, transport FROM crawl_endpoint WHERE reachable
  ) op ON op.crawl_id = ce.crawl_id AND op.host = CASE WHEN ce.visit_id IS NULL THEN ce.host END AND op.transport = ce.transport
  LEFT JOIN server_group g ON g.crawl_id = ce.crawl_id AND g.server_id = se.server_id
)
SELECT
  * EXCLUDE (no_score, no_comparison, no_deep, not_compared, untimed, no_balance, no_history, no_visit, no_session, no_tls, no_certificate, no_place, gaps, place_gap, why, left_out, no_fees, no_sni, has_features, uptime_gap, disagreement),
  map_from_entries([gap FOR gap IN [
    {k: 'reachable', v: CASE WHEN reachable IS NULL THEN notes END},
    {k: 'visited_at', v: CASE WHEN visited_at IS NULL THEN no_visit END},
    {k: 'ip', v: CASE WHEN ip IS NULL THEN coalesce(CASE WHEN no_place LIKE 'onion%' THEN no_place END, no_visit, CASE WHEN via <> 'direct' THEN 'the proxy does not tell which address it dialled' END, no_session, 'not known') END},
    {k: 'latency_ms', v: CASE WHEN latency_ms IS NULL THEN coalesce(no_session, untimed) END},
    {k: 'timing_variance', v: CASE WHEN timing_variance IS NULL THEN coalesce(no_session, CASE WHEN latency_ms IS NULL THEN untimed ELSE 'only one ping was answered' END) END},
    {k: 'banner', v: CASE WHEN banner IS NULL THEN coalesce(no_session, why['banner'], 'not asked') END},
    {k: 'server_version', v: CASE WHEN server_version IS NULL THEN coalesce(no_session, 'it does not say') END},
    {k: 'protocol_version', v: CASE WHEN protocol_version IS NULL THEN coalesce(no_session, 'it does not say') END},
    {k: 'donation_address', v: CASE WHEN donation_address IS NULL THEN coalesce(no_session, CASE WHEN why['donation address'] = 'answered null' AND implementation LIKE '% electrs' THEN 'answered null, as this software always does' END, why['donation address'], 'not asked') END},
    {k: 'certificate_sha256', v: CASE WHEN certificate_sha256 IS NULL THEN no_certificate END},
    {k: 'issuer', v: CASE WHEN issuer IS NULL THEN no_certificate END},
    {k: 'san_dns', v: CASE WHEN san_dns IS NULL THEN no_certificate END},
    {k: 'spki_sha256', v: CASE WHEN spki_sha256 IS NULL THEN no_certificate END},
    {k: 'subject', v: CASE WHEN subject IS NULL THEN no_certificate END},
    {k: 'serial', v: CASE WHEN serial IS NULL THEN no_certificate END},
    {k: 'san_ip', v: CASE WHEN san_ip IS NULL THEN no_certificate END},
    {k: 'key_type', v: CASE WHEN key_type IS NULL THEN no_certificate END},
    {k: 'self_signed', v: CASE WHEN self_signed IS NULL THEN no_certificate END},
    {k: 'valid_from', v: CASE WHEN valid_from IS NULL THEN coalesce(no_certificate, 'it states no readable date') END},
    {k: 'valid_to', v: CASE WHEN valid_to IS NULL THEN coalesce(no_certificate, 'it states no readable date') END},
    {k: 'signature_algorithm', v: CASE WHEN signature_algorithm IS NULL THEN coalesce(no_certificate, 'not known to OpenSSL') END},
    {k: 'chain_sha256', v: CASE WHEN chain_sha256 IS NULL THEN no_tls END},
    {k: 'tls_version', v: CASE WHEN tls_version IS NULL THEN coalesce(no_tls, 'not read') END},
    {k: 'cipher', v: CASE WHEN cipher IS NULL THEN coalesce(no_tls, 'not read') END},
    {k: 'key_exchange', v: CASE WHEN key_exchange IS NULL THEN coalesce(no_tls, 'no ephemeral key') END},
    {k: 'verify_error', v: CASE WHEN verify_error IS NULL THEN coalesce(no_tls, 'no fault was found') END},
    {k: 'alpn', v: CASE WHEN alpn IS NULL THEN coalesce(no_tls, 'none was offered') END},
    {k: 'sni', v: CASE WHEN sni IS NULL THEN coalesce(no_tls, no_sni) END},
    {k: 'wallet_accepts_reason', v: CASE WHEN wallet_accepts_reason IS NULL THEN coalesce(no_tls, 'visited by a version that did not record it') END},
    {k: 'session_offered', v: CASE WHEN session_offered IS NULL THEN coalesce(no_tls, 'visited by a version that did not record it') END},
    {k: 'wallet_accepts', v: CASE WHEN wallet_accepts IS NULL THEN coalesce(no_tls, wallet_accepts_reason, 'visited by a version that did not record it') END},
    {k: 'balance_response', v: CASE WHEN balance_response IS NULL THEN coalesce(no_session, no_balance) END},
    {k: 'history_response', v: CASE WHEN history_response IS NULL THEN coalesce(no_session, no_history) END},
    {k: 'rate_limit_triggered', v: CASE WHEN rate_limit_triggered IS NULL THEN coalesce(no_session, 'not asked') END},
    {k: 'rate_limit_requests', v: CASE WHEN rate_limit_requests IS NULL THEN coalesce(no_session, 'it did not ask for less') END},
    {k: 'rate_limit_cost', v: CASE WHEN rate_limit_cost IS NULL THEN coalesce(no_session, 'it did not ask for less') END},
    {k: 'rate_limit_possibly_ours', v: CASE WHEN rate_limit_possibly_ours IS NULL THEN coalesce(no_session, 'it did not ask for less') END},
    {k: 'malformed_response', v: CASE WHEN malformed_response IS NULL THEN coalesce(no_session, no_deep) END},
    {k: 'deep_visited_at', v: CASE WHEN deep_visited_at IS NULL THEN coalesce(no_session, no_deep) END},
    {k: 'malformed_compared_with', v: CASE WHEN malformed_response IS NULL THEN coalesce(no_session, no_deep) WHEN malformed_compared_with IS NULL THEN coalesce(not_compared, 'the software is not known') END},
    {k: 'malformed_differs', v: CASE WHEN malformed_response IS NULL THEN coalesce(no_session, no_deep) END},
    {k: 'malformed_answers', v: CASE WHEN malformed_response IS NULL THEN coalesce(no_session, no_deep) END},
    {k: 'implementation', v: CASE WHEN implementation IS NULL THEN coalesce(no_session, disagreement, 'nothing known fits well enough') END},
    {k: 'version_range', v: CASE WHEN version_range IS NULL THEN coalesce(no_session, disagreement, 'nothing known fits well enough') END},
    {k: 'deep_implementation', v: CASE WHEN deep_implementation IS NULL THEN coalesce(no_session, CASE WHEN malformed_response IS NULL THEN no_deep END, CASE WHEN not_compared LIKE 'its connections %' THEN not_compared END, 'nothing known fits well enough') END},
    {k: 'deep_version_range', v: CASE WHEN deep_version_range IS NULL THEN coalesce(no_session, CASE WHEN malformed_response IS NULL THEN no_deep END, CASE WHEN not_compared LIKE 'its connections %' THEN not_compared END, 'nothing known fits well enough') END},
    {k: 'identification_confidence', v: CASE WHEN identification_confidence IS NULL THEN coalesce(no_session, 'no reply to judge by') END},
    {k: 'proxy', v: CASE WHEN proxy IS NULL THEN coalesce(no_session, 'visited by a version that did not record it') END},
    {k: 'default_values', v: CASE WHEN default_values IS NULL THEN coalesce(no_visit, 'visited by a version that did not record it') END},
    {k: 'contradictions', v: CASE WHEN contradictions IS NULL THEN coalesce(no_session, 'no reply to judge by') END},
    {k: 'fingerprint_hash', v: CASE WHEN fingerprint_hash IS NULL THEN coalesce(no_session, left_out, 'a reply that it is made of is missing') END},
    {k: 'country', v: CASE WHEN country IS NULL THEN coalesce(no_place, gaps['country_registered'], place_gap) END},
    {k: 'country_located', v: CASE WHEN country_located IS NULL THEN coalesce(no_place, gaps['country_located'], place_gap) END},
    {k: 'country_registered', v: CASE WHEN country_registered IS NULL THEN coalesce(no_place, gaps['country_registered'], place_gap) END},
    {k: 'city', v: CASE WHEN city IS NULL THEN coalesce(no_place, gaps['city'], place_gap) END},
    {k: 'asn', v: CASE WHEN asn IS NULL THEN coalesce(no_place, gaps['asn'], place_gap) END},
    {k: 'org', v: CASE WHEN org IS NULL THEN coalesce(no_place, gaps['org'], place_gap) END},
    {k: 'cloud_provider', v: CASE WHEN cloud_provider IS NULL THEN coalesce(no_place, gaps['cloud_provider'], CASE WHEN gaps IS NOT NULL AND asn IS NULL THEN 'its asn is not known' END, place_gap) END},
    {k: 'reverse_names', v: CASE WHEN reverse_names IS NULL THEN coalesce(no_place, gaps['ptr'], place_gap) END},
    {k: 'honeypot_score', v: no_score},
    {k: 'cluster_id', v: CASE WHEN cluster_id IS NULL THEN coalesce(no_comparison, 'none found') END},
    {k: 'operator_posterior', v: CASE WHEN operator_posterior IS NULL THEN coalesce(no_comparison, 'no operator cluster was found') END},
    {k: 'backend_id', v: CASE WHEN backend_id IS NULL THEN coalesce(no_comparison, 'none found') END},
    {k: 'machine_id', v: CASE WHEN machine_id IS NULL THEN coalesce(no_comparison, 'none found') END},
    {k: 'behaviour_cluster_id', v: CASE WHEN behaviour_cluster_id IS NULL THEN coalesce(no_comparison, 'none found') END},
    {k: 'community_id', v: CASE WHEN community_id IS NULL THEN coalesce(no_comparison, 'none found: nobody lists it, and it lists nobody') END},
    {k: 'advertised_hosts', v: CASE WHEN advertised_hosts IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it does not say' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'advertised_services', v: CASE WHEN advertised_services IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it does not say' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'protocol_min', v: CASE WHEN protocol_min IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it does not say' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'protocol_max', v: CASE WHEN protocol_max IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it does not say' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'advertised_genesis_hash', v: CASE WHEN advertised_genesis_hash IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it does not say' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'pruning', v: CASE WHEN pruning IS NULL THEN coalesce(no_session, CASE WHEN has_features THEN 'it claims none' ELSE coalesce(why['features'], 'not asked') END) END},
    {k: 'relay_fee', v: CASE WHEN relay_fee IS NULL THEN coalesce(no_session, why['relay fee'], why['mempool info'], no_fees) END},
    {k: 'fee_vector', v: CASE WHEN fee_vector IS NULL THEN coalesce(no_session, why['fee#2'], no_fees) END},
    {k: 'fee_histogram', v: CASE WHEN fee_histogram IS NULL THEN coalesce(no_session, why['fee histogram'], no_fees) END},
    {k: 'mempool_info', v: CASE WHEN mempool_info IS NULL THEN coalesce(no_session, why['mempool info'], left_out, CASE WHEN why['relay fee'] IS NOT NULL THEN coalesce('protocol ' || protocol_version || ', which was agreed on, has no such method', 'no protocol was agreed on') END, no_fees) END},
    {k: 'tip_height', v: CASE WHEN tip_height IS NULL THEN coalesce(no_session, why['tip'], 'not asked') END},
    {k: 'tip_hash', v: CASE WHEN tip_hash IS NULL THEN coalesce(no_session, why['tip'], 'not asked') END},
    {k: 'tip_time', v: CASE WHEN tip_time IS NULL THEN coalesce(no_session, why['tip'], 'not asked') END},
    {k: 'tip_valid_work', v: CASE WHEN tip_valid_work IS NULL THEN coalesce(no_session, why['tip'], 'not asked') END},
    {k: 'chain_verdict', v: CASE WHEN chain_verdict IS NULL THEN coalesce(no_session, 'no header was asked for') END},
    {k: 'chain', v: CASE WHEN chain IS NULL THEN coalesce(no_session, 'no deciding header was shown') END},
    {k: 'resolved_ms', v: CASE WHEN resolved_ms IS NULL THEN coalesce(no_visit, CASE WHEN via <> 'direct' THEN 'the proxy resolves names' END, CASE WHEN len(addresses) > 0 THEN 'there was no name to resolve' END, notes, 'not recorded') END},
    {k: 'addresses', v: CASE WHEN addresses IS NULL THEN no_visit END},
    {k: 'via', v: CASE WHEN via IS NULL THEN no_visit END},
    {k: 'tcp_connect_ms', v: CASE WHEN tcp_connect_ms IS NULL THEN coalesce(no_visit, CASE WHEN via <> 'direct' THEN 'through a proxy, which answers in its place' END, no_session, 'visited by a version that did not record it') END},
    {k: 'tls_handshake_ms', v: CASE WHEN tls_handshake_ms IS NULL THEN coalesce(no_tls, no_session, 'not recorded') END},
    {k: 'version_ms', v: CASE WHEN version_ms IS NULL THEN coalesce(no_session, 'not recorded') END},
    {k: 'visit_ms', v: CASE WHEN visit_ms IS NULL THEN no_visit END},
    {k: 'first_seen', v: CASE WHEN first_seen IS NULL THEN CASE WHEN uptime_observations = 0 THEN coalesce(notes, 'not visited') ELSE 'it never answered' END END},
    {k: 'last_seen', v: CASE WHEN last_seen IS NULL THEN CASE WHEN uptime_observations = 0 THEN coalesce(notes, 'not visited') ELSE 'it never answered' END END},
    {k: 'uptime_share', v: CASE WHEN uptime_share IS NULL THEN uptime_gap END}
  ] IF gap.v IS NOT NULL]) AS untested
FROM found;
COMMENT ON VIEW server_metadata IS 'One row is one endpoint of the latest finished crawl of its network, with the metadata schema of this project; null is not known, and column untested says why. Level: endpoint; use server_summary to count servers.';
COMMENT ON COLUMN server_metadata.crawl_id IS 'Latest finished crawl of the network. Never null.';
COMMENT ON COLUMN server_metadata.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN server_metadata.server_id IS 'Its server in this crawl. Null until the crawl has joined servers.';
COMMENT ON COLUMN server_metadata.host IS 'Host of the endpoint. Never null.';
COMMENT ON COLUMN server_metadata.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN server_metadata.simulated IS 'True: a simulated network, nothing here is a finding. Never null.';
COMMENT ON COLUMN server_metadata.ip IS 'Address dialled, or the host where it is an address; null through a proxy and for onions, never an announced address.';
COMMENT ON COLUMN server_metadata.port IS 'Port of the endpoint. Never null.';
COMMENT ON COLUMN server_metadata.ssl IS 'The endpoint speaks TLS. Never null.';
COMMENT ON COLUMN server_metadata.reachable IS 'True: server.version was answered. False: a visit failed on the server''s side. Null: not visited, or failed on ours (us, proxy, policy, throttled).';
COMMENT ON COLUMN server_metadata.latency_ms IS 'Median round trip of pings on an idle session, milliseconds; through a proxy that is in it. Null where padding paces replies, and where it was not measured, see untested.';
COMMENT ON COLUMN server_metadata.banner IS 'Banner, not cleaned; what is no UTF-8 is replacement characters in it: equal texts are equal banners only where banner_octets of the visit is equal too (table visit). Null when untested.';
COMMENT ON COLUMN server_metadata.protocol_version IS 'Protocol agreed on. Null when untested or when it does not say.';
COMMENT ON COLUMN server_metadata.server_version IS 'Software as claimed in server.version. Null when untested or when it does not say.';
COMMENT ON COLUMN server_metadata.certificate_sha256 IS 'SHA-256 of the certificate presented. Null without certificate.';
COMMENT ON COLUMN server_metadata.issuer IS 'Its issuer. Null without certificate.';
COMMENT ON COLUMN server_metadata.valid_from IS 'Start of its validity, UTC. Null without certificate or when it states no readable date.';
COMMENT ON COLUMN server_metadata.valid_to IS 'End of its validity, UTC. Null without certificate or when it states no readable date.';
COMMENT ON COLUMN server_metadata.san_dns IS 'DNS names among its alternative names. Null without certificate.';
COMMENT ON COLUMN server_metadata.balance_response IS 'Answer to the question for the balance of public scripts, all forms of scripts asked together: the first of differs, truncated, empty, closed, error, refused, ok and not asked that one of them got (table behaviour has each, with innocent causes). Null when untested or when it cannot be judged.';
COMMENT ON COLUMN server_metadata.history_response IS 'Answer to the question for the history of public scripts below a height, all forms of scripts asked together: the first of differs, truncated, empty, closed, error, refused, ok and not asked that one of them got (table behaviour has each, with innocent causes). Null when untested or when it cannot be judged.';
COMMENT ON COLUMN server_metadata.malformed_response IS 'How malformed requests were answered in the newest usual deep visit of its server, whichever of its endpoints that went to: differs (from what the software does by default: see malformed_differs), refused, truncated, closed, error, ok, empty or not asked; null without a deep visit, and of endpoints that were not visited or are of another chain.';
COMMENT ON COLUMN server_metadata.deep_visited_at IS 'When that deep visit began, UTC; null without a deep visit.';
COMMENT ON COLUMN server_metadata.malformed_compared_with IS 'Software and releases whose default answers they were compared with; null when they were compared with nothing.';
COMMENT ON COLUMN server_metadata.malformed_differs IS 'What differs. A proxy in front, another server behind the same name or address, a fork, a patched build or a release newer than this program do it too: no verdict. Null without a deep visit.';
COMMENT ON COLUMN server_metadata.malformed_answers IS 'Answer by probe, JSON object; the replies are in observation as deep/PROBE; null without a deep visit.';
COMMENT ON COLUMN server_metadata.rate_limit_triggered IS 'The server asked for less (-101, -102, or 3 with Fulcrum) in its visit, which may be our own doing: see rate_limit_possibly_ours. Never provoked; growing delays are not counted. Null when untested.';
COMMENT ON COLUMN server_metadata.timing_variance IS 'Standard deviation of the round trips behind latency_ms, milliseconds; null when untested.';
COMMENT ON COLUMN server_metadata.fingerprint_hash IS 'Hash of the normalised behaviour: equal for equal software and configuration, claims left out; null when a reply it needs is missing. Compare within one identification.fingerprint_recipe only.';
COMMENT ON COLUMN server_metadata.country IS 'Country in which a geo file puts the address; where none does, the country it is registered in. See country_located and country_registered. Null when not known, see place_note.';
COMMENT ON COLUMN server_metadata.city IS 'City in which a geo file puts the address; files differ by hundreds of kilometres. Null when not known.';
COMMENT ON COLUMN server_metadata.asn IS 'Autonomous system that announces the address; the first named where there are several. Null when not known, see place_note.';
COMMENT ON COLUMN server_metadata.org IS 'Holder of the autonomous system; null when not known.';
COMMENT ON COLUMN server_metadata.cloud_provider IS 'Company that rents out servers there: by the ranges it publishes, else by autonomous system. Null: none that is known here, or not looked up.';
COMMENT ON COLUMN server_metadata.honeypot_score IS 'Suspicion score of its server, 0 to 100: a sum of indicators, which table indicator explains (queries suspicion-of-a-server, suspicion-by-indicator). Independent of cluster_id, and no verdict about anybody. Null when not analysed yet, for a server that never answered or is of another chain, where no indicator could be tested, and for a port that was not visited beside one of its kind that was: somebody else may answer there.';
COMMENT ON COLUMN server_metadata.cluster_id IS 'Operator cluster of its server: servers probably under one operator, see cluster. Null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.notes IS 'Why it was not visited, or why its visit failed; null when it answered.';
COMMENT ON COLUMN server_metadata.country_located IS 'Country in which a geo file (--geoip) puts the address; null when not known.';
COMMENT ON COLUMN server_metadata.country_registered IS 'Country by the registry that gave the address out: where its holder is at home. Null when not known.';
COMMENT ON COLUMN server_metadata.reverse_names IS 'Names of the address by reverse DNS, not cleaned; null for none or when not looked up.';
COMMENT ON COLUMN server_metadata.place_note IS 'Why country, asn and the like are null, or what they stand for; null where the address dialled was looked up and has an asn.';
COMMENT ON COLUMN server_metadata.implementation IS 'What the server behaves like, whatever it calls itself (server_version): ElectrumX (its forks too), Fulcrum, romanz electrs, Blockstream electrs or mempool electrs: as its regular visit names it, else as the newest deep visit of its server does (deep_visited_at). Null when untested, when nothing known fits well enough, or when the two name different ones.';
COMMENT ON COLUMN server_metadata.version_range IS 'Releases of it that fit the visit that named it, e.g. >=1.18 <1.19; any when nothing tells them apart. A build from between two releases behaves like the later one. Null without implementation.';
COMMENT ON COLUMN server_metadata.identification_confidence IS 'Probability that visit gives it, 0 to 1; without implementation that of the likeliest by the regular visit. Null when untested.';
COMMENT ON COLUMN server_metadata.deep_implementation IS 'What the server behaved like in the newest deep visit of its server. Null when untested, without a deep visit or when nothing known fits well enough.';
COMMENT ON COLUMN server_metadata.deep_version_range IS 'Releases of deep_implementation that fit that deep visit, which tells some apart that the regular one does not. Null without deep_implementation.';
COMMENT ON COLUMN server_metadata.proxy IS 'What shows that something in front of the software speaks TLS for it, so that certificate and handshake are that proxy''s. Empty when nothing does, which is not that there is none; null when untested.';
COMMENT ON COLUMN server_metadata.default_values IS 'Kinds of its values that are known defaults of software, images or guides (see default_value) and so prove nothing about who runs it, e.g. banner, donation address, port, certificate subject. Empty when the catalogue knows none; null when untested.';
COMMENT ON COLUMN server_metadata.contradictions IS 'Claims and traits that do not go together. Proxies, forks, patched builds and old banners make them too: no verdict. Null when untested.';
COMMENT ON COLUMN server_metadata.visited_at IS 'When its visit in this crawl began, UTC; all values of the server are from then. Null when not visited.';
COMMENT ON COLUMN server_metadata.first_known IS 'When a crawl of this network first knew the endpoint, UTC: somebody had named it. Never null.';
COMMENT ON COLUMN server_metadata.first_seen IS 'When the first visit began that it answered, over all crawls of this network, UTC; null when it never did or was never asked.';
COMMENT ON COLUMN server_metadata.last_seen IS 'When the latest visit began that it answered, over all crawls of this network, UTC; null when it never did or was never asked.';
COMMENT ON COLUMN server_metadata.uptime_share IS 'Share of its observations in which it answered server.version, 0 to 1, over all crawls and vantages of this network. Null below 20 observations, and where they lie within less than 24 hours.';
COMMENT ON COLUMN server_metadata.uptime_observations IS 'Observations behind uptime_share: visits that it answered or that failed on its side. What failed on ours or was not visited does not count. Never null.';
COMMENT ON COLUMN server_metadata.spki_sha256 IS 'SHA-256 of the certificate''s public key info (SPKI): survives renewal with the same key. Null without certificate.';
COMMENT ON COLUMN server_metadata.subject IS 'Subject of the certificate, as it states, not cleaned. Null without certificate.';
COMMENT ON COLUMN server_metadata.serial IS 'Serial number of the certificate, hex. Null without certificate.';
COMMENT ON COLUMN server_metadata.san_ip IS 'IP addresses among its alternative names. Null without certificate.';
COMMENT ON COLUMN server_metadata.key_type IS 'Kind and size of its key, e.g. rsa 2048, ec prime256v1, ed25519. Null without certificate.';
COMMENT ON COLUMN server_metadata.signature_algorithm IS 'Algorithm it is signed with. Null without certificate or when not known.';
COMMENT ON COLUMN server_metadata.self_signed IS 'It is signed with its own key. Null without certificate.';
COMMENT ON COLUMN server_metadata.chain_sha256 IS 'SHA-256 of each certificate presented above it, in order. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.verify_error IS 'Last fault that OpenSSL found at the time of the visit against the roots that Node ships (Mozilla''s), by its name in Node; common here, no verdict. Null when no fault was found or without TLS handshake.';
COMMENT ON COLUMN server_metadata.wallet_accepts IS 'The Electrum wallet would use the server by this handshake, meeting the host name for the first time: TLS 1.2 or newer, and a certificate of a known authority for the name, or one leaf that signed itself and whose time is not over. The roots are Node''s where the wallet takes certifi''s. Null when what was seen cannot decide it or without TLS handshake.';
COMMENT ON COLUMN server_metadata.wallet_accepts_reason IS 'Why; see tls_session.wallet_accepts_reason for the words. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.tls_version IS 'TLS version agreed on, e.g. TLSv1.3. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.cipher IS 'Cipher suite agreed on. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.key_exchange IS 'Group of the key exchange, or its kind and bits where that has no name, e.g. X25519 or DH 2048. Null without TLS handshake or without ephemeral key.';
COMMENT ON COLUMN server_metadata.session_offered IS 'Resumption: the server gave a session ticket or identifier while the visit lasted; no second connection was made to try it. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.alpn IS 'Application protocol agreed on. None is offered, as the wallet offers none; null for none.';
COMMENT ON COLUMN server_metadata.sni IS 'Name we sent in the TLS handshake: the announced one; null for addresses, which are not sent, and without TLS handshake.';
COMMENT ON COLUMN server_metadata.donation_address IS 'server.donation_address as received, not cleaned; empty for none. Null without such a reply, and where it was null, as with the electrs family.';
COMMENT ON COLUMN server_metadata.advertised_hosts IS 'Hosts and ports that it claims for itself in server.features: JSON list of {host, tcpPort, tlsPort, wsPort, wssPort}. Null without that reply.';
COMMENT ON COLUMN server_metadata.advertised_services IS 'Services that it claims in server.features, as texts (ElectrumX does since 1.12); empty for none. Null without that reply.';
COMMENT ON COLUMN server_metadata.protocol_min IS 'Lowest protocol that it claims in server.features. Null when it does not say.';
COMMENT ON COLUMN server_metadata.protocol_max IS 'Highest protocol that it claims in server.features. Null when it does not say.';
COMMENT ON COLUMN server_metadata.pruning IS 'Pruning limit that it claims in server.features, blocks. Null when it claims none or without that reply.';
COMMENT ON COLUMN server_metadata.advertised_genesis_hash IS 'genesis_hash that it claims in server.features; chain says which chain its headers showed. Null when it does not say.';
COMMENT ON COLUMN server_metadata.relay_fee IS 'Least fee its node relays, BTC per 1,000 virtual bytes: blockchain.relayfee, or minrelaytxfee of mempool.get_info where protocol 1.6 replaced it. Null when neither was asked for or answered with a number.';
COMMENT ON COLUMN server_metadata.fee_vector IS 'Fee estimates, BTC per 1,000 virtual bytes by number of blocks asked for; -1 where its node has none, null where the reply was no number. Servers are asked at different times: compare within one snapshot only. Null without any number.';
COMMENT ON COLUMN server_metadata.fee_histogram IS 'mempool.get_fee_histogram as received: JSON list of [fee rate, virtual bytes], highest rate first. Compare within one snapshot and one implementation only. Null without a reply of at most 16 kB.';
COMMENT ON COLUMN server_metadata.mempool_info IS 'mempool.get_info (protocol 1.6) as received, JSON object. Null when not asked or without such a reply.';
COMMENT ON COLUMN server_metadata.tip_height IS 'Height of the tip it claims. Null without that reply.';
COMMENT ON COLUMN server_metadata.tip_hash IS 'Block hash of that tip, computed from its header. Null without that reply.';
COMMENT ON COLUMN server_metadata.tip_time IS 'Time in that header, UTC, as its miner states. Null without that reply.';
COMMENT ON COLUMN server_metadata.tip_valid_work IS 'Validity of that header: it meets the target it states itself, which says nothing of the chain below. Null without that reply.';
COMMENT ON COLUMN server_metadata.chain_verdict IS 'same: all headers shown at deciding heights fit the crawled chain; other: one does not; unverified: none was shown. Null when untested.';
COMMENT ON COLUMN server_metadata.chain IS 'Name of the chain these headers show; null while unverified or untested.';
COMMENT ON COLUMN server_metadata.via IS 'How it was reached: direct, proxy or tor. Null when not visited.';
COMMENT ON COLUMN server_metadata.addresses IS 'All addresses the resolver gave for the host at the visit, in its order; through a proxy, which resolves itself, those that --resolver gave afterwards. Empty for none. Null when not visited.';
COMMENT ON COLUMN server_metadata.resolved_ms IS 'Time that resolving the name took, milliseconds. Null for addresses, through a proxy and when not visited.';
COMMENT ON COLUMN server_metadata.tcp_connect_ms IS 'Time that TCP took to the address that answered, milliseconds: about one round trip. Null through a proxy, which answers in its place, and where TCP failed.';
COMMENT ON COLUMN server_metadata.tls_handshake_ms IS 'Time from the TCP connection (the tunnel of a proxy) to the end of the TLS handshake, milliseconds. Null without TLS handshake.';
COMMENT ON COLUMN server_metadata.version_ms IS 'Time from there to the reply to server.version, milliseconds: a round trip and the server''s own time; with a second attempt it includes the first reply. Null without that reply.';
COMMENT ON COLUMN server_metadata.visit_ms IS 'Time the whole visit took, milliseconds. Null when not visited.';
COMMENT ON COLUMN server_metadata.untested IS 'For each column that is null here: why. Columns whose null says that there is none of it (notes, place_note) or that our own analysis has not run (server_id) are not in it. Never null.';
COMMENT ON COLUMN server_metadata.rate_limit_requests IS 'Dose: requests sent in the visit in which the server asked for less. Null when it did not.';
COMMENT ON COLUMN server_metadata.rate_limit_cost IS 'Dose: ElectrumX units by its published table of what that visit had asked and got before the refusal, whose own cost is not in it. Null when it did not ask for less.';
COMMENT ON COLUMN server_metadata.rate_limit_possibly_ours IS 'True until two vantages that owed the server nothing saw it. Null when it did not ask for less.';
COMMENT ON COLUMN server_metadata.operator_posterior IS 'Probability of the strongest link of its server to another of its operator cluster. Null without one.';
COMMENT ON COLUMN server_metadata.backend_id IS 'Shared infrastructure: servers behind one node or proxy, which says nothing of who runs them. Null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.machine_id IS 'Servers probably on one machine. Null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.behaviour_cluster_id IS 'Servers of one behaviour fingerprint: one software in one configuration. Null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.community_id IS 'Louvain community of the announcement graph at resolution 1: who lists whom. Null when not analysed, and of servers nobody lists who list nobody.';

-- What the wallet would make of a TLS handshake, and how long TCP alone took.

ALTER TABLE tls_session ADD COLUMN session_offered BOOLEAN;
ALTER TABLE tls_session ADD COLUMN wallet_accepts BOOLEAN;
ALTER TABLE tls_session ADD COLUMN wallet_accepts_reason VARCHAR;
COMMENT ON COLUMN tls_session.session_offered IS 'The server gave a session ticket or identifier while the visit lasted, with which a next handshake could be shorter; no second connection was made to try it. Null when not recorded yet.';
COMMENT ON COLUMN tls_session.wallet_accepts IS 'The Electrum wallet would use the server by this handshake, meeting its host name for the first time: TLS 1.2 or newer, and a certificate of a known authority for the name, or one leaf that signed itself and whose time is not over. Null when what was seen cannot decide it, or not recorded yet.';
COMMENT ON COLUMN tls_session.wallet_accepts_reason IS 'Why: a known authority''s, for this name; self-signed: pinned at first contact; older than TLS 1.2; expired; not valid yet; issued for another name; unknown authority; key too small; signed with a weak digest; certificate fault: OpenSSL''s name of another one; or what was not seen. Null when not recorded yet.';
COMMENT ON COLUMN tls_session.verify_error IS 'Last fault that OpenSSL found at the time of the visit against the roots that Node ships, by its name in Node (or ERR_TLS_CERT_ALTNAME_INVALID when only the name is wrong); recorded, never required. Null when no fault was found.';
COMMENT ON COLUMN tls_session.alpn IS 'Application protocol agreed on. None is offered, as the wallet offers none, so a server that names one breaks the standard; null for none.';

ALTER TABLE visit ADD COLUMN tcp_connect_ms DOUBLE;
COMMENT ON COLUMN visit.tcp_connect_ms IS 'Milliseconds that TCP took to the address that answered, others tried before not counted: about one round trip. Null through a proxy, which answers in its place, where TCP failed, and when not recorded yet.';

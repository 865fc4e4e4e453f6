-- Deep visits that are compared with nothing say why.

ALTER TABLE malformed_reply ADD COLUMN not_compared VARCHAR;
COMMENT ON COLUMN malformed_reply.compared_with IS 'Software and releases whose default answers it was compared with. Null when nothing is compared, see not_compared.';
COMMENT ON COLUMN malformed_reply.not_compared IS 'Why nothing is compared: the software is not known, or the connections of the visit, or it and the regular visit, were answered by different software. Null when it is compared, and in visits by versions that did not record it.';
COMMENT ON COLUMN malformed_reply.differs IS 'What differs, in our words. A proxy in front, another server behind the same name or address, a fork, a patched build, or a release newer than this program do it too: no verdict. Never null.';
COMMENT ON COLUMN malformed_reply.answers IS 'Answer by probe, JSON object: ok, list, error CODE, none (a ping behind it was answered), timeout (nothing was), closed, truncated, refused, malformed; the replies are in observation as deep/PROBE. Never null.';
COMMENT ON COLUMN probe_due.due_at IS 'Not before this time, UTC: half an hour after the regular visit, a day after the last deep visit of its server, when the cost ledger allows it again, or six hours after a visit whose time was up before all was asked. Never null.';

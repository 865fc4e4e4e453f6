-- The bytes of announcements that are no UTF-8: as text they have replacement characters, and different ones look alike.

ALTER TABLE advertisement ADD COLUMN raw_octets BLOB;
COMMENT ON TABLE advertisement IS 'One row is one distinct announcement of a network as we read it, text and bytes, whoever said it. Level: advertisement.';
COMMENT ON COLUMN advertisement.raw IS 'The text as received, not cleaned, cut to 4,096 characters. Bytes that are no UTF-8 are replacement characters (U+FFFD) in it, see raw_octets.';
COMMENT ON COLUMN advertisement.raw_octets IS 'Where the entry of a peer list is no UTF-8: its first 4,096 bytes as received. Null where it is UTF-8, so that raw says everything, for other sources, for lists of which only the beginning was read, and when not recorded yet.';
COMMENT ON COLUMN visit.features_services IS 'services of server.features (ElectrumX since 1.12), as claimed.';

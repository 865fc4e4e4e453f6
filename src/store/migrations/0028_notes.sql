-- What people write about servers: on network and host, so that it outlives crawls and analyses.

CREATE TABLE note (
  note_id INTEGER PRIMARY KEY,
  network VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  written_at TIMESTAMP NOT NULL,
  text VARCHAR NOT NULL
);
COMMENT ON TABLE note IS 'One row is what one person wrote about one host; neither a crawl nor an analysis changes it. Level: host (of one network).';
COMMENT ON COLUMN note.note_id IS 'Number of the note, to remove it by.';
COMMENT ON COLUMN note.network IS 'Network of the host, as in crawl.network: hosts of a simulated network are not those of the real one.';
COMMENT ON COLUMN note.host IS 'Host it is about: a note is shown at every server, of any crawl of the network, that has this host.';
COMMENT ON COLUMN note.author IS 'Who wrote it, as he calls himself.';
COMMENT ON COLUMN note.written_at IS 'When it was written, UTC.';
COMMENT ON COLUMN note.text IS 'What was written, as it was written: text, not markup.';

-- Who has been on public lists since when, by the history of the repositories that keep them.

CREATE TABLE list_history (
  list VARCHAR NOT NULL,
  head_commit VARCHAR NOT NULL,
  head_at TIMESTAMP NOT NULL,
  first_at TIMESTAMP NOT NULL,
  commits INTEGER NOT NULL,
  paths VARCHAR[] NOT NULL,
  imported_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE list_history IS 'One row is one list of servers whose history was imported from a git checkout; importing it again replaces it. Level: list.';
COMMENT ON COLUMN list_history.list IS 'Name of the list: where its repository came from, else its folder, or as the user named it.';
COMMENT ON COLUMN list_history.head_commit IS 'Commit that was checked out.';
COMMENT ON COLUMN list_history.head_at IS 'When that was committed, UTC: later changes are not known.';
COMMENT ON COLUMN list_history.first_at IS 'When the first commit with a list was made, UTC: who stood on lists before, elsewhere, is not known.';
COMMENT ON COLUMN list_history.commits IS 'Commits of the main line that changed a list.';
COMMENT ON COLUMN list_history.paths IS 'Paths at which the list ever was.';
COMMENT ON COLUMN list_history.imported_at IS 'When it was read, UTC.';

CREATE TABLE listed_name (
  list VARCHAR NOT NULL,
  network VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  first_commit VARCHAR NOT NULL,
  first_at TIMESTAMP NOT NULL,
  last_commit VARCHAR NOT NULL,
  last_at TIMESTAMP NOT NULL,
  removed_commit VARCHAR,
  removed_at TIMESTAMP,
  times INTEGER NOT NULL
);
COMMENT ON TABLE listed_name IS 'One row is one host that ever stood on an imported list of a network. Level: host by list. A name on a list is not a server that answered, and a name may change hands.';
COMMENT ON COLUMN listed_name.list IS 'The list, as in list_history.';
COMMENT ON COLUMN listed_name.network IS 'Network whose servers the list has, as in crawl.network.';
COMMENT ON COLUMN listed_name.host IS 'Host, canonical.';
COMMENT ON COLUMN listed_name.first_commit IS 'Commit that brought it first.';
COMMENT ON COLUMN listed_name.first_at IS 'When that was committed, UTC.';
COMMENT ON COLUMN listed_name.last_commit IS 'The last commit of the list in which it stood.';
COMMENT ON COLUMN listed_name.last_at IS 'When that was committed, UTC.';
COMMENT ON COLUMN listed_name.removed_commit IS 'Commit that took it off for good; null while it stands there.';
COMMENT ON COLUMN listed_name.removed_at IS 'When that was committed, UTC; null while it stands there.';
COMMENT ON COLUMN listed_name.times IS 'How often it was brought: more than once where it had been taken off meanwhile.';

-- Views are no longer part of migrations: their newest text is in src/store/views.

CREATE TABLE schema_view (
  name VARCHAR PRIMARY KEY,
  sha256 VARCHAR NOT NULL,
  schema_version INTEGER NOT NULL,
  applied_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE schema_view IS 'One row is one view of this file as this program made it. Level: none.';
COMMENT ON COLUMN schema_view.name IS 'Name of the view and of its file.';
COMMENT ON COLUMN schema_view.sha256 IS 'SHA-256 of the text it was made from, lower-case hex; all views are made anew when one text differs from the program''s.';
COMMENT ON COLUMN schema_view.schema_version IS 'Version of the tables it was made for; all views are made anew after a migration.';
COMMENT ON COLUMN schema_view.applied_at IS 'When it was made, UTC.';

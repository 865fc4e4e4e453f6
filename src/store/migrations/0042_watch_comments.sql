COMMENT ON COLUMN reliability.sightings IS 'Looks behind it within three times the window, not decayed; of those only that have not left the file for an archive.';

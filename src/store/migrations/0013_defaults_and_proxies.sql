-- Which values of a visit are known defaults, and what shows that something in front speaks TLS.

ALTER TABLE visit ADD COLUMN default_values JSON;
COMMENT ON COLUMN visit.default_values IS 'Values of the visit that are in the catalogue of defaults, which prove nothing about who runs the server: JSON list of {kind, value, set_by}; see view default_value. Empty when the catalogue knows none of them; null when not recorded yet.';

ALTER TABLE identification ADD COLUMN proxy VARCHAR[];
COMMENT ON COLUMN identification.proxy IS 'What shows that something in front of the software speaks TLS for it: certificate, cipher, sessions and the like are then that proxy''s. Empty when nothing does, which is not that there is none; null when not recorded yet.';

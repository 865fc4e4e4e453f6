-- A key under nobody's name at a node that is nobody else's is held higher than other keys.

COMMENT ON COLUMN pair.same_operator IS 'Probability that one operator controls both. Held at 0.5 or less without something that a copier cannot have and one address for gifts beside it, or where a third party may have brought both; at 0.8 or less where they have one key under nobody''s name and a node that is nobody else''s; see held_by. Never null.';

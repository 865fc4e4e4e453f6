-- That a question is never answered in one way of asking, and always in the other, is a difference.

COMMENT ON COLUMN differential.outcome IS 'same; differs: some question was answered one way to one persona and another way, or never, to the other; not comparable.';
COMMENT ON COLUMN differential.compared IS 'Questions with an answer on every connection of a persona, and on every connection of the other or on none (silence, or the end of the connection); contents only, never times.';
COMMENT ON COLUMN differential.differing IS 'Of these, those answered alike to each persona and otherwise to the other, or always to one and never to the other: what a repetition is about.';

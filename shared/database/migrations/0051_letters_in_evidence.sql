-- The evidence of a case holds its letters as they were sent. What they said lies sealed in the vault; of the rows that
-- tell of them, only what a reader is told.

GRANT USAGE ON SCHEMA notifier TO redress_projections;
GRANT SELECT (landlord, letter, reference, recipient, kind, state, sent_by, caused_at, ended_at, words)
    ON notifier.letter TO redress_projections;

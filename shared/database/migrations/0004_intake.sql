-- Submissions: what reached the landlord, before the workflow opens it. A submission is its own outbox.

CREATE SCHEMA intake;

-- No personal words stand here: they are in the vault under the complainant, and the key of a retry is kept only as a
-- hash, because a caller may put anything into it. The fingerprint of the body is keyed with that same unknown key, so
-- that nobody can test guesses about an erased complainant against it.
CREATE TABLE intake.submission (
    landlord text NOT NULL REFERENCES registry.landlord,
    submission uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,  -- the order in which submissions are handed over
    key_hash bytea NOT NULL,
    fingerprint bytea NOT NULL,
    reference text NOT NULL,
    organisation text NOT NULL,
    route text NOT NULL,
    channel text NOT NULL,
    received_on date NOT NULL,
    received_at timestamptz,  -- NULL where only the day is known
    logged_at timestamptz NOT NULL,
    logged_by text,  -- the officer who entered it; NULL when it came in by itself
    complainant uuid NOT NULL,
    words uuid NOT NULL,
    commitment text NOT NULL,
    issues text[] NOT NULL CHECK (cardinality(issues) > 0),
    named_officers text[] NOT NULL,
    policy text NOT NULL,  -- its title, as the complainant was told
    dates jsonb NOT NULL,  -- the dates the complainant was told
    published_at timestamptz,  -- NULL: still to be handed over
    PRIMARY KEY (landlord, submission),
    UNIQUE (landlord, key_hash),
    UNIQUE (landlord, reference),
    FOREIGN KEY (landlord, organisation) REFERENCES registry.organisation
);
CREATE INDEX submission_to_hand_over ON intake.submission (landlord, number) WHERE published_at IS NULL;

SELECT registry.guard('intake.submission');

GRANT USAGE ON SCHEMA intake TO redress_intake;
GRANT SELECT, INSERT ON intake.submission TO redress_intake;
GRANT UPDATE (published_at) ON intake.submission TO redress_intake;

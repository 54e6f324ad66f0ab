-- What operators decided: parked events that were given up, and who outside may read a landlord's feed.

-- An event that was given up stays given up, also when the read models are folded again. Nobody takes a row back.
CREATE TABLE notifier.skipped (
    landlord text NOT NULL,
    consumer text NOT NULL,
    seq bigint NOT NULL,
    stream text NOT NULL,
    event_id uuid NOT NULL,
    error text NOT NULL,  -- why it was parked
    parked_at timestamptz NOT NULL,
    reason text NOT NULL,  -- why it was given up; it must not name anybody
    skipped_by text NOT NULL,
    skipped_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, consumer, seq)
);
CREATE TABLE projections.skipped (LIKE notifier.skipped INCLUDING ALL);

-- An outside system that follows the feed. Only the hash of its token is kept; a revoked one stays on record.
CREATE TABLE registry.subscriber (
    landlord text NOT NULL REFERENCES registry.landlord,
    subscriber text NOT NULL CHECK (subscriber ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(subscriber) <= 60),
    token_hash bytea NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    revoked_by text,
    revoked_at timestamptz,
    PRIMARY KEY (landlord, subscriber, added_at),
    UNIQUE (landlord, token_hash),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX subscriber_in_force ON registry.subscriber (landlord, subscriber) WHERE revoked_at IS NULL;

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'notifier.skipped', 'projections.skipped', 'registry.subscriber']::regclass[]) AS guarded;

GRANT SELECT, INSERT ON notifier.skipped TO redress_notifier;
GRANT SELECT, INSERT ON projections.skipped TO redress_projections;
GRANT SELECT ON registry.subscriber TO redress_workflow;

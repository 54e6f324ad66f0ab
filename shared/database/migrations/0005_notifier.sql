-- Letters and reminders: one row per event and recipient, and the little about each complaint that they need.

CREATE SCHEMA notifier;

CREATE TABLE notifier.position (
    landlord text NOT NULL,
    consumer text NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, consumer)
);

CREATE TABLE notifier.parked (
    landlord text NOT NULL,
    consumer text NOT NULL,
    seq bigint NOT NULL,
    stream text NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason IN ('poison', 'held')),
    error text NOT NULL,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, consumer, seq)
);

-- Folded from the events: ids and dates only.
CREATE TABLE notifier.complaint (
    landlord text NOT NULL REFERENCES registry.landlord,
    reference text NOT NULL,
    facts jsonb NOT NULL,  -- route, complainant's id, handlers by stage, running deadlines
    PRIMARY KEY (landlord, reference)
);

-- The words are written when a letter is sent, and go only to the recipient.
CREATE TABLE notifier.letter (
    landlord text NOT NULL REFERENCES registry.landlord,
    letter uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient text NOT NULL,  -- complainant:<data subject>, officer:<officer>, or nobody
    reference text NOT NULL,
    organisation text NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,  -- ids and dates that the words are made of
    caused_at timestamptz NOT NULL,  -- when the event was recorded
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'undeliverable')),
    sent_by text CHECK (sent_by IN ('email', 'outbox')),
    ended_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    trouble text,  -- why it failed or could not be delivered; never words of the letter
    PRIMARY KEY (landlord, letter),
    UNIQUE (landlord, event_id, recipient),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK ((state = 'sent') = (sent_by IS NOT NULL))
);
CREATE INDEX letter_waiting ON notifier.letter (landlord, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX letter_newest ON notifier.letter (landlord, caused_at DESC, letter DESC);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'notifier.position', 'notifier.parked', 'notifier.complaint', 'notifier.letter']::regclass[]) AS guarded;

GRANT USAGE ON SCHEMA notifier TO redress_notifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifier.position, notifier.parked, notifier.complaint TO redress_notifier;
GRANT SELECT, INSERT, UPDATE ON notifier.letter TO redress_notifier;

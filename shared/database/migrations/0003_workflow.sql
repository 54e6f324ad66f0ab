-- The log of facts, its contiguous feed per landlord with a hash chain, timers and command results.

CREATE SCHEMA workflow;

-- One row per landlord: the head of its feed. Appending locks it last, so the feed's order is the order of commits.
CREATE TABLE workflow.feed_head (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE workflow.event (
    landlord text NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    stream text NOT NULL,  -- the complaint's reference
    version integer NOT NULL CHECK (version > 0),
    event_id uuid NOT NULL,
    name text NOT NULL,
    record text NOT NULL,  -- the whole fact as canonical JSON: these bytes are what the hash covers
    recorded_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (landlord, seq),
    UNIQUE (landlord, stream, version),
    UNIQUE (landlord, event_id)
);

-- The reference a case had in the system it was imported from, or its submission: one complaint each.
CREATE TABLE workflow.source_reference (
    landlord text NOT NULL,
    source_reference text NOT NULL,
    stream text NOT NULL,
    PRIMARY KEY (landlord, source_reference)
);

CREATE TABLE workflow.timer (
    landlord text NOT NULL,
    stream text NOT NULL,
    duty text NOT NULL,
    stage integer NOT NULL,
    kind text NOT NULL,  -- notice, missed
    generation integer NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,  -- fired or cancelled; there is no running state to be stuck in
    ended_by text CHECK (ended_by IN ('fired', 'cancelled')),
    PRIMARY KEY (landlord, stream, duty, stage, kind, generation),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX timer_due ON workflow.timer (landlord, due_at) WHERE ended_at IS NULL;

-- Kept for the life of the case, so that a retry is safe however late it comes.
CREATE TABLE workflow.command_result (
    landlord text NOT NULL,
    command_id uuid NOT NULL,
    stream text NOT NULL,
    fingerprint bytea NOT NULL,
    version integer NOT NULL,  -- of the stream after the command
    event_names text[] NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, command_id)
);

CREATE TABLE workflow.relay_cursor (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    seq bigint NOT NULL,
    moved_at timestamptz NOT NULL
);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'workflow.feed_head', 'workflow.event', 'workflow.source_reference', 'workflow.timer', 'workflow.command_result',
    'workflow.relay_cursor']::regclass[]) AS guarded;

-- Nobody rewrites the log: not a service, not the owner.
CREATE FUNCTION workflow.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow.event
    FOR EACH STATEMENT EXECUTE FUNCTION workflow.refuse_rewriting();

-- Appends facts of one landlord: locks the head last, numbers without gaps, chains the hashes, moves the head.
-- hash = SHA-256(previous hash || seq as 8 bytes, big-endian || record as UTF-8); the first previous hash is 32 zero bytes.
-- The arrays run in parallel, one element per fact, in order. Returns the head after the append.
CREATE FUNCTION workflow.append(
    of_landlord text, streams text[], versions integer[], event_ids uuid[], names text[], records text[],
    at_instant timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    last_hash bytea;
    next_hash bytea;
    hashes bytea[] := '{}';
    previous_hashes bytea[] := '{}';
    place integer;
BEGIN
    SELECT feed_head.seq, feed_head.hash INTO head, last_hash
        FROM workflow.feed_head WHERE landlord = of_landlord FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'landlord % has no feed', of_landlord USING ERRCODE = 'foreign_key_violation';
    END IF;
    FOR place IN 1 .. cardinality(records) LOOP
        next_hash := sha256(last_hash || int8send(head + place) || convert_to(records[place], 'UTF8'));
        previous_hashes := previous_hashes || last_hash;
        hashes := hashes || next_hash;
        last_hash := next_hash;
    END LOOP;
    INSERT INTO workflow.event
        (landlord, seq, stream, version, event_id, name, record, recorded_at, previous_hash, hash)
    SELECT of_landlord, head + fact.place, fact.stream, fact.version, fact.event_id, fact.name, fact.record,
           at_instant, fact.previous_hash, fact.hash
    FROM unnest(streams, versions, event_ids, names, records, previous_hashes, hashes) WITH ORDINALITY
        AS fact (stream, version, event_id, name, record, previous_hash, hash, place);
    UPDATE workflow.feed_head SET seq = head + cardinality(records), hash = last_hash WHERE landlord = of_landlord;
    RETURN head + cardinality(records);
END $$;

GRANT USAGE ON SCHEMA workflow TO redress_workflow, redress_notifier, redress_projections;
GRANT SELECT, INSERT, UPDATE ON workflow.feed_head, workflow.timer, workflow.relay_cursor TO redress_workflow;
GRANT SELECT, INSERT ON workflow.event, workflow.command_result, workflow.source_reference TO redress_workflow;
GRANT SELECT ON workflow.event, workflow.feed_head TO redress_notifier, redress_projections;

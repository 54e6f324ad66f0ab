-- Appends of several commands of one landlord in one statement.

-- First the complaints are locked, in one order for everybody; then the results are stored; the head is locked last, the
-- facts are numbered without gaps and chained, and the head is moved. Returns the head after the append.
-- hash = SHA-256(previous hash || seq as 8 bytes, big-endian || record as UTF-8); the first previous hash is 32 zero bytes.
-- `commands`: objects of stream, command_id, fingerprint, version, event_names, recorded_at.
-- `facts`: objects of stream, version, event_id, name, record, recorded_at, in the order they get.
CREATE FUNCTION workflow.append_commands(of_landlord text, commands json, facts json) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    last_hash bytea;
    hashes bytea[] := '{}';
    previous_hashes bytea[] := '{}';
    fact json;
BEGIN
    PERFORM set_config('redress.landlord', of_landlord, true);
    PERFORM pg_advisory_xact_lock(place) FROM (
        SELECT DISTINCT hashtextextended(of_landlord || '/' || given.stream, 0) AS place
        FROM json_to_recordset(commands) AS given (stream text) ORDER BY place
    ) AS places;
    INSERT INTO workflow.command_result
        (landlord, command_id, stream, fingerprint, version, event_names, recorded_at)
    SELECT of_landlord, given.*
    FROM json_to_recordset(commands) AS given
        (command_id uuid, stream text, fingerprint bytea, version integer, event_names text[], recorded_at timestamptz);
    SELECT feed_head.seq, feed_head.hash INTO head, last_hash
        FROM workflow.feed_head WHERE landlord = of_landlord FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'landlord % has no feed', of_landlord USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF json_array_length(facts) = 0 THEN
        RETURN head;
    END IF;
    FOR fact IN SELECT json_array_elements(facts) LOOP
        previous_hashes := previous_hashes || last_hash;
        last_hash := sha256(
            last_hash || int8send(head + cardinality(previous_hashes)) || convert_to(fact ->> 'record', 'UTF8')
        );
        hashes := hashes || last_hash;
    END LOOP;
    INSERT INTO workflow.event
        (landlord, seq, stream, version, event_id, name, record, recorded_at, previous_hash, hash)
    SELECT of_landlord, head + given.place, given.stream, given.version, given.event_id, given.name, given.record,
           given.recorded_at, given.previous_hash, given.hash
    FROM ROWS FROM (
        json_to_recordset(facts)
            AS (stream text, version integer, event_id uuid, name text, record text, recorded_at timestamptz),
        unnest(previous_hashes), unnest(hashes)
    ) WITH ORDINALITY
        AS given (stream, version, event_id, name, record, recorded_at, previous_hash, hash, place);
    UPDATE workflow.feed_head SET seq = head + cardinality(hashes), hash = last_hash WHERE landlord = of_landlord;
    RETURN head + cardinality(hashes);
END $$;

-- Webhooks: who is sent each landlord's events over HTTP, how far each has got, and what came of every attempt.

CREATE SCHEMA webhooks;

-- A role of its own: it reads the log, and nothing that holds personal words. See 0001 for the care taken here.
DO $$
DECLARE
    enough text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    BEGIN
        CREATE ROLE redress_webhooks NOLOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- roles belong to the cluster, not to this database
    END;
    IF NOT pg_has_role(CURRENT_USER, 'redress_webhooks', enough) THEN
        BEGIN
            EXECUTE 'GRANT redress_webhooks TO CURRENT_USER';
        EXCEPTION WHEN unique_violation THEN
            NULL;  -- the same owner is being made a member by another database's migration
        END;
    END IF;
END $$;

CREATE TABLE webhooks.webhook (
    landlord text NOT NULL REFERENCES registry.landlord,
    webhook text NOT NULL CHECK (webhook ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(webhook) <= 60),
    url text NOT NULL CHECK (length(url) <= 2000),
    secret bytea NOT NULL,  -- sealed with a key that the database never sees
    previous_secret bytea,  -- signed with too, while receivers change over
    previous_until timestamptz,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'disabled', 'removed')),
    seq bigint NOT NULL CHECK (seq >= 0),  -- everything up to this number of the feed was taken
    attempts integer NOT NULL DEFAULT 0,  -- that failed, of the next event
    next_attempt_at timestamptz NOT NULL,
    failing_since timestamptz,
    trouble text,  -- of the last attempt that failed: a status or the kind of error, never a body
    lease uuid,  -- of the process that is delivering
    leased_until timestamptz,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    changed_by text,  -- the last pause, resumption, replay, rotation or removal by somebody
    changed_at timestamptz,
    PRIMARY KEY (landlord, webhook),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

CREATE TABLE webhooks.delivery (
    landlord text NOT NULL,
    webhook text NOT NULL,
    delivery bigint GENERATED ALWAYS AS IDENTITY,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    attempt integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    took_milliseconds integer NOT NULL,
    status integer,  -- what the receiver answered, if it did
    trouble text,
    PRIMARY KEY (landlord, webhook, delivery),
    FOREIGN KEY (landlord, webhook) REFERENCES webhooks.webhook
);

SELECT registry.guard(guarded) FROM unnest(ARRAY['webhooks.webhook', 'webhooks.delivery']::regclass[]) AS guarded;

GRANT USAGE ON SCHEMA registry, workflow, webhooks TO redress_webhooks;
GRANT SELECT ON registry.landlord, workflow.event, workflow.feed_head TO redress_webhooks;
GRANT SELECT ON webhooks.webhook TO redress_webhooks;
GRANT UPDATE (state, seq, attempts, next_attempt_at, failing_since, trouble, lease, leased_until)
    ON webhooks.webhook TO redress_webhooks;
GRANT SELECT, INSERT, DELETE ON webhooks.delivery TO redress_webhooks;

-- Residents who follow their own case: who is signed in, the codes they sign in with, and how often somebody may try.

-- Only the hash of a session's token is kept. A session opens one case and no other.
CREATE TABLE registry.resident_session (
    landlord text NOT NULL REFERENCES registry.landlord,
    token_hash bytea NOT NULL,
    reference text NOT NULL,
    holder text NOT NULL CHECK (holder = 'complainant' OR holder ~ '^representative [0-9]+$'),
    began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, token_hash)
);
CREATE INDEX resident_session_of_case ON registry.resident_session (landlord, reference);

-- Whoever names a reference gets a row, whether there is such a case or not: what is counted here tells nobody which.
CREATE TABLE notifier.sign_in_request (
    landlord text NOT NULL REFERENCES registry.landlord,
    request uuid NOT NULL,
    reference text NOT NULL,
    asked_at timestamptz NOT NULL,
    looked_up boolean NOT NULL DEFAULT false,  -- whether the letters with codes were decided
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (landlord, request)
);
CREATE INDEX sign_in_request_to_look_up ON notifier.sign_in_request (landlord, asked_at) WHERE NOT looked_up;

-- A code that went out by email; its hash is keyed with what the database does not hold.
CREATE TABLE notifier.sign_in_code (
    landlord text NOT NULL,
    request uuid NOT NULL,
    holder text NOT NULL,
    code_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, request, holder),
    FOREIGN KEY (landlord, request) REFERENCES notifier.sign_in_request ON DELETE CASCADE
);

-- A code that went out by post; the newest of a case alone holds.
CREATE TABLE notifier.access_code (
    landlord text NOT NULL REFERENCES registry.landlord,
    reference text NOT NULL,
    letter uuid NOT NULL,  -- in which it stands
    code_hash bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, reference)
);

-- Token buckets. Losing them in a crash only fills them again.
CREATE UNLOGGED TABLE notifier.attempt_bucket (
    landlord text NOT NULL,
    bucket bytea NOT NULL,  -- a keyed hash: no address of a person stands here
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL,
    granted boolean NOT NULL,  -- whether the last try got one
    PRIMARY KEY (landlord, bucket)
);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'registry.resident_session', 'notifier.sign_in_request', 'notifier.sign_in_code', 'notifier.access_code',
    'notifier.attempt_bucket']::regclass[]) AS guarded;

GRANT SELECT ON registry.resident_session TO redress_notifier, redress_projections, redress_workflow;
GRANT UPDATE (seen_at) ON registry.resident_session TO redress_notifier, redress_projections, redress_workflow;
GRANT INSERT, DELETE ON registry.resident_session TO redress_notifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifier.sign_in_request, notifier.sign_in_code, notifier.access_code,
    notifier.attempt_bucket TO redress_notifier;

-- Read models: what the boards, the case pages and the reports show. All of it can be thrown away and folded again.

CREATE SCHEMA projections;

CREATE TABLE projections.position (
    landlord text NOT NULL,
    consumer text NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, consumer)
);
CREATE TABLE projections.parked (
    landlord text NOT NULL,
    consumer text NOT NULL,
    seq bigint NOT NULL,
    stream text NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason IN ('poison','held')),
    error text NOT NULL,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, consumer, seq)
);

-- One row per complaint: what it is and where it stands.
CREATE TABLE projections.complaint (
    landlord text NOT NULL,
    reference text NOT NULL,
    organisation text NOT NULL,
    route text NOT NULL,
    channel text NOT NULL,
    policy text NOT NULL,
    policy_hash text NOT NULL,
    received_on date NOT NULL,
    received_at timestamptz,
    source_reference text,
    complainant text,  -- data subject in the vault
    words text,        -- what they wrote, in the vault
    issues jsonb NOT NULL,
    stage integer NOT NULL,
    standing text NOT NULL CHECK (standing IN ('open', 'closed', 'refused', 'withdrawn')),
    because text,      -- why it is closed, or the exclusion it was refused under
    PRIMARY KEY (landlord, reference)
);
CREATE INDEX complaint_open ON projections.complaint (landlord, organisation) WHERE standing = 'open';
CREATE INDEX complaint_received ON projections.complaint (landlord, received_on);

-- One row per duty of a stage: its latest date, and what became of it.
CREATE TABLE projections.deadline (
    landlord text NOT NULL,
    reference text NOT NULL,
    stage integer NOT NULL,
    duty text NOT NULL,
    generation integer NOT NULL,
    due_on date NOT NULL,
    due_at timestamptz,
    trigger text NOT NULL,
    trigger_on date NOT NULL,
    span integer NOT NULL,
    unit text NOT NULL,
    rule text NOT NULL,
    clause text NOT NULL,
    firmness text NOT NULL,
    responsible text NOT NULL,
    calendar_revision text NOT NULL,
    skipped jsonb NOT NULL,
    set_version integer NOT NULL,  -- of the fact in the case's history that set this date
    standing text NOT NULL CHECK (standing IN ('open', 'met', 'lifted')),
    missed boolean NOT NULL,
    met_on date,
    late_by_working_days integer,
    PRIMARY KEY (landlord, reference, stage, duty)
);
CREATE INDEX deadline_open ON projections.deadline (landlord, due_on, reference, stage, duty) WHERE standing = 'open';
CREATE INDEX deadline_missed ON projections.deadline (landlord, due_on, reference, stage, duty) WHERE missed;

-- Who considers which stage.
CREATE TABLE projections.handler (
    landlord text NOT NULL,
    reference text NOT NULL,
    stage integer NOT NULL,
    officer text NOT NULL,
    PRIMARY KEY (landlord, reference, stage, officer)
);
CREATE INDEX handler_by_officer ON projections.handler (landlord, officer);

-- Every fact of every case, in order.
CREATE TABLE projections.fact (
    landlord text NOT NULL,
    reference text NOT NULL,
    version integer NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    name text NOT NULL,
    happened_on date NOT NULL,
    happened_at timestamptz,
    known_at timestamptz,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    origin text NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (landlord, reference, version)
);

-- The answer given at each stage.
CREATE TABLE projections.answer (
    landlord text NOT NULL,
    reference text NOT NULL,
    stage integer NOT NULL,
    answered_on date NOT NULL,
    outcome text,
    PRIMARY KEY (landlord, reference, stage)
);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'projections.position', 'projections.parked', 'projections.complaint', 'projections.deadline', 'projections.handler',
    'projections.fact', 'projections.answer']::regclass[]) AS guarded;

GRANT USAGE ON SCHEMA projections TO redress_projections;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA projections TO redress_projections;

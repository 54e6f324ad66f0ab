-- Personal words, encrypted per data subject: destroying a subject's key erases the words and leaves the log whole.

CREATE SCHEMA vault;

CREATE TABLE vault.subject_key (
    landlord text NOT NULL REFERENCES registry.landlord,
    subject uuid NOT NULL,
    wrapped_key bytea,  -- NULL once destroyed
    made_at timestamptz NOT NULL,
    destroyed_at timestamptz,
    PRIMARY KEY (landlord, subject),
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE vault.words (
    landlord text NOT NULL,
    words uuid NOT NULL,
    subject uuid NOT NULL,
    kind text NOT NULL,  -- what the words are: name, address, email, phone, complaint, desired_outcome, letter, note
    sealed bytea NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, words),
    FOREIGN KEY (landlord, subject) REFERENCES vault.subject_key
);
CREATE INDEX words_by_subject ON vault.words (landlord, subject, kind);

SELECT registry.guard('vault.subject_key'), registry.guard('vault.words');

GRANT USAGE ON SCHEMA vault TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT SELECT ON vault.subject_key, vault.words TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT INSERT ON vault.subject_key, vault.words TO redress_intake, redress_workflow;

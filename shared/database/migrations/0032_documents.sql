-- Documents and photos: what is known of each besides its contents, which lie sealed in a store of their own.

CREATE SCHEMA documents;

-- A row stands before the contents are written and is completed after (stored_at), so that whatever a crash leaves
-- behind is found by its row and removed. Names stand in no clear text: `sealed` holds the name and the hashes under the
-- key of the subject, and is what the vault is given when a fact tells of the document.
CREATE TABLE documents.document (
    landlord text NOT NULL REFERENCES registry.landlord,
    document uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,  -- the order in which they came
    subject uuid NOT NULL,
    kind text NOT NULL,  -- photo, letter, email, report, other
    media_type text NOT NULL,
    bytes integer NOT NULL CHECK (bytes > 0),
    sealed bytea NOT NULL,
    commitment text NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'clean', 'infected')),
    draft uuid,  -- what it was uploaded with, before there was a complaint
    submission uuid,  -- the submission it was sent with; NULL: not sent, or put on a case by an officer
    arrived_at timestamptz NOT NULL,
    stored_at timestamptz,  -- NULL: the contents are not whole
    looked_at timestamptz,  -- when a scanner last answered
    settled_at timestamptz,  -- a fact tells of it: never swept
    deleted_at timestamptz,  -- the contents are gone: removed from the case, or erased
    PRIMARY KEY (landlord, document),
    FOREIGN KEY (landlord, subject) REFERENCES vault.subject_key
);
CREATE INDEX document_by_subject ON documents.document (landlord, subject);
CREATE INDEX document_by_draft ON documents.document (landlord, draft) WHERE draft IS NOT NULL;
CREATE INDEX document_by_submission ON documents.document (landlord, submission) WHERE submission IS NOT NULL;
CREATE INDEX document_to_settle ON documents.document (landlord, arrived_at) WHERE settled_at IS NULL;
CREATE INDEX document_to_look_at ON documents.document (landlord, arrived_at)
    WHERE state = 'received' AND stored_at IS NOT NULL AND deleted_at IS NULL;

SELECT registry.guard('documents.document');

GRANT USAGE ON SCHEMA documents TO redress_intake, redress_workflow, redress_projections;
GRANT SELECT ON documents.document TO redress_intake, redress_workflow, redress_projections;
GRANT INSERT, DELETE ON documents.document TO redress_intake, redress_workflow;
GRANT UPDATE (submission, stored_at, deleted_at) ON documents.document TO redress_intake;
GRANT UPDATE (state, stored_at, looked_at, settled_at, deleted_at) ON documents.document TO redress_workflow;

-- Contents that a fact says were removed are looked for by it.
CREATE INDEX document_removed ON workflow.event (landlord, seq) WHERE name = 'complaint.document-removed.v1';

-- What was uploaded with a submission, in order, as it is handed over.
ALTER TABLE intake.submission ADD COLUMN documents uuid[] NOT NULL DEFAULT '{}';

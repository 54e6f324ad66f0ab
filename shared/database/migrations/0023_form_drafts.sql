-- What an officer typed into the form of an action and has not sent: no fact of the case, and nobody else's to read.
-- Sealed under the key of the complainant, so that erasing the complainant's words erases it too.
CREATE TABLE workflow.form_draft (
    landlord text NOT NULL REFERENCES registry.landlord,
    officer text NOT NULL,
    reference text NOT NULL,
    command text NOT NULL,  -- the address of the action
    sealed bytea NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, officer, reference, command)
);
SELECT registry.guard('workflow.form_draft');
GRANT SELECT, INSERT, UPDATE, DELETE ON workflow.form_draft TO redress_workflow;

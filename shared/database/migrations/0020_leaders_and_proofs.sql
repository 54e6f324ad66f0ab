-- Who leads, by number, and how far each log was proven: what operators watch.

-- Each time somebody takes the lead the number grows; who still believes in an older one is refused.
CREATE TABLE workflow.leader (
    leader text PRIMARY KEY,
    epoch bigint NOT NULL,
    taken_at timestamptz NOT NULL
);

-- It says nothing about any landlord.
ALTER TABLE workflow.leader ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow.leader FORCE ROW LEVEL SECURITY;
CREATE POLICY leaders_are_known ON workflow.leader USING (true) WITH CHECK (true);

-- How far the hash chain of a landlord was proven the last time, and with which hash it ended.
CREATE TABLE workflow.proven (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    proven_at timestamptz NOT NULL
);
SELECT registry.guard('workflow.proven');

GRANT SELECT, INSERT, UPDATE ON workflow.leader TO redress_workflow;
GRANT SELECT, INSERT, UPDATE ON workflow.proven TO redress_workflow;

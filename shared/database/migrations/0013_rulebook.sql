-- What a landlord adopts is a fact on its feed; the rows here follow from it, in the same transaction.

-- Rows of before have neither a reason nor a place in the rulebook.
ALTER TABLE registry.adoption
    ADD COLUMN reason text,
    ADD COLUMN rulebook_version integer;
ALTER TABLE registry.calendar
    ADD COLUMN adopted_by text,
    ADD COLUMN reason text,
    ADD COLUMN rulebook_version integer;

-- How far the open dates of a landlord have been counted again by the calendar it adopted last.
CREATE TABLE workflow.recount (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    calendar_revision text NOT NULL,
    rulebook_version integer NOT NULL,  -- of the adoption
    reason text NOT NULL,
    passed_stream text NOT NULL,  -- every complaint up to here is done
    passed_seq bigint NOT NULL,  -- dates told on the feed up to here are looked after
    cases integer NOT NULL,  -- how many have been looked at
    cases_moved integer NOT NULL,
    dates_moved integer NOT NULL,
    cases_failed integer NOT NULL,  -- left as they were, each told to the operators
    begun_at timestamptz NOT NULL,
    finished_at timestamptz  -- null while cases are left
);
SELECT registry.guard('workflow.recount');
GRANT SELECT, INSERT, UPDATE ON workflow.recount TO redress_workflow;

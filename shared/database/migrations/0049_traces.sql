-- Which trace a piece of work belongs to, for installations that trace (W3C Trace Context); null elsewhere. It stands
-- beside the facts, never in them: what is recorded is the same whether somebody traces or not.
ALTER TABLE intake.submission ADD COLUMN traceparent text;
ALTER TABLE notifier.letter ADD COLUMN traceparent text;

-- From the append of a command on; the relay clears away what is a day old.
CREATE TABLE workflow.command_trace (
    landlord text NOT NULL REFERENCES registry.landlord,
    command_id uuid NOT NULL,
    traceparent text NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, command_id)
);
CREATE INDEX ON workflow.command_trace (landlord, noted_at);
SELECT registry.guard('workflow.command_trace');
GRANT SELECT, INSERT, DELETE ON workflow.command_trace TO redress_workflow;
GRANT SELECT ON workflow.command_trace TO redress_notifier, redress_projections;

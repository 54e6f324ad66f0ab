-- How often each client may still call the JSON API for now. A client is a keyed hash of its token or its address, and
-- nothing that leads back to either. Requests that name no landlord count under that of the installation, which need
-- not be registered yet: so there is no reference to it.
CREATE UNLOGGED TABLE registry.allowance (
    landlord text NOT NULL,
    what text NOT NULL,
    client bytea NOT NULL,
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, what, client)
);
CREATE INDEX allowance_by_age ON registry.allowance (landlord, filled_at);

SELECT registry.guard('registry.allowance');

GRANT SELECT, INSERT, UPDATE ON registry.allowance TO redress_intake, redress_workflow, redress_projections;
GRANT DELETE ON registry.allowance TO redress_workflow;

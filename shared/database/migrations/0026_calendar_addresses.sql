-- The secret addresses under which officers subscribe to their deadlines; of each only the SHA-256 is kept.

CREATE TABLE desk.calendar_address (
    landlord text NOT NULL,
    officer text NOT NULL,
    token_hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, officer),
    UNIQUE (landlord, token_hash),
    FOREIGN KEY (landlord, officer) REFERENCES registry.officer
);

SELECT registry.guard('desk.calendar_address'::regclass);

GRANT SELECT, INSERT, UPDATE, DELETE ON desk.calendar_address TO redress_projections;

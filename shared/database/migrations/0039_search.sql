-- By what sealed words are found: keyed hashes of their pieces, written together with the words and gone with the key
-- of their person. What a stolen copy would show stands in docs/decisions/0025.
CREATE TABLE vault.search_hash (
    landlord text NOT NULL REFERENCES registry.landlord,
    hash bigint NOT NULL,
    words uuid NOT NULL,
    subject uuid NOT NULL,
    kind text NOT NULL,  -- of the words: name, address, email, phone, complaint, desired_outcome, letter, note
    PRIMARY KEY (landlord, hash, words)
);
CREATE INDEX search_hash_by_subject ON vault.search_hash (landlord, subject);

SELECT registry.guard('vault.search_hash');

-- Intake looks for the same person before a complaint is logged, and for nothing else.
CREATE VIEW vault.people_hash WITH (security_barrier) AS
    SELECT landlord, hash, subject, kind FROM vault.search_hash WHERE kind IN ('name', 'address', 'email', 'phone');

GRANT SELECT ON vault.search_hash TO redress_projections;
GRANT SELECT ON vault.people_hash TO redress_intake;
GRANT INSERT ON vault.search_hash TO redress_intake, redress_workflow;

CREATE INDEX complaint_by_complainant ON projections.complaint (landlord, complainant);

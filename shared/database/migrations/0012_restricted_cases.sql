-- Cases that not everybody may see: the roles that may, and the officers that may not although their role may.

CREATE TABLE projections.restricted (
    landlord text NOT NULL,
    reference text NOT NULL,
    mark text NOT NULL,
    roles text[] NOT NULL,
    kept_from text[] NOT NULL,
    PRIMARY KEY (landlord, reference)
);

SELECT registry.guard('projections.restricted'::regclass);

GRANT SELECT, INSERT, UPDATE, DELETE ON projections.restricted TO redress_projections;

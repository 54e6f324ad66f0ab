-- What a submission says of a representative and of adjustments: codes and references into the vault, no personal words.
ALTER TABLE intake.submission ADD COLUMN representative jsonb;
ALTER TABLE intake.submission ADD COLUMN adjustments jsonb NOT NULL DEFAULT '[]';

-- Answers of a complaint that is not sent yet. Sealed under a key of their own, which is wrapped by the landlord's and
-- goes with the row: a draft that is deleted can be read by nobody. The browser's token and the code with which another
-- browser opens it are kept as hashes only.
CREATE TABLE intake.draft (
    landlord text NOT NULL REFERENCES registry.landlord,
    draft uuid NOT NULL,
    token_hash bytea NOT NULL,
    code_hash bytea,
    wrapped_key bytea,
    sealed bytea,
    saved_at timestamptz NOT NULL,
    submission uuid,  -- what was made of it; the answers are gone from then on
    PRIMARY KEY (landlord, draft),
    UNIQUE (landlord, token_hash),
    UNIQUE (landlord, code_hash),
    CHECK ((sealed IS NULL) = (wrapped_key IS NULL)),
    CHECK ((sealed IS NULL) = (submission IS NOT NULL))
);
CREATE INDEX draft_by_age ON intake.draft (landlord, saved_at);

-- How much each client may still do for now. A client is a keyed hash of its address, nothing that leads back to it.
CREATE UNLOGGED TABLE intake.allowance (
    landlord text NOT NULL REFERENCES registry.landlord,
    what text NOT NULL,
    client bytea NOT NULL,
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, what, client)
);
CREATE INDEX allowance_by_age ON intake.allowance (landlord, filled_at);

SELECT registry.guard('intake.draft'), registry.guard('intake.allowance');

GRANT SELECT, INSERT, UPDATE, DELETE ON intake.draft, intake.allowance TO redress_intake;

-- What a letter said stays readable, under the key of the person it was about; landlords write their own wordings.

ALTER TABLE notifier.letter
    ADD COLUMN words uuid,  -- what went out, sealed in the vault; NULL for reminders and what was sent before
    ADD COLUMN wording_version integer,  -- of the landlord's own wording; NULL: the built-in one
    ADD COLUMN wording_hash text;  -- SHA-256 of the wording that wrote it
CREATE INDEX letter_of_case ON notifier.letter (landlord, reference, caused_at DESC, letter DESC);

-- Who had a letter tried again after it failed, and why it had.
CREATE TABLE notifier.letter_sent_again (
    landlord text NOT NULL,
    letter uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL,
    trouble text NOT NULL,
    PRIMARY KEY (landlord, letter, asked_at),
    FOREIGN KEY (landlord, letter) REFERENCES notifier.letter
);

-- A landlord's own wordings. A version is never changed; one without a text goes back to the built-in wording.
CREATE TABLE notifier.wording (
    landlord text NOT NULL REFERENCES registry.landlord,
    kind text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    text text CHECK (length(text) <= 10000),
    in_force_from date NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, kind, version)
);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'notifier.letter_sent_again', 'notifier.wording']::regclass[]) AS guarded;

GRANT SELECT, INSERT ON notifier.letter_sent_again, notifier.wording TO redress_notifier;
-- It seals what it sent; keys of persons it can read and never make.
GRANT INSERT ON vault.words TO redress_notifier;

-- How a landlord's pages look, and what is told at the top of all of them: written by administrators, read by every page.

CREATE TABLE administration.brand (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    shown_name text NOT NULL CHECK (length(shown_name) <= 80),  -- empty: as it is registered
    colour text NOT NULL CHECK (colour ~ '^[0-9a-f]{6}$'),
    font text NOT NULL CHECK (length(font) BETWEEN 1 AND 40),
    changed_at timestamptz NOT NULL
);

CREATE TABLE administration.notice (
    landlord text NOT NULL REFERENCES registry.landlord,
    notice bigint GENERATED ALWAYS AS IDENTITY,
    message text NOT NULL CHECK (length(message) BETWEEN 1 AND 500),
    audience text NOT NULL CHECK (audience IN ('staff', 'residents', 'both')),
    shown_from timestamptz NOT NULL,
    shown_until timestamptz NOT NULL,
    put_up_at timestamptz NOT NULL,
    put_up_by text NOT NULL,
    taken_down_at timestamptz,
    PRIMARY KEY (landlord, notice),
    CHECK (shown_until > shown_from)
);
CREATE INDEX notice_by_end ON administration.notice (landlord, shown_until);

SELECT registry.guard(guarded) FROM unnest(ARRAY['administration.brand', 'administration.notice']::regclass[]) AS guarded;

GRANT USAGE ON SCHEMA administration TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT SELECT ON administration.brand, administration.notice
    TO redress_intake, redress_workflow, redress_notifier, redress_projections, redress_administration;
GRANT INSERT, UPDATE (shown_name, colour, font, changed_at) ON administration.brand TO redress_administration;
GRANT INSERT, UPDATE (taken_down_at) ON administration.notice TO redress_administration;

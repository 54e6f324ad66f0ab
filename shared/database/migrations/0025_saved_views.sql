-- What officers keep for their own work beside the read models: it is not folded from the log and cannot be folded again.

CREATE SCHEMA desk;

-- Filters of the board under a name; shared ones are offered to every officer of the landlord, each of whom sees under
-- them what they may see.
CREATE TABLE desk.saved_view (
    landlord text NOT NULL,
    officer text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query text NOT NULL CHECK (length(query) <= 600),
    is_shared boolean NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, officer, name),
    FOREIGN KEY (landlord, officer) REFERENCES registry.officer
);
CREATE INDEX saved_view_shared ON desk.saved_view (landlord, name) WHERE is_shared;

SELECT registry.guard('desk.saved_view'::regclass);

GRANT USAGE ON SCHEMA desk TO redress_projections;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.saved_view TO redress_projections;

-- Who opened which page of which case, and when: no words. Services add to it and nobody rewrites it; what is older than
-- the landlord keeps it goes by the one function that may delete.

CREATE SCHEMA access;

CREATE TABLE access.read (
    landlord text NOT NULL REFERENCES registry.landlord,
    reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 60),
    officer text NOT NULL CHECK (length(officer) BETWEEN 1 AND 100),
    page text NOT NULL CHECK (page ~ '^[a-z_]{1,30}$'),
    seen_at timestamptz NOT NULL,  -- the minute; the very moment for a case that not everybody may see
    PRIMARY KEY (landlord, reference, officer, page, seen_at)
);
CREATE INDEX read_by_officer ON access.read (landlord, officer, seen_at);
CREATE INDEX read_by_time ON access.read (landlord, seen_at);

CREATE TABLE access.retention (
    landlord text PRIMARY KEY REFERENCES registry.landlord,
    kept_days integer NOT NULL CHECK (kept_days BETWEEN 90 AND 3660),
    changed_at timestamptz NOT NULL
);

SELECT registry.guard(guarded) FROM unnest(ARRAY['access.read', 'access.retention']::regclass[]) AS guarded;

CREATE FUNCTION access.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who read what is never rewritten: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_rewritten BEFORE UPDATE OR TRUNCATE ON access.read
    FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_rewriting();

-- Deletes at most 10,000 reads of the landlord that are older than it keeps them, and says how many. A moment that lies in
-- the future counts as now: nobody makes a read old by saying so.
CREATE FUNCTION access.sweep(of_landlord text, moment timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH old AS (
        SELECT reference, officer, page, seen_at FROM access.read
        WHERE landlord = of_landlord AND of_landlord = current_setting('redress.landlord', true)
            AND seen_at < least(moment, clock_timestamp()) - make_interval(days => coalesce(
                (SELECT kept_days FROM access.retention WHERE landlord = of_landlord), 730))
        ORDER BY seen_at LIMIT 10000
    ), gone AS (
        DELETE FROM access.read USING old
        WHERE read.landlord = of_landlord
            AND (read.reference, read.officer, read.page, read.seen_at) = (old.reference, old.officer, old.page, old.seen_at)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION access.sweep(text, timestamptz) FROM PUBLIC;

GRANT USAGE ON SCHEMA access TO redress_intake, redress_workflow, redress_notifier, redress_projections, redress_administration;
GRANT INSERT ON access.read TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT SELECT ON access.read TO redress_projections;
GRANT SELECT ON access.retention TO redress_projections, redress_administration;
GRANT INSERT, UPDATE (kept_days, changed_at) ON access.retention TO redress_administration;
GRANT EXECUTE ON FUNCTION access.sweep(text, timestamptz) TO redress_projections;

-- Who administers a landlord: a role of its own writes officers and organisations, officers leave and stay on record, and
-- every change stands in a list that nobody rewrites.

CREATE SCHEMA administration;

-- See 0001 for the care taken here.
DO $$
DECLARE
    enough text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    BEGIN
        CREATE ROLE redress_administration NOLOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- roles belong to the cluster, not to this database
    END;
    IF NOT pg_has_role(CURRENT_USER, 'redress_administration', enough) THEN
        BEGIN
            EXECUTE 'GRANT redress_administration TO CURRENT_USER';
        EXCEPTION WHEN unique_violation THEN
            NULL;  -- the same owner is being made a member by another database's migration
        END;
    END IF;
END $$;

-- Whoever left cannot sign in any more; their id stands on the log, so their row stays.
ALTER TABLE registry.officer ADD COLUMN ended_at timestamptz;

CREATE FUNCTION registry.refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an officer is ended, never deleted: the log names them' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON registry.officer
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_forgetting();

CREATE TABLE administration.change (
    landlord text NOT NULL REFERENCES registry.landlord,
    change bigint GENERATED ALWAYS AS IDENTITY,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 100),
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),  -- of what was changed: officer, organisation, …
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 100),  -- its id, never a name
    did text NOT NULL CHECK (length(did) BETWEEN 1 AND 40),  -- added, changed, ended, …
    details jsonb NOT NULL,  -- what it was and is by field; of names and addresses only that they changed
    PRIMARY KEY (landlord, change)
);
CREATE INDEX change_of_subject ON administration.change (landlord, kind, subject, change);

CREATE FUNCTION administration.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes stay on record: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON administration.change
    FOR EACH STATEMENT EXECUTE FUNCTION administration.refuse_rewriting();

SELECT registry.guard('administration.change'::regclass);

GRANT USAGE ON SCHEMA registry, administration TO redress_administration;
GRANT SELECT ON registry.landlord, registry.organisation, registry.officer, registry.session TO redress_administration;
GRANT INSERT (landlord, officer, organisation, name, email, role), UPDATE (organisation, name, email, role, ended_at)
    ON registry.officer TO redress_administration;
GRANT INSERT, UPDATE (name, kind) ON registry.organisation TO redress_administration;
GRANT DELETE ON registry.session TO redress_administration;
GRANT SELECT, INSERT ON administration.change TO redress_administration;

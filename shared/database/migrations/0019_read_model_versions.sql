-- Versions of the read models: a new one is folded in tables of its own while the old one serves, and takes its place in
-- one transaction. The tables that serve stand in schema projections, those of version 7 in projections_v7.

CREATE TABLE projections.version (
    version integer PRIMARY KEY CHECK (version > 0),
    fold integer NOT NULL,  -- the number of the code's fold, see services/projections/case_folds.py
    state text NOT NULL CHECK (state IN ('building', 'serving', 'kept')),
    begun_at timestamptz NOT NULL,
    built_at timestamptz,
    served_from timestamptz,
    served_until timestamptz
);
CREATE UNIQUE INDEX version_building ON projections.version (state) WHERE state = 'building';
CREATE UNIQUE INDEX version_serving ON projections.version (state) WHERE state = 'serving';
INSERT INTO projections.version VALUES (1, 1, 'serving', now(), now(), now(), NULL);

-- It says nothing about any landlord: every service may look, its owner alone keeps it.
ALTER TABLE projections.version ENABLE ROW LEVEL SECURITY;
ALTER TABLE projections.version FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_is_readable ON projections.version FOR SELECT USING (true);
CREATE POLICY owner_keeps ON projections.version TO CURRENT_USER USING (true) WITH CHECK (true);

-- How far a landlord's cases are folded into a version that is being built: up to which entry of the feed, through which
-- case, in the order of references. What follows is caught up with from the position.
CREATE TABLE projections.build (
    landlord text NOT NULL,
    version integer NOT NULL REFERENCES projections.version ON DELETE CASCADE,
    up_to bigint NOT NULL,
    through text NOT NULL,
    folded bigint NOT NULL,
    facts_per_second double precision NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, version)
);
SELECT registry.guard('projections.build');

GRANT SELECT ON projections.version TO redress_projections;
GRANT SELECT, INSERT, UPDATE ON projections.build TO redress_projections;

-- Makes the empty tables of a version as those that serve are now, with their indexes under the same names.
CREATE FUNCTION projections.make_version(number integer, tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    home text := format('projections_v%s', number);
    name text;
    made regclass;
    key record;
BEGIN
    EXECUTE format('CREATE SCHEMA %I', home);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO redress_projections', home);
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format(
            'CREATE TABLE %I.%I (LIKE projections.%I INCLUDING ALL EXCLUDING INDEXES)', home, name, name);
        made := format('%I.%I', home, name)::regclass;
        FOR key IN
            SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
            WHERE conrelid = format('projections.%I', name)::regclass AND contype IN ('p', 'u')
        LOOP
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', made, key.conname, key.definition);
        END LOOP;
        FOR key IN
            SELECT replace(pg_get_indexdef(indexrelid), ' ON projections.', format(' ON %I.', home)) AS definition
            FROM pg_index WHERE indrelid = format('projections.%I', name)::regclass
                AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
        LOOP
            EXECUTE key.definition;
        END LOOP;
        PERFORM registry.guard(made);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO redress_projections', made);
    END LOOP;
END $$;

-- The columns of a schema's tables in one text: two versions with the same text can take each other's place.
CREATE FUNCTION projections.shape(home text, tables text[]) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT COALESCE(string_agg(
        format('%s.%s %s%s', relname, attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN ' required' END),
        ', ' ORDER BY relname, attname), '')
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = home AND relname = ANY (tables) AND attnum > 0 AND NOT attisdropped
$$;

-- Changes the places of the version that serves and another; the caller has locked the tables of both.
CREATE FUNCTION projections.change_places(serving integer, other integer, tables text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    old_home text := format('projections_v%s', serving);
    new_home text := format('projections_v%s', other);
    name text;
BEGIN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', old_home);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO redress_projections', old_home);
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE projections.%I SET SCHEMA %I', name, old_home);
        EXECUTE format('ALTER TABLE %I.%I SET SCHEMA projections', new_home, name);
    END LOOP;
    EXECUTE format('DROP SCHEMA %I', new_home);
END $$;

-- Removes the tables of a version that does not serve.
CREATE FUNCTION projections.drop_version(number integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM projections.version WHERE version = number AND state = 'serving') THEN
        RAISE EXCEPTION 'version % serves', number USING ERRCODE = 'object_in_use';
    END IF;
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', format('projections_v%s', number));
    DELETE FROM projections.version WHERE version = number;
END $$;

REVOKE EXECUTE ON FUNCTION projections.make_version(integer, text[]), projections.shape(text, text[]),
    projections.change_places(integer, integer, text[]), projections.drop_version(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION projections.shape(text, text[]) TO redress_projections;

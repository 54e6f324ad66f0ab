-- Landlords, their organisations, officers, sessions, adopted policies and calendars; and the guard every table of every service wears.

CREATE SCHEMA registry;

-- A role per service. None owns anything; production logs in as members of them.
DO $$
DECLARE
    service text;
    enough text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH service IN ARRAY ARRAY['redress_intake', 'redress_workflow', 'redress_notifier', 'redress_projections'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', service);
        EXCEPTION WHEN duplicate_object THEN
            NULL;  -- roles belong to the cluster, not to this database
        WHEN unique_violation THEN
            NULL;  -- another database of the cluster is being migrated at this moment
        END;
        -- An owner that is no superuser must be allowed to act under the role. From PostgreSQL 16 on whoever makes a
        -- role is a member of it without that right.
        IF NOT pg_has_role(CURRENT_USER, service, enough) THEN
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', service);
            EXCEPTION WHEN unique_violation THEN
                NULL;  -- the same owner is being made a member by another database's migration
            END;
        END IF;
    END LOOP;
END $$;

-- Landlord first: a row is seen and written only under the landlord of the transaction.
-- The sub-select makes it one look-up per statement instead of one per row.
CREATE FUNCTION registry.guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format(
        'CREATE POLICY landlord_only ON %s '
        'USING (landlord = (SELECT current_setting(''redress.landlord'', true))) '
        'WITH CHECK (landlord = (SELECT current_setting(''redress.landlord'', true)))', guarded);
END $$;

-- The directory of landlords holds no personal data; workers read it to know whose work to look for.
CREATE TABLE registry.landlord (
    landlord text PRIMARY KEY CHECK (landlord ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(landlord) <= 60),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('council', 'almo', 'tmo', 'housing association')),
    reference_prefix text NOT NULL CHECK (reference_prefix ~ '^[A-Z]{2,6}$'),
    registered_at timestamptz NOT NULL
);
ALTER TABLE registry.landlord ENABLE ROW LEVEL SECURITY;
ALTER TABLE registry.landlord FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_is_readable ON registry.landlord FOR SELECT USING (true);
CREATE POLICY owner_registers ON registry.landlord FOR INSERT TO CURRENT_USER WITH CHECK (true);

CREATE TABLE registry.organisation (
    landlord text NOT NULL REFERENCES registry.landlord,
    organisation text NOT NULL CHECK (organisation ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('council', 'almo', 'tmo', 'housing association')),
    PRIMARY KEY (landlord, organisation)
);

CREATE TABLE registry.officer (
    landlord text NOT NULL,
    officer text NOT NULL,
    organisation text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (landlord, officer),
    FOREIGN KEY (landlord, organisation) REFERENCES registry.organisation
);

-- Only the hash of a session's token is kept.
CREATE TABLE registry.session (
    landlord text NOT NULL,
    token_hash bytea NOT NULL,
    officer text NOT NULL,
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, token_hash),
    FOREIGN KEY (landlord, officer) REFERENCES registry.officer
);

-- A pack and a calendar stay for as long as a case may be replayed under them: for ever.
CREATE TABLE registry.policy_pack (
    landlord text NOT NULL REFERENCES registry.landlord,
    policy_hash text NOT NULL,
    policy text NOT NULL,
    document text NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, policy_hash)
);

CREATE TABLE registry.adoption (
    landlord text NOT NULL,
    organisation text NOT NULL,
    effective_from date NOT NULL,
    policy_hash text NOT NULL,
    adopted_at timestamptz NOT NULL,
    adopted_by text NOT NULL,
    PRIMARY KEY (landlord, organisation, effective_from, adopted_at),
    FOREIGN KEY (landlord, organisation) REFERENCES registry.organisation,
    FOREIGN KEY (landlord, policy_hash) REFERENCES registry.policy_pack
);

CREATE TABLE registry.calendar (
    landlord text NOT NULL REFERENCES registry.landlord,
    revision text NOT NULL,
    document text NOT NULL,
    adopted_at timestamptz NOT NULL,
    PRIMARY KEY (landlord, revision)
);

CREATE TABLE registry.reference_counter (
    landlord text NOT NULL REFERENCES registry.landlord,
    year integer NOT NULL,
    last_number integer NOT NULL,
    PRIMARY KEY (landlord, year)
);

SELECT registry.guard(guarded) FROM unnest(ARRAY[
    'registry.organisation', 'registry.officer', 'registry.session', 'registry.policy_pack',
    'registry.adoption', 'registry.calendar', 'registry.reference_counter']::regclass[]) AS guarded;

-- The next free case reference of a landlord's year, such as RC-2026-000042.
CREATE FUNCTION registry.next_reference(of_landlord text, of_year integer) RETURNS text LANGUAGE sql AS $$
    WITH taken AS (
        INSERT INTO registry.reference_counter AS counter (landlord, year, last_number)
        VALUES (of_landlord, of_year, 1)
        ON CONFLICT (landlord, year) DO UPDATE SET last_number = counter.last_number + 1
        RETURNING last_number
    )
    SELECT landlord.reference_prefix || '-' || of_year || '-' || lpad(taken.last_number::text, greatest(6, length(taken.last_number::text)), '0')
    FROM taken, registry.landlord WHERE landlord.landlord = of_landlord
$$;

GRANT USAGE ON SCHEMA registry TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT SELECT ON registry.landlord, registry.organisation, registry.officer, registry.session, registry.policy_pack,
    registry.adoption, registry.calendar
    TO redress_intake, redress_workflow, redress_notifier, redress_projections;
GRANT INSERT, DELETE ON registry.session TO redress_workflow;
GRANT SELECT, INSERT, UPDATE ON registry.reference_counter TO redress_intake, redress_workflow;

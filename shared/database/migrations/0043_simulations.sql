-- How a past period would have gone under another policy: what was asked, how far it came, and what it found. It is no
-- fact and changes nothing; whoever may see it asks again when it is gone.
CREATE TABLE desk.simulation (
    landlord text NOT NULL REFERENCES registry.landlord,
    simulation uuid NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    organisation text,  -- null: all of the landlord's
    policy text NOT NULL,
    version text NOT NULL,
    document text NOT NULL CHECK (length(document) <= 200000),  -- of a pack that may never be adopted
    from_on date NOT NULL,
    to_on date NOT NULL CHECK (to_on >= from_on),
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'finished', 'cancelled', 'failed')),
    passed_reference text NOT NULL,  -- every complaint up to here is done
    complaints integer NOT NULL,  -- how many there are to look at
    done integer NOT NULL,
    judged integer NOT NULL,  -- of those done: complaints that were taken
    worked_ms bigint NOT NULL,
    finished_at timestamptz,
    trouble text,
    PRIMARY KEY (landlord, simulation)
);
CREATE TABLE desk.simulated (
    landlord text NOT NULL,
    simulation uuid NOT NULL,
    reference text NOT NULL,
    stage integer NOT NULL,
    duty text NOT NULL,
    organisation text NOT NULL,
    opened_on date NOT NULL,  -- the stage
    then_due date NOT NULL,
    then_verdict text NOT NULL,
    now_due date,  -- null where the policy sets no date
    now_verdict text NOT NULL,
    done_on date,
    PRIMARY KEY (landlord, simulation, reference, stage, duty),
    FOREIGN KEY (landlord, simulation) REFERENCES desk.simulation ON DELETE CASCADE
);
SELECT registry.guard(guarded) FROM unnest(ARRAY['desk.simulation', 'desk.simulated']::regclass[]) AS guarded;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.simulation, desk.simulated TO redress_projections;

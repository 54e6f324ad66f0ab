-- A policy above a landlord's own, such as a statutory code: adopted as an overlay, its clocks run beside the own ones.

-- Temporary packs end: `until_on` is the last day they are in force.
ALTER TABLE registry.adoption
    ADD COLUMN overlay boolean NOT NULL DEFAULT false,
    ADD COLUMN until_on date CHECK (until_on >= effective_from),
    DROP CONSTRAINT adoption_pkey,
    ADD PRIMARY KEY (landlord, organisation, overlay, effective_from, adopted_at);

-- The name of the policy that a duty is owed under where it is not the complaint's own, else empty.
ALTER TABLE projections.deadline
    ADD COLUMN overlay text NOT NULL DEFAULT '',
    DROP CONSTRAINT deadline_pkey,
    ADD PRIMARY KEY (landlord, reference, stage, duty, overlay);

-- Which organisations a case was referred to with the complainant's permission: they see it too, until it is taken back.
ALTER TABLE projections.complaint ADD COLUMN referred_to text[] NOT NULL DEFAULT '{}';

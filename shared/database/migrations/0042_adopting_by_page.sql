-- The workflow service, which alone appends to the log, also writes the registry's rows that follow from an adoption on
-- it, in the same transaction: so an administrator adopts on a page without the owner's rights. A pack and an adoption
-- stay as they are for ever; of a calendar that is adopted again only the adoption changes.
GRANT INSERT ON registry.policy_pack, registry.adoption, registry.calendar TO redress_workflow;
GRANT UPDATE (adopted_at, adopted_by, reason, rulebook_version) ON registry.calendar TO redress_workflow;

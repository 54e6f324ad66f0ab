-- Which cases some people have that an officer may see: what staff are told before they log another complaint of the same
-- person. Intake learns this much of the read models and no more; the rule of who sees what is that of the board.
CREATE FUNCTION projections.cases_of_people(
    of_landlord text, people uuid[], since date, for_officer text, for_role text, confined_to text, most integer
) RETURNS TABLE (reference text, person uuid, organisation text, stage integer, standing text, received_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT complaint.reference, complaint.complainant::uuid, complaint.organisation, complaint.stage,
        complaint.standing, complaint.received_on
    FROM projections.complaint
    WHERE complaint.landlord = of_landlord AND complaint.complainant = ANY (people::text[])
        AND complaint.received_on >= since
        AND (confined_to IS NULL OR complaint.organisation = confined_to OR confined_to = ANY (complaint.referred_to))
        AND NOT EXISTS (
            SELECT FROM projections.restricted
            WHERE (restricted.landlord, restricted.reference) = (complaint.landlord, complaint.reference)
                AND NOT (for_role = ANY (restricted.roles) AND NOT for_officer = ANY (restricted.kept_from)))
    ORDER BY complaint.received_on DESC, complaint.reference DESC
    LIMIT most
$$;

REVOKE EXECUTE ON FUNCTION projections.cases_of_people(text, uuid[], date, text, text, text, integer) FROM PUBLIC;
GRANT USAGE ON SCHEMA projections TO redress_intake;
GRANT EXECUTE ON FUNCTION projections.cases_of_people(text, uuid[], date, text, text, text, integer) TO redress_intake;

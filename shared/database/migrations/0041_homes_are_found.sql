-- The home that a complaint is about says who somebody is as well as the address to which letters go.
CREATE OR REPLACE VIEW vault.people_hash WITH (security_barrier) AS
    SELECT landlord, hash, subject, kind FROM vault.search_hash
    WHERE kind IN ('name', 'address', 'home', 'email', 'phone');

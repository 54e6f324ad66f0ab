"""How much one client may do in an hour: buckets of tokens in the database, the same for every process.

Owns      the table `registry.allowance`; intake keeps the buckets of its form in a table of its own.
Promises  no address and no token stands in a table, only a keyed hash; a limit never stops what it cannot count.
"""

"""PostgreSQL in memory: the product's own SQL, on its own tables, with transactions, row locks and unique keys.

The statements are those that the product sends; the tables are those of the migrations. Read committed, a row locked
by whoever changes it, a unique key that waits for an open transaction, advisory locks, savepoints, row-level security.
Left out: roles and grants, foreign keys, plans. What it cannot do it refuses by name (`NotModelled`).
"""

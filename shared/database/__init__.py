"""The way to PostgreSQL: pools of connections under one service's role, and the runner of
migrations.

Promises: every transaction belongs to one landlord and row-level security confines it there; no
connection carries anything from one use to the next; every wait has a limit; a restarted server is
found again.
"""

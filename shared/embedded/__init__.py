"""A private PostgreSQL, for a machine on which nobody has set one up.

Promises: it listens on a Unix socket that only its own account (and root) can reach and on
no network port; it never touches a server that it did not start; its data outlive a restart
and a killed owner; every reason for which it cannot run is one sentence.
"""

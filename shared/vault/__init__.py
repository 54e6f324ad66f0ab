"""Personal words, encrypted per data subject and referred to from the log by id and commitment.

Promises: no name, address or sentence of a person stands in clear text in the database; destroying
a subject's key makes all their words unreadable at once, while the log, its hashes and every
commitment stay as they were.
"""

"""Read models: the deadline board, case histories, caseload and counts, with their API and pages.

Owns: schema `projections`, every row of which can be folded again from the feed (`rebuilding`).
Consumes: the feed, through the queue `projections.feed.v1` and, where a message is missing, the log
itself. Publishes: nothing.
"""

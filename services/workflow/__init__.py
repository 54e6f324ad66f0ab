"""Workflow decides about complaints and keeps the log of what happened.

Owns: schema `workflow` (the log with its contiguous feed and hash chain, timers, command results,
the relay's cursor) and, through `domain`, every rule about complaints. Writes personal words into
the vault, never onto the log.

Consumes: `ComplaintReceived` from queue `workflow.complaint-received.v1`, once per submission; the
commands of officers over HTTP.

Publishes: every event of the log, in the order of its landlord's feed, as
`{landlord}.complaint.{stage}.{event}.v1`, and every 30 seconds the head of each feed as
`{landlord}.feed.head.v1`.

A command goes so: `api`, `action_pages`, `receiving` or `timers` make it; `handling` loads the
complaint, has `domain.decisions` decide, and appends what it decided in one transaction; `relay`
publishes it.
"""

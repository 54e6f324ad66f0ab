"""Intake: takes what reaches the landlord, answers with a reference and dates, and hands it on.

Owns      the schema `intake`: one row per submission, its own outbox until it is published; sealed drafts
          of complaints that are not sent yet, for thirty days; what each client may still do.
Consumes  nothing.
Publishes `complaint-received.v1` (to the workflow), with ids and dates only; personal words go
          into the vault.
Promises  a submission that was answered is never lost, also while the broker is down, and the
          same key never makes two.
"""

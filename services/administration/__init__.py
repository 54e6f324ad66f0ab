"""What administrators keep: people and their roles, organisations, the landlord's look, and what is told on every page.

It works under a database role of its own, the only one that writes officers and organisations. Each change is
recorded, in the transaction that makes it.
"""

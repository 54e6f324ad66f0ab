"""How facts travel between services: port, two transports, messages, and the follower of a feed.

Owns: the exchanges, queues and bindings at the broker (`topology`), and the shape of every message
(`envelope`, `received`). Promises: delivery at least once; for a follower the order of the feed,
and effects exactly once, because position and effect share a transaction. Nothing personal is ever
in a message, and nothing is dropped silently.
"""

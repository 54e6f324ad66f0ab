"""The log of facts: one feed per landlord, contiguous by construction, chained by SHA-256.

Promises: what a command decided is stored whole or not at all, with its timers, its personal words
and its result; (stream, version) guards against two deciding at once, (landlord, seq) is what
subscribers count; a reader below the head misses nothing; nobody rewrites what is written, and a
change behind our back is found.
"""

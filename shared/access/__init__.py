"""Who opened which page of which case: noted where it is opened, shown to whom it concerns, swept when old.

Ids and times alone, never words. Only ever added to: see migration 0046.
"""

"""Hands out what was taken from a bucket several tokens at a time, so that the requests of a busy client do not queue
for one row of the database.

What a process has taken and not handed out is lost to the client when the process ends: a thousandth of the limit.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from shared.allowances.buckets import Allowances, Refusal

SHARE = 1_000  # of a limit; the part that is taken at a time
MOST_KEPT = 10_000  # clients; of whom there are more, the longest known are forgotten


class Leases:
    """What this process may still hand out, by client; one for all its threads."""

    def __init__(
        self, allowances: Allowances, *, limits: Mapping[str, int], share: int = SHARE
    ) -> None:
        self._allowances = allowances
        self._at_once = {what: max(1, limit // share) for what, limit in limits.items()}
        self._kept: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._turn = Lock()

    def take(self, landlord: str, what: str, who: str, *, now: datetime) -> Refusal | None:
        """Takes one token of a client; a Refusal where none is left."""
        client = (landlord, what, who)
        with self._turn:
            left = self._kept.pop(client, 0)
            self._keep(client, left - 1)
        if left:
            return None
        at_once = self._at_once[what]
        refusal = self._allowances.take_of(landlord, what, who, now=now, count=at_once)
        if refusal is not None and at_once > 1:
            at_once = 1  # the last ones are handed out one by one
            refusal = self._allowances.take_of(landlord, what, who, now=now)
        if refusal is None:
            with self._turn:
                self._keep(client, self._kept.pop(client, 0) + at_once - 1)
        return refusal

    def _keep(self, client: tuple[str, str, str], count: int) -> None:
        if count > 0:
            self._kept[client] = count
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

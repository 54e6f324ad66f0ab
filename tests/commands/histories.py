"""Invented histories with figures counted by hand."""

from __future__ import annotations

import json
from typing import Any


def fact(what: str, on: str, **more: Any) -> dict[str, Any]:
    """One fact of a history."""
    return {"what": what, "on": on, **more}


def history(reference: str, *facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One history of an invented housing association."""
    return {
        "reference": reference,
        "landlord": "Larkfield Homes",
        "landlord_kind": "housing association",
        "policy": "hos-code-2024",
        "route": "complaint",
        "facts": list(facts),
        **more,
    }


def lines(*histories: dict[str, Any]) -> str:
    """As JSON Lines."""
    return "".join(json.dumps(each) + "\n" for each in histories)


# Received Monday 1 December 2025, nobody acknowledged: due Monday 8 December, and the answer ten working days after
# that, Monday 22 December. Answered Wednesday 7 January 2026: 23, 24, 29, 30, 31 December and 2, 5, 6, 7 January are
# nine working days, for 25 and 26 December and 1 January are bank holidays. Stage 2 was asked for on Monday 12 January
# (acknowledgement due the 19th), acknowledged Wednesday 21 January, two working days late, so the final answer was due
# 20 working days after it, Wednesday 18 February, and came on that day.
DAMP = history(
    "LH-0001",
    fact("received", "2025-12-01", text="Mould behind the wardrobe", channel="letter"),
    fact("response", "2026-01-07", stage=1, outcome="upheld"),
    fact("compensation_offered", "2026-01-07", text="£150 offered"),
    fact("escalation_requested", "2026-01-12", stage=2, reason="The works were not done"),
    fact("escalation_acknowledged", "2026-01-21", stage=2),
    fact("response", "2026-02-18", stage=2, outcome="partly_upheld"),
)
DAMP_DUTIES = (
    ("acknowledge", 1, "2025-12-08", None, None),
    ("respond", 1, "2025-12-22", "2026-01-07", 9),
    ("acknowledge", 2, "2026-01-19", "2026-01-21", 2),
    ("respond", 2, "2026-02-18", "2026-02-18", 0),
)
DAMP_SPANS = (
    # 2 to 24 December without weekends are 17, then 29, 30, 31 December and 2, 5, 6, 7 January
    ("received", "response stage 1", 24),
    ("escalation_requested", "escalation_acknowledged", 7),
    ("escalation_requested", "response stage 2", 27),
    ("escalation_acknowledged", "response stage 2", 20),
)

LIFT = history(
    "LH-0002",
    {
        "what": "received",
        "at": "2026-03-02T23:30:00+00:00",
        "known_at": "2026-03-04T10:00:00+00:00",
    },
    fact("acknowledged", "2026-03-04"),
    fact("response", "2026-03-18", stage=1, outcome="not_upheld"),
)

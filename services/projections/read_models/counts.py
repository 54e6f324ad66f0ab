"""Counts: complaints by stage and standing, answers by stage and outcome, received by month,
answered in time.
"""

from typing import Any

from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Rows
from shared.complaints.events import ResponseIssued
from shared.eventstore.record import RecordedEvent

TABLE = "answer"


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Keeps the answer of each stage; a later answer at the same stage is the one that counts."""
    if not isinstance(recorded.event, ResponseIssued):
        return
    answer = recorded.event
    cursor.execute(
        "INSERT INTO projections.answer (landlord, reference, stage, answered_on, outcome)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (landlord, reference, stage)"
        " DO UPDATE SET answered_on = EXCLUDED.answered_on, outcome = EXCLUDED.outcome",
        (
            recorded.landlord,
            recorded.stream,
            answer.stage,
            recorded.happened.on,
            answer.outcome.value if answer.outcome else None,
        ),
    )


def counts(
    cursor: Cursor[dict[str, Any]], *, landlord: str, confined_to: str | None
) -> dict[str, list[dict[str, Any]]]:
    """All counts of a landlord, or of the one organisation that the reader may see."""
    who = {"landlord": landlord, "confined_to": confined_to}
    return {
        "complaints": cursor.execute(_COMPLAINTS, who).fetchall(),
        "answers": cursor.execute(_ANSWERS, who).fetchall(),
        "received": cursor.execute(_RECEIVED, who).fetchall(),
        "responses": cursor.execute(_RESPONSES, who).fetchall(),
    }


_COMPLAINTS = """
    SELECT stage, standing, count(*) AS complaints FROM projections.complaint
    WHERE landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR organisation = %(confined_to)s)
    GROUP BY stage, standing ORDER BY stage, standing
"""

_ANSWERS = """
    SELECT answer.stage, answer.outcome, count(*) AS answers
    FROM projections.answer JOIN projections.complaint USING (landlord, reference)
    WHERE landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s)
    GROUP BY answer.stage, answer.outcome ORDER BY answer.stage, answer.outcome
"""

_RECEIVED = """
    SELECT to_char(received_on, 'YYYY-MM') AS month, count(*) AS complaints
    FROM projections.complaint
    WHERE landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR organisation = %(confined_to)s)
    GROUP BY month ORDER BY month
"""

# Under the complaint's own policy; a response still owed counts as missed once its day has gone by.
_RESPONSES = """
    SELECT deadline.stage,
        count(*) FILTER (WHERE deadline.standing = 'met' AND late_by_working_days = 0) AS in_time,
        count(*) FILTER (WHERE deadline.standing = 'met' AND late_by_working_days > 0) AS late,
        count(*) FILTER (WHERE deadline.standing <> 'met' AND deadline.missed) AS missed,
        count(*) FILTER (WHERE deadline.standing = 'open' AND NOT deadline.missed) AS running
    FROM projections.deadline JOIN projections.complaint USING (landlord, reference)
    WHERE landlord = %(landlord)s AND deadline.duty = 'respond' AND deadline.overlay = ''
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s)
    GROUP BY deadline.stage ORDER BY deadline.stage
"""


def _answer(rows: Rows, fact: Fact, answer: ResponseIssued) -> None:
    rows[answer.stage] = {
        "landlord": fact.landlord,
        "reference": fact.stream,
        "stage": answer.stage,
        "answered_on": fact.envelope["happened_on"],
        "outcome": answer.outcome.value if answer.outcome else None,
    }


CASE_FOLD = CaseFold(
    "counts",
    TABLE,
    {ResponseIssued: _answer},
)

"""One row per duty of a stage and policy: its latest date, and what became of it."""

from typing import Any

import orjson
from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Rows
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintRefused,
    ComplaintWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    ResponseIssued,
)
from shared.eventstore.record import RecordedEvent

TABLE = "deadline"
OWN = ""  # the overlay of a duty that is owed under the complaint's own policy


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Sets dates, and marks them as met, missed or lifted."""
    match recorded.event:
        case DeadlineSet() as deadline:
            _set(cursor, recorded, deadline)
        case DeadlineMet() as met:
            cursor.execute(
                """
                UPDATE projections.deadline
                SET standing = 'met', met_on = %s, late_by_working_days = %s, missed = missed OR %s
                WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s AND overlay = %s
                """,
                (
                    met.met_on,
                    met.late_by_working_days,
                    met.late_by_working_days > 0,
                    recorded.landlord,
                    recorded.stream,
                    met.stage,
                    met.duty,
                    met.overlay or OWN,
                ),
            )
        case DeadlineMissed() as missed:
            # The due date says which generation was missed: a later one is not.
            cursor.execute(
                """
                UPDATE projections.deadline SET missed = true
                WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s
                    AND overlay = %s AND due_on = %s
                """,
                (
                    recorded.landlord,
                    recorded.stream,
                    missed.stage,
                    missed.duty,
                    missed.overlay or OWN,
                    missed.due_on,
                ),
            )
        case DeadlineLifted() as lifted:
            _lift(cursor, recorded, lifted)
        case ResponseIssued(stage=stage) | ComplaintEscalated(from_stage=stage):
            _leave_behind(cursor, recorded, stage=stage)
        case ComplaintClosed() | ComplaintRefused() | ComplaintWithdrawn():
            _leave_behind(cursor, recorded, stage=None)
        case _:
            pass  # other facts move no date


def _set(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, deadline: DeadlineSet) -> None:
    """The latest generation takes the row; an older one, folded again, does not come back."""
    cursor.execute(
        """
        INSERT INTO projections.deadline AS latest (landlord, reference, stage, duty, overlay, generation,
            due_on, due_at, trigger, trigger_on, span, unit, rule, clause, firmness, responsible,
            calendar_revision, skipped, set_version, standing, missed)
        VALUES (%(landlord)s, %(reference)s, %(stage)s, %(duty)s, %(overlay)s, %(generation)s,
            %(due_on)s, %(due_at)s, %(trigger)s, %(trigger_on)s, %(span)s, %(unit)s, %(rule)s,
            %(clause)s, %(firmness)s, %(responsible)s, %(calendar_revision)s, %(skipped)s::jsonb,
            %(set_version)s, 'open', false)
        ON CONFLICT (landlord, reference, stage, duty, overlay) DO UPDATE SET
            generation = EXCLUDED.generation, due_on = EXCLUDED.due_on, due_at = EXCLUDED.due_at,
            trigger = EXCLUDED.trigger, trigger_on = EXCLUDED.trigger_on, span = EXCLUDED.span,
            unit = EXCLUDED.unit, rule = EXCLUDED.rule, clause = EXCLUDED.clause,
            firmness = EXCLUDED.firmness, responsible = EXCLUDED.responsible,
            calendar_revision = EXCLUDED.calendar_revision, skipped = EXCLUDED.skipped,
            set_version = EXCLUDED.set_version, standing = 'open', missed = false,
            met_on = NULL, late_by_working_days = NULL
        WHERE EXCLUDED.set_version > latest.set_version
        """,
        _columns(recorded, deadline),
    )


def _lift(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, lifted: DeadlineLifted) -> None:
    cursor.execute(
        """
        UPDATE projections.deadline SET standing = 'lifted'
        WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s AND overlay = %s
            AND standing = 'open'
        """,
        (
            recorded.landlord,
            recorded.stream,
            lifted.stage,
            lifted.duty,
            lifted.overlay or OWN,
        ),
    )


def _leave_behind(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, stage: int | None
) -> None:
    """What was missed and is overtaken is no work any more; that it was missed stays for good.

    What is owed besides the stages, such as `promise 1`, is not overtaken: it stays to be done.
    What still runs is lifted by facts of its own, and what is done all the same is met late.
    """
    cursor.execute(
        """
        UPDATE projections.deadline SET standing = 'lifted'
        WHERE landlord = %(landlord)s AND reference = %(reference)s
            AND (%(stage)s::integer IS NULL OR stage = %(stage)s) AND standing = 'open' AND missed
            AND duty NOT LIKE '%% %%'
        """,
        {"landlord": recorded.landlord, "reference": recorded.stream, "stage": stage},
    )


def _columns(told: RecordedEvent | Fact, deadline: DeadlineSet) -> dict[str, Any]:
    """What the table says of a date when it is set, written by either way."""
    return {
        "landlord": told.landlord,
        "reference": told.stream,
        "stage": deadline.stage,
        "duty": deadline.duty,
        "overlay": deadline.overlay or OWN,
        "generation": deadline.generation,
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "trigger": deadline.trigger,
        "trigger_on": deadline.trigger_on,
        "span": deadline.span,
        "unit": deadline.unit,
        "rule": deadline.rule,
        "clause": deadline.clause,
        "firmness": deadline.firmness,
        "responsible": deadline.responsible,
        "calendar_revision": deadline.calendar_revision,
        "skipped": orjson.dumps(deadline.skipped).decode(),
        "set_version": told.version,
    }


def _dated(rows: Rows, fact: Fact, deadline: DeadlineSet) -> None:
    key = (deadline.stage, deadline.duty, deadline.overlay or OWN)
    latest = rows.get(key)
    if latest is not None and latest["set_version"] >= fact.version:
        return
    rows[key] = _columns(fact, deadline) | {
        "standing": "open",
        "missed": False,
        "met_on": None,
        "late_by_working_days": None,
    }


def _meet(rows: Rows, _fact: Fact, met: DeadlineMet) -> None:
    row = rows.get((met.stage, met.duty, met.overlay or OWN))
    if row is not None:
        row.update(
            standing="met",
            met_on=met.met_on,
            late_by_working_days=met.late_by_working_days,
            missed=row["missed"] or met.late_by_working_days > 0,
        )


def _miss(rows: Rows, _fact: Fact, missed: DeadlineMissed) -> None:
    row = rows.get((missed.stage, missed.duty, missed.overlay or OWN))
    if row is not None and row["due_on"] == missed.due_on:
        row["missed"] = True


def _lifted(rows: Rows, _fact: Fact, lifted: DeadlineLifted) -> None:
    row = rows.get((lifted.stage, lifted.duty, lifted.overlay or OWN))
    if row is not None and row["standing"] == "open":
        row["standing"] = "lifted"


def _leave_stage(rows: Rows, _fact: Fact, left: ResponseIssued | ComplaintEscalated) -> None:
    _overtaken(rows, left.stage if isinstance(left, ResponseIssued) else left.from_stage)


def _leave_all(rows: Rows, _fact: Fact, _ended: object) -> None:
    _overtaken(rows, None)


def _overtaken(rows: Rows, stage: int | None) -> None:
    """What is owed besides the stages, such as `promise 1`, is not overtaken."""
    for row in rows.values():
        is_overtaken = stage in (None, row["stage"]) and " " not in row["duty"]
        if is_overtaken and row["missed"] and row["standing"] == "open":
            row["standing"] = "lifted"


CASE_FOLD = CaseFold(
    "deadlines_board",
    TABLE,
    {
        DeadlineSet: _dated,
        DeadlineMet: _meet,
        DeadlineMissed: _miss,
        DeadlineLifted: _lifted,
        ResponseIssued: _leave_stage,
        ComplaintEscalated: _leave_stage,
        ComplaintClosed: _leave_all,
        ComplaintRefused: _leave_all,
        ComplaintWithdrawn: _leave_all,
    },
)

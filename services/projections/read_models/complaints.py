"""One row per complaint: what it is about, under which policy it runs, and where it stands."""

from typing import Any

import orjson
from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Row, Rows
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintOpened,
    ComplaintRefused,
    ComplaintReopened,
    ComplaintWithdrawn,
    IssueAdded,
    IssueSplitOff,
    ReferralPermissionWithdrawn,
    ReferredToOrganisation,
    RouteChanged,
)
from shared.eventstore.record import RecordedEvent

TABLE = "complaint"


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Opens the row, moves its stage, and notes how the case ended."""
    match recorded.event:
        case ComplaintOpened() as opened:
            _open(cursor, recorded, opened)
        case ComplaintEscalated(to_stage=stage):
            _stand(cursor, recorded, standing="open", stage=stage)
        case ComplaintReopened(stage=stage):
            _stand(cursor, recorded, standing="open", stage=stage)
        case ComplaintClosed(because=because):
            _end(cursor, recorded, standing="closed", because=because)
        case ComplaintRefused(exclusion=exclusion):
            _end(cursor, recorded, standing="refused", because=exclusion)
        case ComplaintWithdrawn():
            _end(cursor, recorded, standing="withdrawn", because=None)
        case _:
            _change(cursor, recorded)


def _change(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Keeps what the case is about, and who else sees it; other facts leave the row as it is."""
    match recorded.event:
        case RouteChanged(to_route=route):
            cursor.execute(
                "UPDATE projections.complaint SET route = %s WHERE landlord = %s AND reference = %s",
                (route.value, recorded.landlord, recorded.stream),
            )
        case IssueAdded(issue=issue):
            _without_issue(cursor, recorded, issue.number)
            cursor.execute(
                "UPDATE projections.complaint SET issues = issues || %s::jsonb"
                " WHERE landlord = %s AND reference = %s",
                (orjson.dumps([issue]).decode(), recorded.landlord, recorded.stream),
            )
        case IssueSplitOff(number=number):
            _without_issue(cursor, recorded, number)
        case ReferredToOrganisation() | ReferralPermissionWithdrawn():
            _referred(cursor, recorded, recorded.event)
        case _:
            pass


def complaint(
    cursor: Cursor[dict[str, Any]], *, landlord: str, reference: str, confined_to: str | None
) -> dict[str, Any] | None:
    """The complaint's row; None when there is none or it belongs to an organisation the reader may
    not see.
    """
    return cursor.execute(
        """
        SELECT * FROM projections.complaint
        WHERE landlord = %(landlord)s AND reference = %(reference)s
            AND (%(confined_to)s::text IS NULL OR organisation = %(confined_to)s
                OR %(confined_to)s = ANY (referred_to))
        """,
        {"landlord": landlord, "reference": reference, "confined_to": confined_to},
    ).fetchone()


def _open(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, opened: ComplaintOpened) -> None:
    cursor.execute(
        """
        INSERT INTO projections.complaint (landlord, reference, organisation, route, channel,
            policy, policy_hash, received_on, received_at, source_reference, complainant, words,
            issues, stage, standing)
        VALUES (%(landlord)s, %(reference)s, %(organisation)s, %(route)s, %(channel)s,
            %(policy)s, %(policy_hash)s, %(received_on)s, %(received_at)s, %(source_reference)s,
            %(complainant)s, %(words)s, %(issues)s::jsonb, 1, 'open')
        ON CONFLICT (landlord, reference) DO NOTHING
        """,
        _columns(recorded, opened),
    )


def _without_issue(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, number: int) -> None:
    cursor.execute(
        """
        UPDATE projections.complaint SET issues = (
            SELECT COALESCE(jsonb_agg(issue ORDER BY place), '[]')
            FROM jsonb_array_elements(issues) WITH ORDINALITY AS each(issue, place)
            WHERE (issue ->> 'number')::integer <> %s)
        WHERE landlord = %s AND reference = %s
        """,
        (number, recorded.landlord, recorded.stream),
    )


def _referred(
    cursor: Cursor[dict[str, Any]],
    recorded: RecordedEvent,
    event: ReferredToOrganisation | ReferralPermissionWithdrawn,
) -> None:
    """An organisation sees the case, or no more."""
    cursor.execute(
        """
        UPDATE projections.complaint SET referred_to =
            CASE WHEN %(sees)s THEN array_append(array_remove(referred_to, %(to)s), %(to)s)
                ELSE array_remove(referred_to, %(to)s) END
        WHERE landlord = %(landlord)s AND reference = %(reference)s
        """,
        {
            "sees": isinstance(event, ReferredToOrganisation),
            "to": event.to_organisation,
            "landlord": recorded.landlord,
            "reference": recorded.stream,
        },
    )


def _stand(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, standing: str, stage: int
) -> None:
    cursor.execute(
        "UPDATE projections.complaint SET standing = %s, stage = %s, because = NULL"
        " WHERE landlord = %s AND reference = %s",
        (standing, stage, recorded.landlord, recorded.stream),
    )


def _end(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, standing: str, because: str | None
) -> None:
    """A refused or withdrawn case stays so when it is closed afterwards; the first ending says
    more.
    """
    cursor.execute(
        "UPDATE projections.complaint SET standing = %s, because = %s"
        " WHERE landlord = %s AND reference = %s AND standing = 'open'",
        (standing, because, recorded.landlord, recorded.stream),
    )


def _columns(told: RecordedEvent | Fact, opened: ComplaintOpened) -> dict[str, Any]:
    """What the table says of a complaint when it is opened, written by either way."""
    return {
        "landlord": told.landlord,
        "reference": told.stream,
        "organisation": opened.organisation,
        "route": opened.route.value,
        "channel": opened.channel.value,
        "policy": opened.policy,
        "policy_hash": opened.policy_hash,
        "received_on": opened.received_on,
        "received_at": opened.received_at,
        "source_reference": opened.source_reference,
        "complainant": opened.complainant,
        "words": opened.words.words if opened.words else None,
        "issues": orjson.dumps(opened.issues).decode(),
    }


def _opened(rows: Rows, fact: Fact, opened: ComplaintOpened) -> None:
    if rows:
        return
    rows[None] = _columns(fact, opened) | {
        "stage": 1,
        "standing": "open",
        "because": None,
        "referred_to": [],
    }


def _standing(rows: Rows, stage: int) -> None:
    for complaint in rows.values():
        complaint.update(standing="open", stage=stage, because=None)


def _ended(rows: Rows, standing: str, because: str | None) -> None:
    for complaint in rows.values():
        if complaint["standing"] == "open":
            complaint.update(standing=standing, because=because)


def _escalate(rows: Rows, _fact: Fact, escalated: ComplaintEscalated) -> None:
    _standing(rows, escalated.to_stage)


def _reopen(rows: Rows, _fact: Fact, reopened: ComplaintReopened) -> None:
    _standing(rows, reopened.stage)


def _close(rows: Rows, _fact: Fact, closed: ComplaintClosed) -> None:
    _ended(rows, "closed", closed.because)


def _refuse(rows: Rows, _fact: Fact, refused: ComplaintRefused) -> None:
    _ended(rows, "refused", refused.exclusion)


def _withdraw(rows: Rows, _fact: Fact, _withdrawn: ComplaintWithdrawn) -> None:
    _ended(rows, "withdrawn", None)


def _change_route(rows: Rows, _fact: Fact, changed: RouteChanged) -> None:
    for complaint in rows.values():
        complaint["route"] = changed.to_route.value


def _add_issue(rows: Rows, _fact: Fact, added: IssueAdded) -> None:
    for complaint in rows.values():
        others = _issues_without(complaint, added.issue.number)
        complaint["issues"] = orjson.dumps([*others, added.issue]).decode()


def _split_off(rows: Rows, _fact: Fact, split: IssueSplitOff) -> None:
    for complaint in rows.values():
        complaint["issues"] = orjson.dumps(_issues_without(complaint, split.number)).decode()


def _issues_without(complaint: Row, number: int) -> list[Any]:
    return [issue for issue in orjson.loads(complaint["issues"]) if issue["number"] != number]


def _refer(rows: Rows, _fact: Fact, referred: ReferredToOrganisation) -> None:
    for complaint in rows.values():
        others = _others(complaint, referred.to_organisation)
        complaint["referred_to"] = [*others, referred.to_organisation]


def _refer_no_more(rows: Rows, _fact: Fact, withdrawn: ReferralPermissionWithdrawn) -> None:
    for complaint in rows.values():
        complaint["referred_to"] = _others(complaint, withdrawn.to_organisation)


def _others(complaint: Row, organisation: str) -> list[str]:
    return [each for each in complaint["referred_to"] if each != organisation]


CASE_FOLD = CaseFold(
    "complaints",
    TABLE,
    {
        ComplaintOpened: _opened,
        ComplaintEscalated: _escalate,
        ComplaintReopened: _reopen,
        ComplaintClosed: _close,
        ComplaintRefused: _refuse,
        ComplaintWithdrawn: _withdraw,
        RouteChanged: _change_route,
        IssueAdded: _add_issue,
        IssueSplitOff: _split_off,
        ReferredToOrganisation: _refer,
        ReferralPermissionWithdrawn: _refer_no_more,
    },
)

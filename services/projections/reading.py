"""What the API and the pages show, read for one officer: nothing of another organisation than they
may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.projections.case_matters import matters_of
from services.projections.fact_kinds import is_internal, kind_of, may_fold
from services.projections.named_telling import names_of, owed_by, told_by_name
from services.projections.past import NOW, AsAt, case_as_at, changes_between
from services.projections.read_models import (
    case_history,
    caseload,
    counts,
    deadlines_board,
)
from services.projections.read_models.deadlines_board import BoardFilter, Place
from services.projections.read_models.time_left import deadlines_of, time_left
from services.projections.reads import opened_case, readers_of
from services.projections.stored_records import stored_records
from services.projections.telling import tell
from services.projections.visibility import hidden_from
from services.projections.why import counted, counted_as_json, span_in_words, trigger_in_words
from shared.access.log import AUDIT, CHANGES, HISTORY, OVERVIEW
from shared.complaints.events import ComplaintEvent, DeadlineSet
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.eventstore.codec import decode_event
from shared.identity.sessions import SignedIn
from shared.registry.calendars import current_calendar
from shared.registry.landlords import organisations
from shared.registry.officers import officer_names, officers
from shared.registry.policy_titles import PolicyTitles, policy_titles
from shared.runtime.clock import Clock
from shared.vault.vault import Vault
from shared.web.problems import Problem

Row = dict[str, Any]

PERSONAL = ("name", "address", "home", "email", "phone", "desired_outcome")
NOT_PEOPLE = {"system": "Redress", "complainant": "The complainant"}


class CaseNotYet(Problem):
    """At that moment nothing of the case had happened, or nothing was on record."""

    def __init__(self) -> None:
        super().__init__(
            404,
            "Nothing yet at that moment",
            "Nothing of this complaint had happened, or was on record, by then: choose a later moment.",
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The questions; the database role needs schemas projections, registry and vault."""

    database: Database
    vault: Vault
    clock: Clock

    def board(self, who: SignedIn, wanted: BoardFilter, *, after: Place | None, limit: int) -> Row:
        """A page of the board, with its figures and what can be chosen as a filter."""
        landlord = who.officer.landlord
        now = self.clock.now()
        with self.database.transaction(landlord) as cursor:
            calendar = current_calendar(cursor, landlord)
            wanted = replace(wanted, hidden=hidden_from(cursor, who))
            rows, following = deadlines_board.board(
                cursor,
                landlord=landlord,
                wanted=wanted,
                calendar=calendar,
                now=now,
                after=after,
                limit=limit,
            )
            figures = deadlines_board.figures(
                cursor, landlord=landlord, wanted=wanted, calendar=calendar, now=now
            )
            names = _names(cursor, landlord)
            homes = _homes(cursor, landlord)
        return {
            "as_at": now,
            "figures": figures,
            "deadlines": [
                row
                | {
                    "organisation_name": homes[row["organisation"]],
                    "handler_names": names_of(names, row["handlers"]),
                    "responsible_name": owed_by(names, row["responsible"]),
                }
                for row in rows
            ],
            "next": str(following) if following else None,
        }

    def choices(self, who: SignedIn) -> Row:
        """What the filters of the board offer this reader."""
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            homes = [
                home
                for home in organisations(cursor, landlord)
                if who.confined_to in (None, home.organisation)
            ]
            seen = {home.organisation for home in homes}
            staff = [one for one in officers(cursor, landlord) if one.organisation in seen]
            stages = deadlines_board.stages(cursor, landlord=landlord)
        return {"organisations": homes, "handlers": staff, "stages": stages}

    def titles(self, who: SignedIn) -> PolicyTitles:
        """What the policies that pages speak of are called."""
        with self.database.transaction(who.officer.landlord) as cursor:
            return policy_titles(cursor, who.officer.landlord)

    def history(self, who: SignedIn, reference: str) -> Row:
        """Every fact of a case with why each date, without personal words."""
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            found = self._opened(cursor, who, reference, HISTORY)
            facts = case_history.case_history(cursor, landlord=landlord, reference=reference)
        told = [_fact_told(row) for row in facts]
        return {
            "reference": reference,
            "organisation": found["organisation"],
            "policy": found["policy"],
            "policy_hash": found["policy_hash"],
            "stage": found["stage"],
            "standing": found["standing"],
            "facts": told,
        }

    def case(
        self, who: SignedIn, reference: str, as_at: AsAt = NOW, *, page: str = OVERVIEW
    ) -> Row:
        """Everything the case page shows, personal words among it: now, or as it stood at `as_at`.

        That the reader opened it is noted under the name of the `page`.
        Raises CaseUnknown, also where nothing of the case had happened or was on record by then.
        """
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            found = self._opened(cursor, who, reference, page)
            facts = case_history.case_history(cursor, landlord=landlord, reference=reference)
            deadlines: Sequence[Row]
            handlers: Sequence[str]
            calendar = current_calendar(cursor, landlord)
            now = as_at.clock(self.clock.now())
            if as_at == NOW:
                deadlines = deadlines_of(
                    cursor, landlord=landlord, reference=reference, calendar=calendar, now=now
                )
                handlers = caseload.handlers_of(
                    cursor, landlord=landlord, reference=reference, stage=found["stage"]
                )
            else:
                past = case_as_at(facts, as_at, landlord=landlord, reference=reference)
                if past.complaint is None:
                    raise CaseNotYet
                found, facts, handlers = past.complaint, list(past.facts), past.handlers
                deadlines = [
                    row | time_left(row, calendar=calendar, now=now) for row in past.deadlines
                ]
            names, homes = _names(cursor, landlord), _homes(cursor, landlord)
            person = self._person(cursor, landlord, found["complainant"])
            titles = policy_titles(cursor, landlord)
            events = {row["version"]: decode_event(row["name"], row["data"]) for row in facts}
            timeline = [
                self._shown(
                    cursor, landlord, row, event=events[row["version"]], names=names, titles=titles
                )
                for row in reversed(facts)
            ]
            written = self._words(cursor, landlord, found["words"])
        opening = events[min(events)]
        return {
            "complaint": found,
            "beside": getattr(opening, "overlay_policy", None),
            "titles": titles,
            "organisation_name": homes[found["organisation"]],
            "person": person,
            "written": written,
            "handlers": names_of(names, handlers),
            "deadlines": [
                row
                | {"responsible_name": owed_by(names, row["responsible"])}
                | _reason(events.get(row["set_version"]))
                for row in deadlines
            ],
            "timeline": timeline,
            "matters": matters_of(timeline, names),
        }

    def changes(self, who: SignedIn, reference: str, *, before: AsAt, after: AsAt) -> Row:
        """What differs in a case between two moments: its state, and the facts of the later that the
        earlier does not have.
        """
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            self._opened(cursor, who, reference, CHANGES)
            facts = case_history.case_history(cursor, landlord=landlord, reference=reference)
            titles = policy_titles(cursor, landlord)
        one = case_as_at(facts, before, landlord=landlord, reference=reference)
        other = case_as_at(facts, after, landlord=landlord, reference=reference)
        had = {row["version"] for row in one.facts}
        return {
            "changes": changes_between(one, other, titles),
            "facts": [
                row | {"title": told_by_name(decode_event(row["name"], row["data"]), titles).title}
                for row in other.facts
                if row["version"] not in had
            ],
        }

    def audit(self, who: SignedIn, reference: str, *, page: str = AUDIT) -> Row:
        """Every fact of a case as it is stored, with its place in the landlord's feed and whether
        its hash and the link to the fact before it hold; and who looked at the case, for those who
        may know.
        """
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            found = self._opened(cursor, who, reference, page)
            records = stored_records(cursor, landlord=landlord, reference=reference)
            titles = policy_titles(cursor, landlord)
            readers = readers_of(cursor, who, reference)
            names = _names(cursor, landlord)
        return {
            "organisation": found["organisation"],
            "policy": titles.with_code(found["policy"]),
            "policy_hash": found["policy_hash"],
            "records": records,
            "sound": all(record.sound for record in records),
            "readers": readers,
            "names": names,
        }

    def visible(self, who: SignedIn, references: Sequence[str]) -> list[str]:
        """Those of the cases, each once, that the reader may see."""
        with self.database.transaction(who.officer.landlord) as cursor:
            hidden = hidden_from(cursor, who)
        return [reference for reference in dict.fromkeys(references) if reference not in hidden]

    def caseload(self, who: SignedIn) -> Row:
        """Open cases by organisation and handler."""
        landlord = who.officer.landlord
        now = self.clock.now()
        with self.database.transaction(landlord) as cursor:
            rows = caseload.caseload(
                cursor,
                landlord=landlord,
                confined_to=who.confined_to,
                today=london_day(now),
            )
        return {"as_at": now, "caseload": rows}

    def counts(self, who: SignedIn) -> Row:
        """Counts by stage and outcome, by month, and in time."""
        landlord = who.officer.landlord
        with self.database.transaction(landlord) as cursor:
            found = counts.counts(cursor, landlord=landlord, confined_to=who.confined_to)
        return {"as_at": self.clock.now(), **found}

    def _opened(self, cursor: Cursor[Row], who: SignedIn, reference: str, page: str) -> Row:
        return opened_case(cursor, who, reference, page=page, now=self.clock.now())

    def _person(
        self, cursor: Cursor[Row], landlord: str, subject: str | None
    ) -> dict[str, str | None]:
        """What the vault holds about the complainant; nothing once it was erased."""
        if subject is None:
            return dict.fromkeys(PERSONAL)
        who = UUID(subject)
        return {kind: self.vault.read_kind(cursor, landlord, who, kind) for kind in PERSONAL}

    def _words(self, cursor: Cursor[Row], landlord: str, words: str | None) -> str | None:
        return self.vault.read(cursor, landlord, UUID(words)) if words else None

    def _shown(
        self,
        cursor: Cursor[Row],
        landlord: str,
        row: Row,
        *,
        event: ComplaintEvent,
        names: Mapping[str, str],
        titles: PolicyTitles,
    ) -> Row:
        """A fact of the timeline: its words from the vault, and the actor by name."""
        reference = getattr(event, "words", None)
        told = told_by_name(event, titles, names)
        return {
            **row,
            "title": told.title,
            "detail": told.detail,
            "actor_name": names.get(row["actor"], row["actor"]),
            "kind": kind_of(event),
            "may_fold": may_fold(event),
            "is_internal": is_internal(event),
            "has_words": reference is not None,
            "words": self._words(cursor, landlord, reference.words) if reference else None,
        }


def _names(cursor: Cursor[Row], landlord: str) -> dict[str, str]:
    return NOT_PEOPLE | officer_names(cursor, landlord)


def _homes(cursor: Cursor[Row], landlord: str) -> dict[str, str]:
    return {home.organisation: home.name for home in organisations(cursor, landlord)}


def _fact_told(row: Row) -> Row:
    event = decode_event(row["name"], row["data"])
    told = row | {"title": tell(event).title}
    if isinstance(event, DeadlineSet):
        told["why"] = {
            "rule": event.rule,
            "clause": event.clause,
            "trigger": event.trigger,
            "trigger_on": event.trigger_on,
            "span": event.span,
            "unit": event.unit,
            "counted": counted_as_json(event),
        }
    return told


def _reason(event: ComplaintEvent | None) -> Row:
    """Why a deadline is when it is, for the page."""
    if not isinstance(event, DeadlineSet):
        return {"counted": (), "span_in_words": "", "trigger_in_words": ""}
    return {
        "counted": counted(event),
        "span_in_words": span_in_words(event),
        "trigger_in_words": trigger_in_words(event.trigger),
    }

"""What is told about dates: set, met, missed, lifted, and the reminders before them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.complaints.values import ADDED_LATER, Notice, SkippedDay, WordsReference


@dataclass(frozen=True, slots=True)
class DeadlineSet:
    """A duty got a due date, with everything needed to count it again.

    `due_on` is a London day, met by any instant up to its end; `due_at` (aware, UTC) is given instead of the end of the
    day for duties in elapsed hours. `generation` rises by one each time the same duty of the same stage is set again.
    `skipped` are the Mondays to Fridays between trigger and due date that did not count. `target_on` is the earlier day
    to work to where the trigger itself came late: a late acknowledgement buys no time. `overlay`, here and wherever a
    date is met, missed or lifted, names the policy of a clock that runs beside the complaint's own; none: its own.
    """

    duty: str
    stage: int
    generation: int
    due_on: date
    due_at: datetime | None
    trigger: str  # what the count starts from, such as `received` or `before respond`
    trigger_on: date
    span: int
    unit: str  # working_days, calendar_days, elapsed_hours, months
    rule: str  # one sentence in plain English
    clause: str
    firmness: str  # must, should, normally, aims_to
    responsible: str  # role that owes the duty
    policy: str
    policy_hash: str
    calendar_revision: str
    skipped: tuple[SkippedDay, ...] = ()
    notices: tuple[Notice, ...] = ()
    target_on: date | None = field(default=None, metadata=ADDED_LATER)
    overlay: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DeadlineMet:
    """What a duty asked for was done; late by so many working days, 0 when in time."""

    duty: str
    stage: int
    due_on: date
    met_on: date
    late_by_working_days: int
    overlay: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DeadlineLifted:
    """A duty no longer runs, with the reason: not needed, withdrawn, refused, closed, next stage opened."""

    duty: str
    stage: int
    reason: str
    overlay: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DeadlineApproaching:
    """A reminder: the duty is due soon."""

    duty: str
    stage: int
    due_on: date
    working_days_left: int


@dataclass(frozen=True, slots=True)
class HoldingResponseDue:
    """A reminder: if the answer will be late, the holding response must go out by `due_on`."""

    stage: int
    due_on: date
    response_due_on: date


@dataclass(frozen=True, slots=True)
class DraftDue:
    """A reminder: the draft response is due with the team that checks it by `due_on`."""

    stage: int
    due_on: date


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """The day ended and the duty was not met."""

    duty: str
    stage: int
    due_on: date
    overlay: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DeadlineExtended:
    """The date of the response moved, under the policy's condition for it.

    Where the policy names who authorises it: that role, and the day before on which the complainant was told.
    """

    stage: int
    from_on: date
    to_on: date
    kind: str  # explain, consult, agree, unstated
    agreed: bool
    ombudsman_details_given: bool
    words: WordsReference | None = None
    told_on: date | None = field(default=None, metadata=ADDED_LATER)
    authorised_by: str | None = field(default=None, metadata=ADDED_LATER)
    ground: str | None = field(default=None, metadata=ADDED_LATER)  # legal_advice
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class EscalationWindowClosed:
    """The time to ask for the next stage passed in silence; `last_day_on` was its last day."""

    stage: int
    last_day_on: date


@dataclass(frozen=True, slots=True)
class DeadlineRecounted:
    """A duty that still runs was counted again under another calendar; the `DeadlineSet` beside it has the new count.

    `from_on` stays the day that letters named. The two days are the same where only the hour or a reminder moved.
    """

    duty: str
    stage: int
    from_on: date
    to_on: date
    from_calendar: str  # the revision it was counted by
    to_calendar: str
    reason: str  # why the landlord adopted that calendar
    lawful_on: date | None = (
        None  # the earlier day that the law still asks for, which an office closure does not move
    )
    overlay: str | None = None

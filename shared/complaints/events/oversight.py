"""What a landlord owes about its complaints as a whole, told in its rulebook: what recurs, homes, yearly reports."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RecurringDutySet:
    """What a policy asks for again and again is due by a day, for the how-manieth time (`generation`)."""

    organisation: str
    duty: str
    generation: int
    due_on: date  # by the end of that day in London
    counted_from: date  # when it was done last, or when the count began
    every_months: int
    rule: str
    clause: str
    responsible: str  # a role


@dataclass(frozen=True, slots=True)
class RecurringDutyDone:
    """It was done; the evidence is one sentence that names nobody, such as where the minutes are kept."""

    organisation: str
    duty: str
    generation: int
    due_on: date
    done_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class RecurringDutyMissed:
    """Its day ended, and it was not done."""

    organisation: str
    duty: str
    generation: int
    due_on: date


@dataclass(frozen=True, slots=True)
class RecurringDutyEnded:
    """It is owed no more, such as under another policy; the reason is one sentence that names nobody."""

    organisation: str
    duty: str
    generation: int
    reason: str


@dataclass(frozen=True, slots=True)
class HomesCounted:
    """How many homes an organisation manages on a day: what complaints are counted against."""

    organisation: str
    homes: int
    as_at: date
    source: str | None = None  # such as the yearly return


@dataclass(frozen=True, slots=True)
class AnnualReportPublished:
    """The report of a year, from 1 April of `year`, was published (Code 2024, 8.1 and 8.2)."""

    year: int
    published_on: date
    where: str
    report_hash: str  # SHA-256 of the report as it was made from the log
    up_to_seq: int  # of the feed, up to which it was made


@dataclass(frozen=True, slots=True)
class GoverningBodyResponded:
    """The governing body answered the report of a year, and its answer was published beside it (Code 2024, 8.2)."""

    year: int
    responded_on: date
    where: str


OversightEvent = (
    RecurringDutySet
    | RecurringDutyDone
    | RecurringDutyMissed
    | RecurringDutyEnded
    | HomesCounted
    | AnnualReportPublished
    | GoverningBodyResponded
)

NAMES: dict[str, type[OversightEvent]] = {
    "rulebook.recurring-duty-set.v1": RecurringDutySet,
    "rulebook.recurring-duty-done.v1": RecurringDutyDone,
    "rulebook.recurring-duty-missed.v1": RecurringDutyMissed,
    "rulebook.recurring-duty-ended.v1": RecurringDutyEnded,
    "rulebook.homes-counted.v1": HomesCounted,
    "rulebook.annual-report-published.v1": AnnualReportPublished,
    "rulebook.governing-body-responded.v1": GoverningBodyResponded,
}

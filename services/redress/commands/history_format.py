"""One case history as it comes from another system: its fields, their rules, and what to say when one is broken."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from shared.complaints.values import Channel, Moment, Outcome, Route
from shared.complaints.working_days import london_day, london_midnight

MOST_FACTS = 1_000
"""More than any real case has; a file that exceeds it has put two cases into one."""

LONGEST_TEXT = 20_000
LONGEST_NAME = 200

FactKind = Literal[
    "received",
    "acknowledged",
    "contact_attempted",
    "contacted",
    "allocated",
    "holding_response",
    "extension",
    "draft_submitted",
    "approved",
    "response",
    "escalation_requested",
    "escalation_acknowledged",
    "forwarded",
    "remedied",
    "withdrawn",
    "closed",
    "reopened",
    "compensation_offered",
    "promise_made",
    "promise_kept",
    "ombudsman_referral",
    "ombudsman_determination",
    "note",
]
FACT_KINDS: tuple[str, ...] = get_args(FactKind)

LandlordKind = Literal["council", "almo", "tmo", "housing association"]


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class FactLine(BaseModel):
    """Something that happened, on a London day or at an instant."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    what: FactKind
    on: date | None = None
    at: AwareDatetime | None = None
    known_at: AwareDatetime | date | None = None
    stage: Annotated[int, Field(ge=1, le=9)] | None = None
    text: Text | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    to: date | None = None
    agreed: bool | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "FactLine":
        if (self.on is None) == (self.at is None):
            raise ValueError(
                "a fact happened either `on` a date or `at` an instant: give exactly one of the two"
            )
        known = self.known
        if known is not None and (
            known < self.moment.at if self.moment.at else london_day(known) < self.moment.on
        ):
            raise ValueError("`known_at` lies before the fact itself: correct one of the two")
        return self

    @property
    def moment(self) -> Moment:
        """When it happened."""
        if self.at is not None:
            return Moment(on=london_day(self.at), at=self.at)
        if self.on is None:
            raise ValueError("a fact without a moment is refused when it is read")
        return Moment(on=self.on)

    @property
    def known(self) -> datetime | None:
        """When the landlord knew of it; a bare date means from the start of that day, or from the fact if later."""
        if self.known_at is None or isinstance(self.known_at, datetime):
            return self.known_at
        start = london_midnight(self.known_at)
        return (
            max(start, self.at)
            if self.at is not None and london_day(self.at) == self.known_at
            else start
        )


class HistoryLine(BaseModel):
    """A case with its facts, in order of time."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    reference: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
    landlord: Name
    landlord_kind: Annotated[LandlordKind, BeforeValidator(_lower)]
    organisation: Name | None = None
    policy: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    route: Route = Route.COMPLAINT
    facts: Annotated[tuple[FactLine, ...], Field(min_length=1, max_length=MOST_FACTS)]
    # Where the history was read, and figures for checking: neither is part of the case.
    source: Any = Field(default=None, exclude=True)
    expected: Any = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _begins_once_and_runs_forward(self) -> "HistoryLine":
        received = [number for number, fact in enumerate(self.facts, 1) if fact.what == "received"]
        if len(received) > 1:
            raise ValueError(
                f"facts {received[0]} and {received[1]} are both `received`: a case is received once; "
                "a request for a later stage is `escalation_requested`"
            )
        for number, (earlier, later) in enumerate(zip(self.facts, self.facts[1:], strict=False), 2):
            if _comes_before(later.moment, earlier.moment):
                raise ValueError(
                    f"fact {number} (`{later.what}`, {later.moment.on}) happened before the one above it "
                    f"({earlier.moment.on}): put the facts in order of time"
                )
        return self


def _comes_before(one: Moment, other: Moment) -> bool:
    if one.on != other.on or one.at is None or other.at is None:
        return one.on < other.on
    return one.at < other.at


def first_in_the_future(history: HistoryLine, now: datetime) -> str | None:
    """What to say when a fact has not happened yet at `now`; None when all have."""
    for number, fact in enumerate(history.facts, 1):
        if fact.moment.on > london_day(now) or (fact.at is not None and fact.at > now):
            return (
                f"fact {number}, on: `{fact.what}` on {fact.moment.on} lies in the future; "
                "a history holds what has happened: correct the date or leave the fact out"
            )
        if fact.known is not None and fact.known > now:
            return f"fact {number}, known_at: nothing can be known from the future: correct it or leave it out"
    return None


def sentence(error: ValidationError) -> tuple[str, int | None]:
    """The first broken rule in one sentence, and the index of the fact it is about, if it is about one."""
    details = error.errors(include_url=False)
    first = details[0]
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    place = first["loc"]
    fact = (
        place[1] if len(place) > 1 and place[0] == "facts" and isinstance(place[1], int) else None
    )
    where = _field(place)
    return f"{where}{': ' if where else ''}{_rule(first)}{more}", fact


def _field(place: Sequence[int | str]) -> str:
    if place[:1] == ("facts",) and len(place) > 1 and isinstance(place[1], int):
        name = str(place[2]) if len(place) > 2 else ""
        return f"fact {place[1] + 1}" + (f", {name}" if name else "")
    return str(place[0]) if place else ""


SAYINGS: Mapping[str, str] = {
    "missing": "is missing; every history needs it",
    "extra_forbidden": "is not a field of this format; leave it out, or put what it says into `text`",
    "json_invalid": "this line is not JSON; each line must be one whole JSON object",
    "string_type": "must be text in quotation marks",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "timezone_aware": "has no time zone; write an instant such as 2026-03-02T09:30:00+00:00",
}
WAYS_OUT: Mapping[str, str] = {
    "date": "must be a date such as 2026-03-02",
    "datetime": "must be an instant with its zone, such as 2026-03-02T09:30:00+00:00",
    "literal_error": "is not one of {expected}",
    "enum": "is not one of {expected}",
    "string_too_long": "is longer than {max_length} characters; shorten it",
    "string_too_short": "is empty; give it or leave the field out",
    "string_pattern_mismatch": "is blank, or begins or ends with a space; correct it",
    "too_long": "holds more than {max_length}; split the history into its cases",
    "too_short": "is empty; a history needs at least one fact",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}


def _rule(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in SAYINGS:
        return SAYINGS[kind]
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    saying = WAYS_OUT.get(kind) or WAYS_OUT.get(kind.split("_", 1)[0])
    return saying.format(**detail.get("ctx", {})) if saying else detail["msg"]

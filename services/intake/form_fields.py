"""Reads a form: a body as strict as the API's, or errors in words, each at its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from pydantic import ValidationError

from services.intake.bodies import (
    LONGEST_ADDRESS,
    LONGEST_COMPLAINT,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_OUTCOME,
    LONGEST_PHONE,
    ComplaintBody,
)
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import LONDON
from shared.concerns.concerns import known_concerns

STAFF_CHANNELS: Mapping[str, str] = {
    Channel.PHONE: "Telephone",
    Channel.LETTER: "Letter",
    Channel.EMAIL: "Email",
    Channel.WALK_IN: "In person",
    Channel.COUNCILLOR: "Through a councillor",
}
STAFF_ROUTES: Mapping[str, str] = {
    Route.COMPLAINT: "Complaint",
    Route.SERVICE_REQUEST: "Service request",
    Route.QUERY: "Query",
    Route.MEMBERS_ENQUIRY: "Member’s enquiry (MP or councillor)",
    Route.BOARD_ENQUIRY: "Board member’s enquiry",
}
# One tick for each, named by the concern itself.
CONCERNS: Mapping[str, str] = {each.concern: each.asks for each in known_concerns()}
RESIDENT_FIELDS = (
    "name",
    "email",
    "phone",
    "address",
    "organisation",
    "complaint",
    "desired_outcome",
    *CONCERNS,
)
STAFF_FIELDS = (*RESIDENT_FIELDS, "channel", "route", "received_on", "received_time")


@dataclass(frozen=True, slots=True)
class FormError:
    """What is wrong with one field, in a sentence that says how to put it right."""

    field: str
    message: str


class FormRefused(ValueError):
    """The form cannot be taken as it is."""

    def __init__(self, *errors: FormError) -> None:
        super().__init__("the form has errors")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Wording:
    missing: str
    wrong: str
    too_long: str


_WORDING: Mapping[str, _Wording] = {
    "name": _Wording(
        "Enter a name",
        "Enter the name on one line",
        f"The name must be {LONGEST_NAME} characters or fewer",
    ),
    "email": _Wording(
        "Enter an email address",
        "Enter an email address in the correct format, like name@example.org",
        f"The email address must be {LONGEST_EMAIL} characters or fewer",
    ),
    "phone": _Wording(
        "Enter a telephone number",
        "Enter a telephone number, like 020 7946 0000 or 07700 900 123",
        f"The telephone number must be {LONGEST_PHONE} characters or fewer",
    ),
    "address": _Wording(
        "Enter an address",
        "Enter the address without special characters",
        f"The address must be {LONGEST_ADDRESS} characters or fewer",
    ),
    "organisation": _Wording(
        "Choose who manages the home",
        "Choose who manages the home",
        "Choose who manages the home",
    ),
    "complaint": _Wording(
        "Tell us what happened",
        "Tell us what happened, without special characters",
        f"What happened must be told in {LONGEST_COMPLAINT:,} characters or fewer",
    ),
    "desired_outcome": _Wording(
        "Tell us what would put it right",
        "Tell us what would put it right, without special characters",
        f"What would put it right must be told in {LONGEST_OUTCOME:,} characters or fewer",
    ),
    "channel": _Wording(
        "Choose how it was received",
        "Choose how it was received",
        "Choose how it was received",
    ),
    "route": _Wording("Choose what it is", "Choose what it is", "Choose what it is"),
}
_NO_WAY_TO_ANSWER = (
    "Enter an email address, a telephone number or a postal address, so that we can answer"
)


def tidied(form: Mapping[str, object], fields: tuple[str, ...]) -> dict[str, str]:
    """The values of the fields as they were meant: without blanks around, with plain line ends."""
    values = {field: form.get(field, "") for field in fields}
    return {
        field: value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
        for field, value in values.items()
    }


def body_of(values: Mapping[str, str], *, landlord: str) -> ComplaintBody:
    """The body that the values make; FormRefused names everything that is wrong at once."""
    given = {field: value for field, value in values.items() if value}
    body = {
        "landlord": landlord,
        "organisation": given.get("organisation"),
        "complainant": {
            field: given[field] for field in ("name", "address", "email", "phone") if field in given
        },
        "complaint": given.get("complaint"),
        "desired_outcome": given.get("desired_outcome"),
        "channel": values.get("channel", Channel.WEB_FORM),
        "route": values.get("route", Route.COMPLAINT),
        "concerns": [name for name in CONCERNS if name in given],
    }
    try:
        return ComplaintBody.model_validate(body)
    except ValidationError as invalid:
        errors = [_form_error(error["type"], error["loc"]) for error in invalid.errors()]
        if not given.keys() & {"email", "phone", "address"}:
            errors.append(FormError("email", _NO_WAY_TO_ANSWER))
        raise FormRefused(*_one_for_each_field(errors)) from None


def received_moment(values: Mapping[str, str]) -> Moment:
    """The day of receipt that staff entered, with its time where they know it."""
    day = _day(values["received_on"])
    if not values["received_time"]:
        return Moment(on=day)
    try:
        clock_time = time.fromisoformat(values["received_time"])
    except ValueError:
        clock_time = None
    if clock_time is None or clock_time.tzinfo is not None:
        raise FormRefused(FormError("received_time", "Enter the time like 09:30, or leave it out"))
    return Moment(on=day, at=datetime.combine(day, clock_time, tzinfo=LONDON))


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=LONDON).date()
        except ValueError:
            continue
    raise FormRefused(
        FormError("received_on", "Enter the day on which it was received, like 27/3/2026")
    )


def _form_error(kind: str, location: tuple[int | str, ...]) -> FormError:
    field = str(location[-1])
    if field == "complainant":
        return FormError("email", _NO_WAY_TO_ANSWER)
    wording = _WORDING[field]
    if kind in {"missing", "string_type", "string_too_short"}:
        return FormError(field, wording.missing)
    return FormError(field, wording.too_long if kind == "string_too_long" else wording.wrong)


def _one_for_each_field(errors: list[FormError]) -> list[FormError]:
    # In the order of the page, so that the summary reads from the top.
    by_field = {error.field: error for error in reversed(errors)}
    return [by_field[field] for field in STAFF_FIELDS if field in by_field]

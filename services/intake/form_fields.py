"""Reads a form: a body as strict as the API's, or errors in words, each at its field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from pydantic import ValidationError

from services.intake.bodies import (
    LONGEST_ADDRESS,
    LONGEST_COMPLAINT,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_OUTCOME,
    LONGEST_PHONE,
    LONGEST_REMARK,
    ComplaintBody,
)
from services.intake.needs import ADJUSTMENTS, GIVEN, IN_A_LANGUAGE, OTHER, TRANSLATION
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
# What is needed besides is said in words, and is an adjustment of the kind `other`.
TICKED_NEEDS: Mapping[str, str] = {
    kind: words for kind, words in ADJUSTMENTS.items() if kind != OTHER
}
REPRESENTATIVE_FIELDS = (
    "representative_name",
    "relation",
    "representative_email",
    "representative_phone",
    "consent",
    "scope",
    "consent_words",
)
NEED_FIELDS = (*TICKED_NEEDS, "language", "needs_words")
STAFF_FIELDS = (
    "channel",
    "route",
    "received_on",
    "received_time",
    "organisation",
    "name",
    "email",
    "phone",
    "address",
    "complaint",
    "desired_outcome",
    *CONCERNS,
    *REPRESENTATIVE_FIELDS,
    *NEED_FIELDS,
)


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
    "postal": _Wording(
        "Enter an address",
        "Enter the address without special characters",
        f"The address must be {LONGEST_ADDRESS} characters or fewer",
    ),
    "home": _Wording(
        "Enter the address of the home",
        "Enter the address without special characters",
        f"The address must be {LONGEST_ADDRESS} characters or fewer",
    ),
    "representative_name": _Wording(
        "Enter the name of the representative",
        "Enter the name on one line",
        f"The name must be {LONGEST_NAME} characters or fewer",
    ),
    "relation": _Wording(
        "Choose who the representative is", "Choose who the representative is", ""
    ),
    "representative_email": _Wording(
        "Enter an email address or a telephone number of the representative",
        "Enter an email address in the correct format, like name@example.org",
        f"The email address must be {LONGEST_EMAIL} characters or fewer",
    ),
    "representative_phone": _Wording(
        "Enter a telephone number",
        "Enter a telephone number, like 020 7946 0000 or 07700 900 123",
        f"The telephone number must be {LONGEST_PHONE} characters or fewer",
    ),
    "consent": _Wording(
        "Choose how it stands with consent", "Choose how it stands with consent", ""
    ),
    "scope": _Wording(
        "Choose what the representative may be told",
        "Choose what the representative may be told",
        "",
    ),
    "consent_words": _Wording(
        "Say how consent was given, or why it cannot be",
        "Say it without special characters",
        f"It must be said in {LONGEST_REMARK:,} characters or fewer",
    ),
    "language": _Wording("Choose the language", "Choose the language", ""),
    "needs_words": _Wording(
        "Say what is needed",
        "Say what is needed, without special characters",
        f"What is needed must be said in {LONGEST_REMARK:,} characters or fewer",
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


def staff_body(values: Mapping[str, str], *, landlord: str) -> ComplaintBody:
    """The body that the staff form makes; FormRefused names everything that is wrong at once."""
    given = {field: value for field, value in values.items() if value}
    body = {
        "landlord": landlord,
        "organisation": given.get("organisation"),
        "complainant": {
            field: given[field] for field in ("name", "address", "email", "phone") if field in given
        },
        "complaint": given.get("complaint"),
        "desired_outcome": given.get("desired_outcome"),
        "channel": values["channel"],
        "route": values["route"],
        "concerns": [name for name in CONCERNS if name in given],
        "representative": _representative(given),
        "adjustments": adjustments(given),
    }
    errors = []
    if not given.keys() & {"email", "phone", "address"}:
        errors.append(FormError("email", _NO_WAY_TO_ANSWER))
    reached = given.keys() & {"representative_email", "representative_phone"}
    if given.keys() & set(REPRESENTATIVE_FIELDS) and not reached:
        errors.append(FormError("representative_email", _WORDING["representative_email"].missing))
    if given.get("consent") == GIVEN and "scope" not in given:
        errors.append(FormError("scope", _WORDING["scope"].missing))
    return parsed(body, given=given, also=errors, order=STAFF_FIELDS)


def parsed(
    body: Mapping[str, object],
    *,
    given: Mapping[str, str],
    also: Iterable[FormError] = (),
    order: Sequence[str],
    renamed: Mapping[str, str] | None = None,
) -> ComplaintBody:
    """The body as the API would take it; FormRefused with its errors in words and those found
    besides, in the order of the page so that a summary reads from the top. `renamed` are fields of
    the body that the form calls otherwise.
    """
    renamed = renamed or {}
    errors = list(also)
    if TRANSLATION in given and "language" not in given:
        errors.append(FormError("language", _WORDING["language"].missing))
    if "language" in given and not given.keys() & set(IN_A_LANGUAGE):
        errors.append(
            FormError(TRANSLATION, "Tick a translation or an interpreter, or choose no language")
        )
    try:
        found = ComplaintBody.model_validate(body)
    except ValidationError as invalid:
        errors.extend(
            replace(error, field=renamed.get(error.field, error.field))
            for error in (_form_error(each["type"], each["loc"]) for each in invalid.errors())
        )
        found = None
    if found is None or errors:
        raise FormRefused(*_one_for_each_field(errors, order))
    return found


def adjustments(given: Mapping[str, str]) -> list[dict[str, str]]:
    """What was ticked and said of needs, as the body has it."""
    found = []
    for kind in TICKED_NEEDS:
        if kind in given:
            language = given.get("language") if kind in IN_A_LANGUAGE else None
            found.append({"kind": kind} | ({"language": language} if language else {}))
    if "needs_words" in given:
        found.append({"kind": OTHER, "words": given["needs_words"]})
    # Without its language a translation is an error of its own; the rest is still looked at.
    return [each for each in found if each["kind"] != TRANSLATION or "language" in each]


def _representative(given: Mapping[str, str]) -> dict[str, str] | None:
    if not given.keys() & set(REPRESENTATIVE_FIELDS):
        return None
    return representative(given) | (
        {"scope": given["scope"]} if "scope" in given and given.get("consent") == GIVEN else {}
    )


def representative(given: Mapping[str, str]) -> dict[str, str]:
    """Who speaks for the complainant, as the body has it, without a scope."""
    named = {
        "name": "representative_name",
        "relation": "relation",
        "email": "representative_email",
        "phone": "representative_phone",
        "consent": "consent",
        "consent_words": "consent_words",
    }
    return {key: given[field] for key, field in named.items() if field in given}


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
    *above, last = (str(part) for part in location)
    if last == "complainant":
        return FormError("email", _NO_WAY_TO_ANSWER)
    if last == "representative":
        return FormError("representative_email", _WORDING["representative_email"].missing)
    if "representative" in above and last in {"name", "email", "phone"}:
        last = f"representative_{last}"
    elif "adjustments" in above:
        last = "needs_words" if last == "words" else "language"
    wording = _WORDING[last]
    if kind in {"missing", "string_type", "string_too_short"}:
        return FormError(last, wording.missing)
    return FormError(last, wording.too_long if kind == "string_too_long" else wording.wrong)


def _one_for_each_field(errors: Iterable[FormError], order: Sequence[str]) -> list[FormError]:
    by_field = {error.field: error for error in reversed(list(errors))}
    known = [field for field in order if field in by_field]
    return [by_field[field] for field in (*known, *(by_field.keys() - set(known)))]

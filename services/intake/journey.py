"""The pages of making a complaint, in their order: one question each, as data.

Another page is another `Step` in STEPS: its address below /complain, its template, the fields it asks, when it is asked
at all, and how its answers are told on the page that checks them. Nothing else knows the order. A step whose page takes
more than text, such as files, has `own_page`: a router that comes before the others answers GET and POST at its
address, notes it as answered by `Course.keep` and leads on by `Course.onwards` (`services.intake.journey_course`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.intake import journey_answers as tell
from services.intake.bodies import ComplaintBody
from services.intake.form_fields import (
    CONCERNS,
    FormError,
    FormRefused,
    adjustments,
    parsed,
    representative,
)
from services.intake.journey_answers import (
    AGREED,
    ANSWER_BY,
    BY_EMAIL,
    BY_LETTER,
    FOR_WHOM,
    NOT_SAID_YET,
    RESIDENT_NEEDS,
    Answers,
    Rows,
    has_representative,
    is_for_other,
    is_helped,
)
from services.intake.needs import (
    BY_PHONE,
    CANNOT,
    GIVEN,
    SAID,
    SCOPES,
)
from shared.complaints.values import Channel, Route


def always(answers: Answers) -> bool:
    """Asked of everybody."""
    del answers
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One page. `told` gives its answers as label and text, and is given the names of those who manage homes."""

    address: str
    title: str  # the page's heading
    template: str
    fields: tuple[str, ...]
    told: Callable[[Answers, Mapping[str, str]], Rows]
    applies: Callable[[Answers], bool] = always
    title_for_other: str = ""  # where the complaint is for somebody else; `title` where empty
    own_page: bool = False

    def heading(self, answers: Answers) -> str:
        """The heading for who it is for."""
        return (is_for_other(answers) and self.title_for_other) or self.title


STEPS: tuple[Step, ...] = (
    Step("for-whom", "Who is the complaint for?", "for_whom", ("for_whom",), tell.for_whom),
    Step(
        "representative",
        "Who may speak for you?",
        "representative",
        ("representative_name", "relation", "representative_email", "representative_phone"),
        tell.representative,
        applies=has_representative,
        title_for_other="Who are you?",
    ),
    Step(
        "consent",
        "Have they agreed that you complain for them?",
        "consent",
        ("consent", "consent_words"),
        tell.agreed,
        applies=is_for_other,
    ),
    Step(
        "what-they-may-be-told",
        "What may we tell them?",
        "scope",
        ("scope",),
        tell.scope,
        applies=is_helped,
    ),
    Step(
        "name",
        "What is your name?",
        "name",
        ("name",),
        tell.one_answer("Your name", "name", other="Their name"),
        title_for_other="What is the name of the person you complain for?",
    ),
    Step(
        "contact",
        "How should we answer you?",
        "contact",
        ("answer_by", "email", "postal", "phone"),
        tell.contact,
        title_for_other="How should we answer them?",
    ),
    Step(
        "home",
        "Which home is it about?",
        "home",
        ("home", "organisation"),
        tell.home,
    ),
    Step(
        "what-happened",
        "What happened?",
        "what_happened",
        ("complaint",),
        tell.one_answer("What happened", "complaint"),
    ),
    Step(
        "dangers",
        "Is any of this so?",
        "dangers",
        tuple(CONCERNS),
        tell.dangers,
    ),
    Step(
        "what-would-put-it-right",
        "What would put it right?",
        "outcome",
        ("desired_outcome",),
        tell.one_answer("What would put it right", "desired_outcome"),
    ),
    Step(
        "photos",
        "Do you have photos or documents to show?",
        "photos",
        ("documents",),
        tell.one_answer("Photos and documents", "documents"),
        own_page=True,
    ),
    Step(
        "needs",
        "Should we do anything differently for you?",
        "needs",
        (*RESIDENT_NEEDS, "language", "needs_words", "phone"),
        tell.needs,
        title_for_other="Should we do anything differently for them?",
    ),
)
BY_ADDRESS: Mapping[str, Step] = {step.address: step for step in STEPS}
FIELDS = tuple(dict.fromkeys(field for step in STEPS for field in step.fields))


def applying(answers: Answers) -> tuple[Step, ...]:
    """The steps that are asked of whoever gave these answers."""
    return tuple(step for step in STEPS if step.applies(answers))


def before(step: Step, answers: Answers) -> Step | None:
    """The step that was asked before; None for the first."""
    asked = applying(answers)
    place = asked.index(step) if step in asked else 0
    return asked[place - 1] if place else None


def after(step: Step, answers: Answers) -> Step | None:
    """The step that is asked next; None after the last."""
    later = STEPS[STEPS.index(step) + 1 :]
    return next((each for each in later if each.applies(answers)), None)


def errors_of(step: Step, answers: Answers, *, landlord: str, homes: Mapping[str, str]) -> list[FormError]:  # fmt: skip
    """What is wrong with the answers of one step."""
    try:
        complaint_of(answers, landlord=landlord, homes=homes)
    except FormRefused as refused:
        return [error for error in refused.errors if error.field in step.fields]
    return []


def complaint_of(answers: Answers, *, landlord: str, homes: Mapping[str, str]) -> ComplaintBody:
    """The complaint that all answers make; FormRefused with everything that is wrong."""
    given = {field: value for field, value in answers.items() if value}
    postal = given.get("postal") if given.get("answer_by") == BY_LETTER else None
    address = postal or given.get("home")
    complainant = {
        "name": given.get("name"),
        # Without an address of the home there is an error of its own, on its own page.
        "address": address or NOT_SAID_YET,
        "email": given.get("email") if given.get("answer_by") == BY_EMAIL else None,
        "phone": given.get("phone"),
    }
    body = {
        "landlord": landlord,
        "organisation": given.get("organisation"),
        "complainant": {field: value for field, value in complainant.items() if value},
        "complaint": given.get("complaint"),
        "desired_outcome": given.get("desired_outcome"),
        "channel": Channel.WEB_FORM.value,
        "route": Route.COMPLAINT.value,
        "concerns": [name for name in CONCERNS if name in given],
        "home": given.get("home") if postal and postal != given.get("home") else None,
        "representative": _spoken_for(given),
        "adjustments": adjustments({field: given[field] for field in given if field in FIELDS}),
    }
    renamed = {"address": "postal" if postal else "home"}
    return parsed(body, given=given, also=_missing(given, homes), order=FIELDS, renamed=renamed)


def _spoken_for(given: Answers) -> dict[str, str] | None:
    """Who speaks for the complainant. Whoever names somebody on their own form gives consent with it; what a
    representative says of consent is no more than said.
    """
    if not has_representative(given):
        return None
    if is_for_other(given):
        return representative(given)
    own = representative({**given, "consent": GIVEN, "consent_words": ""})
    own.pop("consent_words", None)
    return own | ({"scope": given["scope"]} if "scope" in given else {})


def _missing(given: Answers, homes: Mapping[str, str]) -> list[FormError]:
    """What the pages ask for beyond what a body needs."""
    reached = given.keys() & {"representative_email", "representative_phone"}
    asked = {
        "representative_email": (
            not has_representative(given) or reached,
            "Enter an email address or a telephone number",
        ),
        "for_whom": (given.get("for_whom") in FOR_WHOM, "Choose who the complaint is for"),
        "scope": (
            not is_helped(given) or given.get("scope") in SCOPES,
            "Choose what we may tell them",
        ),
        "consent": (
            not is_for_other(given) or given.get("consent") in AGREED,
            "Choose whether they have agreed",
        ),
        "consent_words": (
            not is_for_other(given)
            or given.get("consent") not in {SAID, CANNOT}
            or "consent_words" in given,
            "Say how they agreed, or why they cannot and what lets you act for them",
        ),
        "answer_by": (given.get("answer_by") in ANSWER_BY, "Choose how we should answer"),
        "email": (
            given.get("answer_by") != BY_EMAIL or "email" in given,
            "Enter the email address to answer to",
        ),
        "home": ("home" in given, "Enter the address of the home"),
        "organisation": (given.get("organisation") in homes, "Choose who manages the home"),
        "phone": (
            BY_PHONE not in given or "phone" in given,
            "Enter a telephone number, so that we can ring",
        ),
    }
    return [FormError(field, message) for field, (holds, message) in asked.items() if not holds]

"""Draws the resident's pages: what each template is given."""

from collections.abc import Iterable, Mapping
from math import ceil

from fastapi import Request
from fastapi.responses import Response

from services.intake import journey
from services.intake.drafts import KEPT_FOR, Draft
from services.intake.form_fields import CONCERNS, FormError
from services.intake.form_pages import TRAPPED, homes_of
from services.intake.journey import Step
from services.intake.journey_answers import (
    AGREED,
    ANSWER_BY,
    FOR_WHOM,
    RESIDENT_NEEDS,
    is_for_other,
)
from services.intake.needs import LANGUAGES, RELATIONS, SCOPES
from services.intake.submissions import Intake, SubmissionRefused
from shared.complaints.working_days import london_day
from shared.registry.landlords import Landlord
from shared.web.pages import render

SECONDS_OF_A_MINUTE = 60
CHOICES: Mapping[str, object] = {
    "for_whom": FOR_WHOM,
    "agreed": AGREED,
    "scopes": SCOPES,
    "answer_by": ANSWER_BY,
    "relations": RELATIONS,
    "concerns": CONCERNS,
    "needs": RESIDENT_NEEDS,
    "languages": LANGUAGES,
}


class View:
    """The pages as responses."""

    def __init__(self, intake: Intake, *, public_url: str) -> None:
        self._intake = intake
        self._public_url = public_url.rstrip("/")

    def start(self, request: Request, home: Landlord, draft: Draft | None) -> Response:
        """What a complaint is, and how long it takes: for each organisation the dates of today."""
        return render(
            request,
            "intake/journey/start.html",
            landlord=home,
            draft=draft,
            expected=self._expected(home.landlord),
        )

    def step(
        self,
        request: Request,
        step: Step,
        draft: Draft,
        *,
        checking: bool,
        values: Mapping[str, str] | None = None,
        errors: Iterable[FormError] = (),
        beside: Mapping[str, object] | None = None,
    ) -> Response:
        """One question, with what was said before, and what its page shows besides."""
        found = tuple(errors)
        said = {**draft.answers, **(values or {})}
        before = journey.before(step, said)
        return render(
            request,
            f"intake/journey/{step.template}.html",
            422 if found else 200,
            step=step,
            heading=step.heading(said),
            other=is_for_other(said),
            back=_back(before, checking=checking),
            checking=checking,
            landlord=draft.landlord,
            homes=homes_of(self._intake.database, draft.landlord),
            values={field: said.get(field, "") for field in journey.FIELDS},
            errors=found,
            trapped=TRAPPED in found,
            trap=TRAPPED.field,
            **CHOICES,
            **(beside or {}),
        )

    def check(
        self, request: Request, draft: Draft, *, errors: tuple[FormError, ...] = ()
    ) -> Response:
        """All answers, each with a way to change it."""
        homes = homes_of(self._intake.database, draft.landlord)
        asked = journey.applying(draft.answers)
        told = [
            (step, row, label, text)
            for step in asked
            for row, (label, text) in enumerate(step.told(draft.answers, homes))
        ]
        return render(
            request,
            "intake/journey/check.html",
            422 if errors else 200,
            told=told,
            last=asked[-1],
            landlord=draft.landlord,
            errors=errors,
            trapped=TRAPPED in errors,
            trap=TRAPPED.field,
        )

    def save(self, request: Request, draft: Draft, *, code: str | None) -> Response:
        """How to come back; the code where one was just made."""
        until = london_day(self._intake.clock.now() + KEPT_FOR)
        return render(
            request,
            "intake/journey/save.html",
            landlord=draft.landlord,
            draft=draft,
            code=code,
            until=until,
            address=f"{self._public_url}/complain/return?landlord={draft.landlord}",
        )

    def come_back(
        self, request: Request, home: Landlord, *, code: str, errors: tuple[FormError, ...]
    ) -> Response:
        """Where a code is entered."""
        return render(
            request,
            "intake/journey/return.html",
            422 if errors else 200,
            landlord=home,
            values={"code": code},
            errors=errors,
        )

    def busy(self, request: Request, form: Mapping[str, object], *, seconds: int) -> Response:
        """Asks to wait, and keeps what was posted so that it can be sent again from here."""
        posted = {name: text for name, text in form.items() if isinstance(text, str)}
        page = render(
            request,
            "intake/journey/busy.html",
            429,
            minutes=ceil(seconds / SECONDS_OF_A_MINUTE),
            posted=posted,
        )
        page.headers["retry-after"] = str(seconds)
        return page

    def _expected(self, landlord: str) -> list[dict[str, object]]:
        now = self._intake.clock.now()
        found: list[dict[str, object]] = []
        for organisation, name in homes_of(self._intake.database, landlord).items():
            try:
                dates = self._intake.expected(landlord, organisation, now=now)
            except SubmissionRefused:
                continue  # it has no policy yet, and promises nothing
            due = {each.duty: each for each in dates}
            found.append(
                {"name": name} | {duty: due.get(duty) for duty in ("acknowledge", "respond")}
            )
        return found


def _back(before: Step | None, *, checking: bool) -> str:
    if checking:
        return "/complain/check"
    return f"/complain/{before.address}" if before else "/complain"

"""How a resident gets through the pages of a complaint: what is kept of each, where it leads, and how it is sent.

What was typed is kept in a draft from page to page, also where it is wrong, so that nothing is lost by going back, by
an error or by a page that stood open for days. Sending twice makes one complaint.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from fastapi import Request
from fastapi.responses import Response

from services.intake import journey
from services.intake.allowances import Allowances, limits_of
from services.intake.bodies import new_submission
from services.intake.drafts import Draft, Drafts, TooLong
from services.intake.form_fields import FormError, FormRefused, tidied
from services.intake.form_pages import TRAPPED, homes_of, landlord_named, text_of
from services.intake.journey import Step
from services.intake.journey_views import View
from services.intake.submissions import Intake, KeyReused, SubmissionRefused
from shared.identity.credentials import is_secure
from shared.runtime.settings import Settings

COOKIE = "redress_complaint"
# Browsers keep a `__Host-` cookie to this host alone, and take it over https only.
SECURE_COOKIE = "__Host-redress_complaint"
CHECK, SAVE = "/complain/check", "/complain/save"


class Course:
    """What the routes share: the drafts, the allowances and the pages."""

    def __init__(self, intake: Intake, *, settings: Settings) -> None:
        self.intake = intake
        self.settings = settings
        self.drafts = Drafts(database=intake.database, vault=intake.vault)
        self.view = View(intake, public_url=settings.public_url)
        self._allowances = Allowances(
            database=intake.database, vault=intake.vault, limits=limits_of(settings)
        )

    def held(self, request: Request) -> Draft | None:
        """The draft of the browser that asks."""
        name = SECURE_COOKIE if is_secure(request, self.settings) else COOKIE
        return self.drafts.held(request.cookies.get(name), now=self.intake.clock.now())

    def hold(self, request: Request, response: Response, draft: Draft | None) -> Response:
        """Gives the browser the draft, until the browser is closed: the computer may be a library's."""
        secure = is_secure(request, self.settings)
        response.set_cookie(
            SECURE_COOKIE if secure else COOKIE,
            "" if draft is None else draft.credential,
            max_age=0 if draft is None else None,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def refused(
        self, request: Request, form: Mapping[str, object], landlord: str, *whats: str
    ) -> Response | None:
        """The page that says to wait, where this client did too much; it holds what was posted."""
        client = request.client.host if request.client else "unknown"
        for what in whats:
            refusal = self._allowances.take(landlord, what, client, now=self.intake.clock.now())
            if refusal is not None:
                return self.view.busy(request, form, seconds=refusal.after_seconds)
        return None

    def landlord_of(self, draft: Draft | None, form: Mapping[str, object]) -> str:
        """The landlord complained to: the draft's, else the one that the page names."""
        if draft is not None:
            return draft.landlord
        named = text_of(form, "landlord") or self.intake.default_landlord
        return landlord_named(self.intake.database, named).landlord

    def keep(
        self, draft: Draft | None, form: Mapping[str, object], *, step: Step, landlord: str
    ) -> tuple[Draft, list[FormError]]:
        """Keeps the answers of a step, in a new draft where there is none any more; and what is wrong with them."""
        now = self.intake.clock.now()
        values = tidied(form, step.fields)
        answers = {**(draft.answers if draft else {}), **values}
        homes = homes_of(self.intake.database, landlord)
        errors = journey.errors_of(step, answers, landlord=landlord, homes=homes)
        if text_of(form, TRAPPED.field):
            errors.append(TRAPPED)
        done = None if errors else step.address
        try:
            kept = self.drafts.keep(draft, values, step=done, now=now) if draft else None
            if kept is None:
                fresh = self.drafts.begin(landlord, now=now)
                kept = self.drafts.keep(fresh, values, step=done, now=now) or fresh
        except TooLong:
            kept = draft or self.drafts.begin(landlord, now=now)
            errors = errors or [FormError(step.fields[0], "Shorten what you typed")]
        return kept, errors

    def onwards(self, step: Step, draft: Draft, *, checking: bool) -> str:
        """Where an answered step leads: to the next one, or back to the check that it was changed from."""
        if not checking:
            following = journey.after(step, draft.answers)
            return CHECK if following is None else f"/complain/{following.address}"
        missing = self.first_unanswered(draft)
        return CHECK if missing is None else f"/complain/{missing.address}?checking=yes"

    def where_it_stands(self, draft: Draft) -> str:
        """The page to go on with."""
        if draft.submission is not None:
            return f"/complain/sent/{draft.landlord}/{draft.submission}"
        missing = self.first_unanswered(draft)
        return CHECK if missing is None else f"/complain/{missing.address}"

    def first_unanswered(self, draft: Draft) -> Step | None:
        """The first step that was not answered yet, or not well; None where the complaint can be sent."""
        homes = homes_of(self.intake.database, draft.landlord)
        for step in journey.applying(draft.answers):
            if step.address not in draft.answered or journey.errors_of(
                step, draft.answers, landlord=draft.landlord, homes=homes
            ):
                return step
        return None

    def send(self, draft: Draft) -> str:
        """Makes the complaint, once; the address of its confirmation."""
        homes = homes_of(self.intake.database, draft.landlord)
        body = journey.complaint_of(draft.answers, landlord=draft.landlord, homes=homes)
        new = new_submission(body, default_landlord=draft.landlord)
        submission = submission_of(draft)
        try:
            taken = self.intake.take(
                new,
                key=f"draft {draft.draft}",
                submission=submission,
                now=self.intake.clock.now(),
                draft=draft.draft,
            )
        except KeyReused:
            # Sent from one window, changed in another before the first was answered.
            first = self.intake.find(landlord=draft.landlord, submission=submission)
            reference = first.reference if first else "its reference"
            raise FormRefused(
                FormError(
                    "send",
                    f"This complaint was sent before, as {reference}. What you changed since was"
                    " not sent: tell us, and give that reference",
                )
            ) from None
        except SubmissionRefused as refused:
            raise FormRefused(FormError("send", str(refused).rstrip("."))) from None
        self.drafts.sent(draft, taken.submission)
        return f"/complain/sent/{taken.landlord}/{taken.submission}"


def submission_of(draft: Draft) -> UUID:
    """The id of what a draft becomes, however often it is sent."""
    return uuid5(draft.draft, "submission")

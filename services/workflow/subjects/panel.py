"""How interests are declared, and how a panel is convened, hears and reports."""

from datetime import date
from typing import Literal

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody, Given, OfficerId
from services.workflow.domain.commands import Command
from services.workflow.domain.subjects import panel as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import FurtherForm, day_field
from shared.complaints.values import PanelSeat


class ConflictBody(FurtherBody):
    """An officer has an interest in the case."""

    becomes = ask.DeclareConflict
    officer: OfficerId
    interest: Literal["named", "relative", "line_manager", "earlier_part", "other"]


class ConflictWithdrawalBody(FurtherBody):
    """A declared interest is none after all."""

    becomes = ask.WithdrawConflict
    officer: OfficerId


class PanelBody(FurtherBody):
    """A person is named for every seat of the panel."""

    gives_work_in = "members"
    becomes = ask.ConvenePanel
    members: list[OfficerId] = BodyField(min_length=1, max_length=ask.MOST_SEATS)
    hearing_on: date | None = None

    def command(self, given: Given) -> Command:
        """`ConvenePanel`, with the roles that are known of the officers named."""
        seats = tuple(PanelSeat(officer, given.roles.get(officer)) for officer in self.members)
        command: Command = ask.ConvenePanel(
            seats=seats,
            hearing_on=self.hearing_on,
            words=given.words,
            happened=given.happened,
            actor=given.actor,
        )
        return command


class HearingBody(FurtherBody):
    """The complainant is asked to a hearing."""

    words_kind = "letter"
    becomes = ask.ArrangeHearing
    hearing_on: date
    companion: bool = False


class PanelReportBody(FurtherBody):
    """The panel wrote its report."""

    words_kind = "letter"
    becomes = ask.SubmitPanelReport


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        ConflictBody,
        Action(
            "conflicts",
            "Declare an interest",
            "Records that an officer has an interest in the case and considers it no more.",
            (
                Field("officer", "Which officer", "officer"),
                Field("interest", "Which interest", "choice", choices=choices_of(ask.INTERESTS)),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        ConflictWithdrawalBody,
        Action(
            "conflict-withdrawals",
            "Withdraw a declared interest",
            "Records that a declared interest is none after all; somebody else decides it.",
            (
                Field("officer", "Whose interest", "officer"),
                words_field("Why it is none", optional=False),
            ),
        ),
    ),
    FurtherForm(
        PanelBody,
        Action(
            "panel",
            "Convene the panel",
            "Names a person for every seat of the panel, none of whom took part before.",
            (
                Field("members", "Who sits on the panel", "officers"),
                day_field("hearing_on", "Day of the hearing", optional=True),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        HearingBody,
        Action(
            "hearings",
            "Arrange a hearing",
            "Asks the complainant to a hearing of the panel, with a friend or adviser.",
            (
                day_field("hearing_on", "Day of the hearing"),
                Field(
                    "companion", "The complainant brings a friend or adviser", "tick", optional=True
                ),
                words_field("The invitation"),
            ),
        ),
    ),
    FurtherForm(
        PanelReportBody,
        Action(
            "panel-reports",
            "Put in the panel’s report",
            "Puts the findings, recommendations and lessons of the panel on record.",
            (words_field("The report", optional=False),),
        ),
    ),
)

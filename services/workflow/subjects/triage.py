"""How triage is revised, and how cases are linked."""

from typing import Literal

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import triage as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import CaseReference, FurtherForm
from shared.complaints.values import Route


class RouteBody(FurtherBody):
    """The contact is handled under another heading."""

    becomes = ask.ChangeRoute
    to_route: Route
    agreed: bool = False


class LinkBody(FurtherBody):
    """Another case belongs to this one."""

    becomes = ask.LinkCase
    to_reference: CaseReference
    relation: Literal["split_off", "converted_from", "follows", "related"]


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        RouteBody,
        Action(
            "route",
            "Revise the triage",
            "Handles the contact under another heading; when it first came in stays on record.",
            (
                Field("to_route", "It is handled as", "choice", choices=choices_of(Route)),
                words_field("Why", optional=False),
                Field("agreed", "The complainant agreed to it", "tick", optional=True),
            ),
        ),
    ),
    FurtherForm(
        LinkBody,
        Action(
            "links",
            "Link another case",
            "Names another case that belongs to this one.",
            (
                Field("to_reference", "Reference of the other case", "text"),
                Field(
                    "relation",
                    "How they belong together",
                    "choice",
                    choices=choices_of(ask.RELATIONS),
                ),
                words_field("What there is to say"),
            ),
        ),
    ),
)

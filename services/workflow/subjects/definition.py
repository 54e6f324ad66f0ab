"""How a complaint is defined, and how issues join or leave it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import definition as ask
from services.workflow.fields import Action, Choice, Field, words_field
from services.workflow.subjects.form import CaseReference, FurtherForm, Number, number_field

Category = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z][A-Za-z ,_-]{0,59}$")
]


class DefinitionBody(FurtherBody):
    """What is complained of, or what is wanted, in words."""

    words_kind = "letter"
    becomes = ask.DefineComplaint
    part: Literal["complaint", "desired_outcome"]
    agreed: bool = False


class IssueBody(FurtherBody):
    """A further issue is folded into the complaint."""

    becomes = ask.AddIssue
    category: Category


class SplitIssueBody(FurtherBody):
    """An issue goes on as a complaint of its own."""

    becomes = ask.SplitIssue
    number: Number
    to_reference: CaseReference


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        DefinitionBody,
        Action(
            "definitions",
            "Define the complaint",
            "Puts in words what is complained of, or what is wanted; earlier versions stay.",
            (
                Field(
                    "part",
                    "What is put in words",
                    "choice",
                    choices=(
                        Choice("complaint", "What is complained of"),
                        Choice("desired_outcome", "What would put it right"),
                    ),
                ),
                words_field("The words", optional=False),
                Field("agreed", "The complainant agreed to them", "tick", optional=True),
            ),
        ),
    ),
    FurtherForm(
        IssueBody,
        Action(
            "issues",
            "Add an issue",
            "Folds a further issue into the complaint, which the response then answers too.",
            (Field("category", "What it is about", "text"), words_field("What was said")),
        ),
    ),
    FurtherForm(
        SplitIssueBody,
        Action(
            "issue-splits",
            "Split off an issue",
            "Lets an issue go on as a complaint of its own, which was logged before.",
            (
                number_field("issue"),
                Field("to_reference", "Reference of its own complaint", "text"),
                words_field("Why"),
            ),
        ),
    ),
)

"""What the forms of the further commands are made of: the body, and the action that fills it."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field as BodyField
from pydantic import StringConstraints

from services.workflow.body import FurtherBody
from services.workflow.fields import Action, Field

Number = Annotated[int, BodyField(ge=1, le=1_000)]
CaseReference = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{6}$")]
OrganisationId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]


@dataclass(frozen=True, slots=True)
class FurtherForm:
    """One further command as it is given: its address, its body and its plain form."""

    body: type[FurtherBody]
    action: Action

    @property
    def address(self) -> str:
        """The last part of its address."""
        return self.action.command


def number_field(of: str) -> Field:
    """Which of the numbered things is meant."""
    return Field(
        "number", f"Number of the {of}", "number", hint="As the history of the case has it."
    )


def day_field(name: str, label: str, *, hint: str = "", optional: bool = False) -> Field:
    """A day."""
    return Field(name, label, "date", hint=hint, optional=optional)

"""The words that the form of a policy pack is made of: names, sentences, counts, roles and cited rules."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.complaints.values import Route
from shared.policies import policy as frozen

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
PackName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Sentence = Annotated[str, Field(min_length=1, max_length=300)]
StageNumber = Annotated[int, Field(ge=1, le=9)]
Count = Annotated[int, Field(ge=1, le=400)]
Stages = Annotated[tuple[StageNumber, ...], Field(min_length=1)]
Routes = Annotated[tuple[Route, ...], Field(min_length=1)]
DutyTriggerText = Annotated[str, Field(pattern=r"^(before|after) [a-z][a-z_]{0,39}$")]
FactTriggerText = Literal[
    "received", "escalation_requested", "acknowledged", "response", "response_received"
]
Role = Literal[
    "caseworker",
    "complaints_team",
    "manager",
    "head_of_service",
    "director",
    "chief_executive",
    "board_member",
    "independent_member",
]


class Form(BaseModel):
    """Nothing unknown is let through, and nothing is changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CitationForm(Form):
    """A rule in one sentence and where it stands."""

    rule: Sentence
    clause: Sentence

    def cited(self) -> frozen.Citation:
        return frozen.Citation(self.rule, self.clause)

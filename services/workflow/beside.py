"""Reads what runs beside a complaints policy: clocks in law, and who may approve how much money."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.policies.policy import Citation, Span, Unit

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class Concern(BaseModel):
    """A matter in a complaint that has a clock of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concern: Name
    title: Sentence
    span: int = Field(ge=1, le=400)
    unit: Unit
    rule: Sentence
    clause: Sentence
    responsible: Name

    @property
    def length(self) -> Span:
        """How long it may take."""
        return Span(self.span, self.unit)

    @property
    def cited(self) -> Citation:
        """The rule, and where it stands."""
        return Citation(self.rule, self.clause)


class Authority(BaseModel):
    """How much money a role may approve."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Name
    up_to_pence: int = Field(ge=0)


class Beside(BaseModel):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concern: tuple[Concern, ...]
    authority: tuple[Authority, ...]

    def limit_of(self, role: str) -> int:
        """What a role may approve, in pence; nothing where it is not named."""
        return next((each.up_to_pence for each in self.authority if each.role == role), 0)

    def named(self, concern: str) -> Concern | None:
        """One concern by its name."""
        return next((each for each in self.concern if each.concern == concern), None)


@lru_cache(maxsize=1)
def beside() -> Beside:
    """The rules that are shipped."""
    document = resources.files("services.workflow").joinpath("beside.toml").read_text("utf-8")
    return Beside.model_validate(tomllib.loads(document))

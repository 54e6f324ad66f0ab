"""Reads which concerns have a clock in law, and how long each may take."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.policies.policy import Citation, Span, Unit

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class Concern(BaseModel):
    """A matter with a clock of its own; `asks` is how a form asks for it in plain words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concern: Name
    title: Sentence
    asks: Sentence
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


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    concern: tuple[Concern, ...]


@lru_cache(maxsize=1)
def known_concerns() -> tuple[Concern, ...]:
    """Return the concerns that are shipped, in the order in which a form asks for them."""
    document = resources.files(__package__).joinpath("concerns.toml").read_text("utf-8")
    return _Document.model_validate(tomllib.loads(document)).concern


def concern_named(concern: str) -> Concern | None:
    """Return one concern by its name."""
    return next((each for each in known_concerns() if each.concern == concern), None)

"""Reads who may approve how much money where the policy of a case says nothing of it."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class Authority(BaseModel):
    """How much money a role may approve."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Name
    up_to_pence: int = Field(ge=0)


class Beside(BaseModel):
    """The whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: tuple[Authority, ...]

    def limit_of(self, role: str) -> int:
        """What a role may approve, in pence; nothing where it is not named."""
        return next((each.up_to_pence for each in self.authority if each.role == role), 0)


@lru_cache(maxsize=1)
def beside() -> Beside:
    """The levels that are shipped."""
    document = resources.files("services.workflow").joinpath("beside.toml").read_text("utf-8")
    return Beside.model_validate(tomllib.loads(document))

"""What every command's body has in common: when it happened, its personal words, the command it
becomes.
"""

import dataclasses
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from services.workflow.domain.commands import Command, FurtherCommand
from shared.complaints.values import Channel, Moment, WordsReference
from shared.complaints.working_days import london_day
from shared.documents.rows import Shelved

LONGEST_WORDS = 20_000  # about eight pages: a response letter with room to spare

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORDS)
]
OfficerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]


@dataclass(frozen=True, slots=True)
class Given:
    """What every command has: when it happened, who gave it in which role, and where its words
    stand.
    """

    happened: Moment
    actor: str
    role: str
    words: WordsReference | None
    roles: Mapping[str, str] = dataclasses.field(default_factory=dict)  # of the officers named
    document: Shelved | None = None  # that the command puts on the case


class BodyRefused(ValueError):
    """A value of the body cannot be: `field` says where, the message what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class CommandBody(BaseModel):
    """What every body may say: when it happened, as an instant or a London day; now when it says
    neither.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    words_kind: ClassVar[str] = "note"  # under which kind the words are kept in the vault
    gives_work_in: ClassVar[str] = ""  # the field that names the officers who get something to do

    happened_at: AwareDatetime | None = Field(default=None, description="when it happened")
    happened_on: date | None = Field(default=None, description="the day, where no time is known")

    @model_validator(mode="after")
    def says_when_once(self) -> Self:
        """An instant and a day for the same thing could contradict each other."""
        if self.happened_at is not None and self.happened_on is not None:
            raise ValueError("give happened_at or happened_on, not both")
        return self

    def text(self) -> str | None:
        """The personal words of the body, to be sealed before the command is made."""
        return None

    def workers(self) -> tuple[str, ...]:
        """The officers whom the body gives something to do."""
        named = getattr(self, self.gives_work_in) if self.gives_work_in else ()
        return (named,) if isinstance(named, str) else tuple(named)

    def shelved(self) -> UUID | None:
        """The document, uploaded before, that the command puts on the case."""
        return None

    def happened(self, now: datetime) -> Moment:
        """The moment that the body names, or now."""
        if self.happened_at is not None:
            return Moment(on=london_day(self.happened_at), at=self.happened_at)
        if self.happened_on is not None:
            return Moment(on=self.happened_on)
        return Moment(on=london_day(now), at=now)

    @abstractmethod
    def command(self, given: Given) -> Command:
        """The command that the body becomes."""


class WordsBody(CommandBody):
    """A body that may carry personal words."""

    words: Words | None = Field(default=None, description="kept encrypted; never on the log")

    def text(self) -> str | None:
        """The personal words of the body."""
        return self.words


class ChannelBody(WordsBody):
    """A body that says which way it went."""

    channel: Channel


class LetterBody(WordsBody):
    """A body of what the complainant is told, which Redress may write to them."""

    send_letter: bool = Field(
        default=False, description="Redress sends it as a letter; else it was told in another way"
    )


class WrittenBody(LetterBody):
    """A body whose words are what the letter says, so that there is no letter without them."""

    @field_validator("send_letter")
    @classmethod
    def has_words_to_send(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's
        """A letter that says nothing is none."""
        if value and "words" in info.data and info.data["words"] is None:
            raise ValueError("There is nothing to send: give the words of the letter")
        return value


class FurtherBody(WordsBody):
    """The body of a command outside the stages, whose fields are called as the command's are."""

    becomes: ClassVar[type[FurtherCommand]]

    def command(self, given: Given) -> Command:
        """The command of that class."""
        asked = {
            name: getattr(self, name) for name in type(self).model_fields if name not in _COMMON
        }
        return self.becomes(
            **asked | self.known(given),
            words=given.words,
            happened=given.happened,
            actor=given.actor,
        )

    def known(self, given: Given) -> dict[str, Any]:
        """What the command has besides, from who gives it or from the landlord's own rules."""
        names = {field.name for field in dataclasses.fields(self.becomes)}
        return {"actor_role": given.role} if "actor_role" in names else {}


_COMMON = frozenset(WordsBody.model_fields)

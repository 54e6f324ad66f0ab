"""Why a command was not carried out although no rule refused it."""

from shared.eventstore.record import RecordedEvent


class CommandNotDone(RuntimeError):
    """A command was not carried out; nothing was stored."""


class CommandIdReused(CommandNotDone):
    """This command id was used before for something else; give a new command a new id."""


class ComplaintUnknown(CommandNotDone):
    """There is no complaint under this reference."""


class TooManyConflicts(CommandNotDone):
    """Others changed this complaint at every attempt; try again in a moment."""


class VersionMoved(CommandNotDone):
    """The complaint is no longer at the version that the command was meant for."""

    def __init__(self, *, expected: int, actual: int, since: tuple[RecordedEvent, ...]) -> None:
        super().__init__(
            f"the command was meant for version {expected}; the complaint is at {actual}"
        )
        self.expected = expected
        self.actual = actual
        self.since = since

"""Of what kind an exception is, whether only its surroundings are away, and what may be written of it."""

import traceback
from enum import StrEnum

import psycopg

from shared.eventstore.codec import UndecodableRecord, UnknownEvent
from shared.messaging.bus import BrokerUnavailable

# The handler's surroundings are not there (its database restarts, a connection was lost): no
# message and no event is to blame, so none is parked for it. A missing file is not among them.
TROUBLE_AROUND = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    ConnectionError,
    TimeoutError,
    BrokerUnavailable,
)


class Failure(StrEnum):
    """Why something was not taken, by who has to act: each calls for another remedy."""

    UNKNOWN_TYPE = "unknown type"  # a newer version wrote it: deploy that version, then retry
    UNDECODABLE = "undecodable"  # what is stored or sent is not what its name promises: look at it
    HANDLER_ERROR = "handler error"  # the effect failed: mend the code or its data, then retry
    DEPENDENCY = "dependency"  # something around it is away: waited for, never parked


# By the first word of what `describe` says, which is kept with what is parked.
_BY_EXCEPTION = {
    UnknownEvent.__qualname__: Failure.UNKNOWN_TYPE,
    UndecodableRecord.__qualname__: Failure.UNDECODABLE,
}


def failure_of(error: BaseException) -> Failure:
    """The kind of a failure."""
    if isinstance(error, TROUBLE_AROUND):
        return Failure.DEPENDENCY
    return failure_described(describe(error))


def failure_described(said: str) -> Failure:
    """The kind of a failure of which only its description was kept."""
    return _BY_EXCEPTION.get(said.partition(" ")[0].partition(":")[0], Failure.HANDLER_ERROR)


def describe(error: BaseException) -> str:
    """What went wrong and where, without what it was said about: a library's text may quote words.

    Our own exceptions say ids and names of fields only, so their text is kept.
    """
    kind = type(error)
    own = kind.__module__.startswith(("shared.", "services."))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename
    ]
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    state = f" {error.sqlstate}" if isinstance(error, psycopg.Error) and error.sqlstate else ""
    text = f": {error}" if own else ""
    return f"{kind.__qualname__}{state}{place}{text}"

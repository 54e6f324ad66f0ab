"""Two questions about an exception: is it about the surroundings, and what may be written of it."""

import traceback

import psycopg

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

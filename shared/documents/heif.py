"""Photos as iPhones take them, made into JPEG by a process of its own.

The library that reads HEIF is large, not memory-safe, and is given what strangers send. It is loaded in no process that
holds keys or connections: a child gets the file on its input and nothing else, may take so much memory and time, may
write no file, and gives back a picture that was written anew, or nothing. Run as a module, this is the child.
"""

import resource
import subprocess
import sys
from contextlib import suppress

from shared.documents.kinds import DocumentRefused
from shared.documents.pictures import AT_ONCE, PictureDamaged, written_anew

MOST_SECONDS = 60  # on a machine that is busy; idle, the largest takes three
MOST_PROCESSOR_SECONDS = 20
MOST_MEMORY = 2 * 1024**3  # bytes: 50 megapixels a few times over
KIND = "HEIF"
DAMAGED, REFUSED = 1, 3  # exit codes: the second where the child says why
# Isolated: nothing is taken from the environment, which may hold passwords, or from the folder it is started in.
CHILD = (sys.executable, "-I", "-m", "shared.documents.heif")
UNNAMED = "“photo”"  # the name stays here: what a process is started with is seen by others


def as_jpeg(name: str, content: bytes) -> bytes:
    """The photo as it is kept; raises DocumentRefused for one that is damaged, too large, or takes too long."""
    try:
        with AT_ONCE:
            child = subprocess.run(
                CHILD,
                input=content,
                capture_output=True,
                timeout=MOST_SECONDS,
                env={},
                cwd="/",
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise DocumentRefused(_unreadable(name)) from None
    if child.returncode == REFUSED:
        raise DocumentRefused(child.stderr.decode().replace(UNNAMED, f"“{name}”"))
    if child.returncode != 0 or not child.stdout.startswith(b"\xff\xd8"):
        raise DocumentRefused(_unreadable(name))
    return child.stdout


def _unreadable(name: str) -> str:
    return (
        f"“{name}” cannot be read: on an iPhone, open the photo, take a screenshot of it and send that, or set"
        " Settings, Camera, Formats to Most Compatible for the next ones"
    )


def _confine() -> None:
    """Limits what this process may take, before it reads anything."""
    for what, most in (
        (resource.RLIMIT_CPU, MOST_PROCESSOR_SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(what, (most, most))


def _main() -> int:
    _confine()
    from pillow_heif import register_heif_opener  # noqa: PLC0415 - in this process alone

    register_heif_opener(thumbnails=False)
    try:
        picture = written_anew(UNNAMED[1:-1], sys.stdin.buffer.read(), KIND, "JPEG")
    except PictureDamaged:
        return DAMAGED
    except DocumentRefused as refused:
        sys.stderr.buffer.write(str(refused).encode())
        return REFUSED
    sys.stdout.buffer.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(_main())

"""Answers with a file that a browser keeps instead of showing it."""

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from shared.web.security_headers import STRANGERS_POLICY

CSV = "text/csv; charset=utf-8"
PIECE = 256 * 1024


def download(content: bytes, media_type: str, name: str) -> Response:
    """The file under `name`, which is plain ASCII without quotes: a reference, a day, our own words."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})


def kept_file(file: IO[bytes], media_type: str, name: str) -> Response:
    """An open file under `name`, sent piece by piece and closed at the end."""
    disposition = f'attachment; filename="{name}"'
    return StreamingResponse(
        _pieces(file),
        media_type=media_type,
        headers={"content-disposition": disposition},
        background=BackgroundTask(file.close),
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def strangers_file(content: bytes, media_type: str, name: str) -> Response:
    """A file that somebody uploaded, under the name it had: kept and never shown, and confined should it be."""
    plain = "".join(each if each.isascii() and each not in '"\\' else "_" for each in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": disposition, "content-security-policy": STRANGERS_POLICY}
    # Without a character set of its own, a text is read as the browser likes.
    answer = Response(content, headers=headers)
    answer.headers["content-type"] = media_type
    return answer

"""Answers with a file that a browser keeps instead of showing it."""

from starlette.responses import Response

CSV = "text/csv; charset=utf-8"


def download(content: bytes, media_type: str, name: str) -> Response:
    """The file under `name`, which is plain ASCII without quotes: a reference, a day, our own words."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})

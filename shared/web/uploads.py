"""Reads forms that come with files: so many fields, so many files, so large, and not a byte more."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from shared.documents.kinds import LARGEST, MOST_AT_ONCE
from shared.documents.taking import Upload
from shared.web.security_headers import takes_up_to

ROOM_FOR_FIELDS = 1024 * 1024
MOST_FIELDS = 60
# Many more than are taken, so that whoever selects too many is told so at the field; they share LARGEST_FORM.
MOST_FILES = 100
LARGEST_FORM = MOST_AT_ONCE * LARGEST + ROOM_FOR_FIELDS
# So many forms are in memory at a time; the others wait on disk, in files without a name.
_AT_ONCE = asyncio.Semaphore(4)


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What was sent: the fields as text, the files as they came."""

    values: Mapping[str, str]
    files: tuple[Upload, ...]


def takes_uploads() -> Callable[[Any], Any]:
    """Marks a route that takes files, and lets their bodies through."""
    return takes_up_to(LARGEST_FORM)


@asynccontextmanager
async def uploads_of(request: Request) -> AsyncIterator[UploadForm]:
    """The form of a request with files, for as long as it is worked on; a field for a file that was left empty gives
    none.
    """
    async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES) as form, _AT_ONCE:
        values: dict[str, str] = {}
        files: list[Upload] = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    # One byte over the limit is enough to know, and so is one file too many.
                    size = LARGEST + 1 if len(files) < MOST_AT_ONCE else 1
                    files.append(Upload(value.filename, await value.read(size)))
            else:
                values.setdefault(name, value)
        yield UploadForm(values, tuple(files))


async def upload_form(request: Request) -> AsyncIterator[UploadForm]:
    """The same as a dependency of a route."""
    async with uploads_of(request) as form:
        yield form

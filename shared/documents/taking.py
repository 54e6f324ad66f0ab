"""Makes of an uploaded file what is kept: its name cleaned, its kind checked, a picture made anew, its hashes taken."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.documents.heif import as_jpeg
from shared.documents.kinds import (
    HEIC,
    JPEG,
    KINDS,
    MOST_AT_ONCE,
    DocumentRefused,
    FileKind,
    cleaned_name,
    kind_of,
)
from shared.documents.pictures import made_anew

AS_KEPT = "SHA-256 as kept: "
AS_SENT = "SHA-256 as sent: "


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is taken: what of it is kept, and what was sent, for whoever looks for viruses."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)
    sent: bytes = field(repr=False)

    @property
    def likely_kind(self) -> str:
        """What it most likely is, where nobody says."""
        if self.media_type.startswith("image/"):
            return "photo"
        return "email" if self.media_type == "message/rfc822" else "other"

    @property
    def words(self) -> str:
        """What is sealed about it: the name, and the hashes by which the file can be known again."""
        kept, sent = (hashlib.sha256(each).hexdigest() for each in (self.content, self.sent))
        lines = [self.name, AS_KEPT + kept]
        return "\n".join(lines if kept == sent else [*lines, AS_SENT + sent])


def checked(upload: Upload) -> Checked:
    """The file as it is kept; raises DocumentRefused."""
    name = cleaned_name(upload.name)
    kind = kind_of(name, upload.content)
    content, media_type = upload.content, kind.media_type
    if media_type == HEIC:
        content, media_type = as_jpeg(name, content), JPEG
        name = f"{name.rpartition('.')[0]}.jpg"
    elif kind.is_picture:
        content = made_anew(name, content, media_type)
    return Checked(name, media_type, content, upload.content)


def all_checked(uploads: Sequence[Upload]) -> tuple[Checked, ...]:
    """Every file, or none: raises DocumentRefused for the first that is not taken."""
    if not uploads:
        raise DocumentRefused("Select a file")
    if len(uploads) > MOST_AT_ONCE:
        raise DocumentRefused(f"You can only select up to {MOST_AT_ONCE} files at the same time")
    return tuple(checked(each) for each in uploads)


def sent_as(taken: Checked) -> str:
    """The SHA-256 of what was sent: the same file has the same."""
    return hashlib.sha256(taken.sent).hexdigest()


def name_in(words: str) -> str:
    """The name, of what was sealed about a document."""
    return words.partition("\n")[0]


def hash_in(words: str) -> str:
    """The SHA-256 of the file as it is kept, of what was sealed about a document."""
    return next(
        (line.removeprefix(AS_KEPT) for line in words.splitlines() if line.startswith(AS_KEPT)), ""
    )


def file_kind(media_type: str) -> FileKind:
    """The kind of what is kept."""
    return next(each for each in KINDS if each.media_type == media_type)

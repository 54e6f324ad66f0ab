"""Which files are taken, decided by what a file says it is and by what stands in it; both must agree."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from email.parser import BytesHeaderParser

import puremagic

LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST_AT_ONCE = 10
LONGEST_NAME = 100  # letters, without the extension
MOST_ENTRIES = 5_000  # of the archive that a Word document is
END_OF_ARCHIVE = 22  # bytes, where nothing follows it
LONGEST_BRANDS = 256  # bytes of the box that names them
TAIL = 1024  # where the end of a PDF is looked for
JPEG, HEIC = "image/jpeg", "image/heic"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ALLOWED_IN_WORDS = "JPG, HEIC, PNG, PDF, DOCX, TXT or EML"

_TEXT_TOO = frozenset({"text/plain", "message/rfc822", ""})
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'["<>:|?*%;]')


class DocumentRefused(ValueError):
    """The file is not taken: a sentence that names it and says what is allowed."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken."""

    media_type: str
    extensions: tuple[str, ...]  # the first is the one it is given out under

    @property
    def is_picture(self) -> bool:
        """Whether it is made anew."""
        return self.media_type.startswith("image/")


KINDS = (
    FileKind(JPEG, (".jpg", ".jpeg")),
    FileKind(HEIC, (".heic", ".heif")),  # kept as JPEG
    FileKind("image/png", (".png",)),
    FileKind("application/pdf", (".pdf",)),
    FileKind(DOCX, (".docx",)),
    FileKind("text/plain", (".txt",)),
    FileKind("message/rfc822", (".eml",)),
)
# What the browser offers to choose from; what it sends all the same is checked here.
ACCEPT = ",".join(extension for kind in KINDS for extension in kind.extensions)


def kind_of(name: str, content: bytes) -> FileKind:
    """The kind of a file under a cleaned name; raises DocumentRefused for any that is not taken."""
    if not content:
        raise DocumentRefused(f"“{name}” is empty")
    if len(content) > LARGEST:
        raise DocumentRefused(f"“{name}” must be smaller than {LARGEST // 1024 // 1024}MB")
    extension = f".{name.rpartition('.')[2].lower()}"
    kind = next((each for each in KINDS if extension in each.extensions), None)
    if kind is None:
        raise DocumentRefused(f"“{name}” must be a {ALLOWED_IN_WORDS}")
    if not _HOLDS[kind.media_type](content):
        raise DocumentRefused(
            f"“{name}” is not the {kind.extensions[0][1:].upper()} that its name says, or it is"
            " damaged or protected: save it again as a"
            f" {ALLOWED_IN_WORDS}"
        )
    return kind


def cleaned_name(sent: str) -> str:
    """The name without folders, controls and signs that mean something to a file system or a header."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    plain = "".join(each if each.isprintable() else " " for each in last)
    plain = " ".join(_NOT_IN_NAMES.sub("_", plain).split())
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        stem, extension = plain, ""
    stem = stem.strip(" .")[:LONGEST_NAME].strip(" .") or "document"
    extension = extension.strip(" .")[:10]
    return f"{stem}.{extension}" if extension else stem


def _sniffed(content: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return list(puremagic.magic_string(content))
    except (puremagic.PureError, ValueError):
        return []


def _is(media_type: str, content: bytes) -> bool:
    return any(each.offset == 0 and each.mime_type == media_type for each in _sniffed(content))


def _jpeg(content: bytes) -> bool:
    return _is(JPEG, content)


def _heic(content: bytes) -> bool:
    """A still picture of an iPhone: the brands at the beginning say so (ISO 23008-12, annex B)."""
    size = int.from_bytes(content[:4])
    brands = {content[at : at + 4] for at in (8, *range(16, min(size, LONGEST_BRANDS), 4))}
    return content[4:8] == b"ftyp" and bool(brands & {b"heic", b"heix"})


def _png(content: bytes) -> bool:
    return _is("image/png", content)


def _pdf(content: bytes) -> bool:
    # A PDF that is an archive too is made to be taken for the one and used as the other.
    return (
        _is("application/pdf", content)
        and content.startswith(b"%PDF-")
        and b"%%EOF" in content[-TAIL:]
        and not zipfile.is_zipfile(io.BytesIO(content))
    )


def _docx(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    if content[-END_OF_ARCHIVE:-18] != b"PK\x05\x06":  # something follows the archive
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    names = {each.filename for each in entries}
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    starts_at = min((each.header_offset for each in entries), default=-1)
    return (
        {"[Content_Types].xml", "word/document.xml"} <= names
        and not has_macros
        and starts_at == 0
        and len(entries) <= MOST_ENTRIES
    )


def _text(content: bytes) -> bool:
    """Words and nothing else: no controls, and nothing that a program would take for another kind."""
    if _CONTROL.search(content) or not content.strip():
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        try:
            content.decode("cp1252")  # how Windows' editor long wrote
        except UnicodeDecodeError:
            return False
    # Two letters alone, such as those of a bitmap, begin many a sentence.
    return all(
        each.mime_type in _TEXT_TOO for each in _sniffed(content) if len(each.byte_match) >= 4
    )


def _email(content: bytes) -> bool:
    if not _text(content):
        return False
    headers = BytesHeaderParser().parsebytes(content)
    return "from" in headers and any(each in headers for each in ("date", "subject", "to"))


_HOLDS = {
    JPEG: _jpeg,
    HEIC: _heic,
    "image/png": _png,
    "application/pdf": _pdf,
    DOCX: _docx,
    "text/plain": _text,
    "message/rfc822": _email,
}

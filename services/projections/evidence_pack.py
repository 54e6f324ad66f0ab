"""The evidence of one case in one file, for the Ombudsman, an auditor or a court: readable, complete,
and checkable without this program.

The same facts and letters give the same bytes: nothing in the file depends on when or where it was made.
"""

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import IO, Any

import orjson
import typst

from services.projections.stored_records import StoredRecord

ZIP_EPOCH = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest a ZIP can say; any other would tell when it was made
HOW_TO_CHECK = """\
What this file holds

case.pdf        The case as a person reads it: what happened, what was due when, and why.
case.json       The same as data. Dates are days in London, instants are in UTC (ISO 8601).
letters/        The letters to the complainant and to who speaks for them, each as it was sent, with its number
                before its kind; case.json says which are not here, and why.
documents/      The documents and photos of the case, each with its number before its name; case.json says
                which are not here, and why.
events.jsonl    Every fact exactly as it is stored, one on each line, in order.
chain.json      For each of these lines: its place in the landlord's feed, its hash, and the hash of
                the fact before it in the feed (which may belong to another case).
manifest.json   The SHA-256 of each of these files.

How to check it without the program that made it

1. The SHA-256 of each file is the one that manifest.json gives.
2. For each line of events.jsonl, without its line break, and its entry in chain.json:
       SHA-256 (previous_hash as 32 bytes, seq as 8 bytes with the highest first, the line as UTF-8)
   is `hash`. In Python:
       hashlib.sha256(bytes.fromhex(previous_hash) + seq.to_bytes(8, "big") + line.encode()).hexdigest()
3. Where two facts of the case follow one another in the feed (their seq differ by one), the
   previous_hash of the later is the hash of the earlier. For the links between, the landlord's whole
   feed is needed: anybody with access runs `redress verify`.
4. The SHA-256 of each document is the one that the words of the fact which added it give; a salted
   commitment to these words stands in that fact.
"""


class DocumentUnreadable(RuntimeError):
    """The contents of a document that must go in are not there."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A document or letter that goes in, under a name of its own; its contents are read when it is written."""

    name: str
    contents: Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What goes in: the case as it is shown, with or without personal words, and its facts as they
    are stored.
    """

    landlord: str
    reference: str
    shown: Mapping[str, Any]  # plain JSON: text, numbers, lists and mappings of them
    records: Sequence[StoredRecord]
    files: Sequence[PackedFile] = ()


def evidence_pack(evidence: Evidence, file: IO[bytes]) -> None:
    """Writes the ZIP file, one of its files in memory at a time; raises DocumentUnreadable."""
    shown = orjson.dumps(dict(evidence.shown), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    members = {
        "READ-ME.txt": HOW_TO_CHECK.encode(),
        "case.json": shown,
        "case.pdf": _readable(shown),
        "chain.json": _chain(evidence.records),
        "events.jsonl": "".join(f"{one.record}\n" for one in evidence.records).encode(),
    }
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            manifest[name] = hashlib.sha256(content).hexdigest()
            member = zipfile.ZipInfo(f"{evidence.reference}/{name}", date_time=ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)

        for name, content in sorted(members.items()):
            add(name, content)
        for packed in evidence.files:
            contents = packed.contents()
            if contents is None:
                raise DocumentUnreadable(f"the contents of “{packed.name}” are not there")
            add(packed.name, contents)
        option = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
        add("manifest.json", orjson.dumps(manifest, option=option))


def _chain(records: Sequence[StoredRecord]) -> bytes:
    links = [
        {
            "version": one.version,
            "seq": one.seq,
            "name": one.name,
            "previous_hash": one.previous_hash,
            "hash": one.hash,
        }
        for one in records
    ]
    return orjson.dumps(links, option=orjson.OPT_INDENT_2)


def _readable(shown: bytes) -> bytes:
    """A tagged PDF (PDF/UA-1). What people wrote goes in as data, so it can never be markup."""
    with as_file(files("services.projections").joinpath("templates/evidence.typ")) as layout:
        return bytes(
            typst.compile(str(layout), sys_inputs={"case": shown.decode()}, pdf_standards=["ua-1"])
        )

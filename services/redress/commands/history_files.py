"""Reads files of case histories, JSON Lines or CSV, one history at a time, and says of each bad line what is wrong."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from services.redress.commands.history_format import MOST_FACTS, FactLine, HistoryLine, sentence

LONGEST_LINE_BYTES = 1024 * 1024
"""No real history comes near it; a longer line is a file of another kind."""

MOST_LINES = 1_000_000

CASE_COLUMNS = ("reference", "landlord", "landlord_kind", "organisation", "policy", "route")
FACT_COLUMNS = tuple(FactLine.model_fields)
IGNORED_COLUMNS = ("source", "expected")


class HistoryFileUnreadable(Exception):
    """The file as a whole cannot be read as histories."""


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A history that was read, with the line where it begins."""

    line: int
    history: HistoryLine
    bytes_read: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A history that could not be read, and why."""

    line: int
    reference: str | None
    reason: str
    bytes_read: int = 0


def read_histories(path: Path) -> Iterator[GoodLine | BadLine]:
    """Every history of the file in order; CSV when its name ends in .csv, else JSON Lines.

    Raises HistoryFileUnreadable when the file is not there, is not text, or is too long.
    """
    try:
        with path.open("rb") as file:
            lines = _csv_histories(file) if path.suffix.lower() == ".csv" else _json_histories(file)
            yield from _each_once(lines)
    except OSError as trouble:
        raise HistoryFileUnreadable(
            f"{path} cannot be read ({trouble.strerror or trouble}): check its name and who may read it"
        ) from trouble


def _each_once(lines: Iterator[GoodLine | BadLine]) -> Iterator[GoodLine | BadLine]:
    """Refuses a reference that the file has given before with other facts: we cannot say which of the two is true."""
    seen: dict[tuple[str, str], tuple[int, bytes]] = {}
    for entry in lines:
        if isinstance(entry, BadLine):
            yield entry
            continue
        history = entry.history
        digest = hashlib.blake2b(history.model_dump_json().encode(), digest_size=16).digest()
        line, first = seen.setdefault((history.landlord, history.reference), (entry.line, digest))
        if first != digest:
            yield BadLine(
                line=entry.line,
                reference=history.reference,
                reason=f"reference: stands in line {line} already, with other facts: "
                "join the two or give one of them another reference",
                bytes_read=entry.bytes_read,
            )
        else:
            yield entry


def _bounded_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None, int]]:
    """Line number, line (None: too long) and bytes read so far."""
    number = bytes_read = 0
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if number > MOST_LINES:
            raise HistoryFileUnreadable(f"the file has more than {MOST_LINES:,} lines: split it")
        bytes_read += len(line)
        too_long = len(line) > LONGEST_LINE_BYTES
        while too_long and line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE_BYTES)
            bytes_read += len(line)
        yield number, None if too_long else line, bytes_read


def _json_histories(file: BinaryIO) -> Iterator[GoodLine | BadLine]:
    for number, line, bytes_read in _bounded_lines(file):
        if line is None:
            yield BadLine(
                number,
                None,
                f"the line is longer than {LONGEST_LINE_BYTES:,} bytes: split the history",
                bytes_read,
            )
            continue
        document = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not document:
            continue
        try:
            history = HistoryLine.model_validate_json(document)
        except ValidationError as error:
            reason, _ = sentence(error)
            yield BadLine(number, _reference_in(document), reason, bytes_read)
        else:
            yield GoodLine(number, history, bytes_read)


def _reference_in(document: bytes) -> str | None:
    try:
        found = json.loads(document)
    except ValueError:  # covers text that is not UTF-8 too
        return None
    reference = found.get("reference") if isinstance(found, dict) else None
    return reference[:100] if isinstance(reference, str) else None


@dataclass(slots=True)
class _Rows:
    """The rows of one reference, while they are gathered."""

    case: Mapping[str, str]
    lines: list[int]
    facts: list[dict[str, Any]]


def _csv_histories(file: BinaryIO) -> Iterator[GoodLine | BadLine]:
    progress = [0]
    closed: dict[str, int] = {}
    rows: _Rows | None = None
    for line, cells in _csv_rows(file, progress):
        reference = cells.get("reference", "")
        if rows is not None and rows.case["reference"] == reference:
            _add(rows, line, cells)
            continue
        if rows is not None:
            closed[rows.case["reference"]] = rows.lines[0]
            yield _gathered(rows, progress[0])
            rows = None
        if not reference:
            yield BadLine(
                line,
                None,
                "reference: is missing; every row names the case it belongs to",
                progress[0],
            )
        elif reference in closed:
            yield BadLine(
                line,
                reference,
                f"reference: its rows begin in line {closed[reference]} and other cases stand between: "
                "put the rows of one case together",
                progress[0],
            )
        else:
            rows = _Rows(case=_case(cells), lines=[line], facts=[_fact(cells)])
    if rows is not None:
        yield _gathered(rows, progress[0])


def _csv_rows(file: BinaryIO, progress: list[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and filled cells of each row; the header is checked first."""
    reader = csv.reader(_text_lines(file, progress), strict=True)
    csv.field_size_limit(LONGEST_LINE_BYTES)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        begins = reader.line_num + 1
        for row in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(header):
                raise HistoryFileUnreadable(
                    f"line {line} has more cells than the first line has names: quote its commas"
                )
            yield (
                line,
                {
                    name: cell.strip()
                    for name, cell in zip(header, row, strict=False)
                    if cell.strip()
                },
            )
    except csv.Error as error:
        raise HistoryFileUnreadable(
            f"line {reader.line_num} is not CSV ({error}): check its quotation marks"
        ) from error


def _text_lines(file: BinaryIO, progress: list[int]) -> Iterator[str]:
    for number, line, bytes_read in _bounded_lines(file):
        progress[0] = bytes_read
        if line is None:
            raise HistoryFileUnreadable(
                f"line {number} is longer than {LONGEST_LINE_BYTES:,} bytes"
            )
        try:
            yield (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode("utf-8")
        except UnicodeDecodeError as error:
            raise HistoryFileUnreadable(
                f"line {number} is not UTF-8: save the file as “CSV UTF-8”"
            ) from error


def _check_header(header: list[str]) -> None:
    known = {*CASE_COLUMNS, *FACT_COLUMNS, *IGNORED_COLUMNS}
    for name in header:
        if name not in known:
            raise HistoryFileUnreadable(
                f"column “{name}” is not one of the format: rename or remove it; the columns are "
                f"{', '.join((*CASE_COLUMNS, *FACT_COLUMNS))}"
            )
    if len(set(header)) != len(header):
        raise HistoryFileUnreadable(
            "a column stands twice in the first line: remove one of the two"
        )
    for name in ("reference", "landlord", "landlord_kind", "what"):
        if name not in header:
            raise HistoryFileUnreadable(f"column “{name}” is missing from the first line: add it")


def _case(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cells[name] for name in CASE_COLUMNS if name in cells}


TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _fact(cells: Mapping[str, str]) -> dict[str, Any]:
    """The fact in the types of JSON; a cell that is none of them stays text, for the format to refuse."""
    fact: dict[str, Any] = {name: cells[name] for name in FACT_COLUMNS if name in cells}
    if str(fact.get("stage", "")).isdecimal():
        fact["stage"] = int(fact["stage"])
    if "agreed" in fact:
        fact["agreed"] = TRUTHS.get(fact["agreed"].lower(), fact["agreed"])
    return fact


def _add(rows: _Rows, line: int, cells: Mapping[str, str]) -> None:
    if len(rows.facts) > MOST_FACTS:  # refused in any case: no need to hold the rest
        return
    rows.lines.append(line)
    rows.facts.append(_fact(cells))
    if _case(cells) != rows.case:
        rows.facts[-1]["another_case"] = True


def _gathered(rows: _Rows, bytes_read: int) -> GoodLine | BadLine:
    reference = rows.case["reference"]
    for line, fact in zip(rows.lines, rows.facts, strict=True):
        if fact.pop("another_case", False):
            return BadLine(
                line,
                reference,
                "this row names another landlord, organisation, policy or route than the first row of its case: "
                "make them the same",
                bytes_read,
            )
    if len(rows.facts) > MOST_FACTS:
        return BadLine(
            rows.lines[0],
            reference,
            f"facts: more than {MOST_FACTS:,} rows; split the case",
            bytes_read,
        )
    try:
        history = HistoryLine.model_validate_json(json.dumps({**rows.case, "facts": rows.facts}))
    except ValidationError as error:
        reason, fact_index = sentence(error)
        return BadLine(rows.lines[fact_index or 0], reference, reason, bytes_read)
    return GoodLine(rows.lines[0], history, bytes_read)

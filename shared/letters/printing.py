"""A letter as a tagged PDF (PDF/UA-1), for the print room and for keeping; the same letter gives the same bytes."""

from datetime import date
from importlib.resources import as_file, files

import orjson
import typst

from shared.letters.kept import Kept
from shared.web.wording import weekday_date

PDF = "application/pdf"
ITEM, INDENT = "- ", "  "
LARGE_POINTS, USUAL_POINTS = 18, 11


def printed(letter: Kept, *, sender: str, on: date) -> bytes:
    """The document; everything goes in as data, so that no word can be markup."""
    told = orjson.dumps(
        {
            "subject": letter.subject,
            "sender": sender,
            "date": weekday_date(on),
            "points": LARGE_POINTS if letter.in_large_print else USUAL_POINTS,
            "blocks": [
                _block(block) for block in letter.text.strip().split("\n\n") if block.strip()
            ],
        }
    )
    with as_file(files("shared.letters").joinpath("templates/letter.typ")) as layout:
        return bytes(
            typst.compile(str(layout), sys_inputs={"letter": told.decode()}, pdf_standards=["ua-1"])
        )


def _block(text: str) -> dict[str, object]:
    """A paragraph with its lines, a list with its items, or lines that stand in, such as an address."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if lines[0].startswith(ITEM):
        items: list[str] = []
        for line in lines:
            if line.startswith(ITEM) or not items:
                items.append(line.removeprefix(ITEM))
            else:
                items[-1] += f" {line.strip()}"
        return {"kind": "list", "lines": items}
    kind = "indented" if all(line.startswith(INDENT) for line in lines) else "lines"
    return {"kind": kind, "lines": [line.strip() for line in lines]}

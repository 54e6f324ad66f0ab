"""The figures as a tagged PDF (PDF/UA-1) for a board's papers; the same figures give the same bytes."""

from importlib.resources import as_file, files

import orjson
import typst

from services.projections.performance import Performance
from shared.web.wording import weekday_date


def board_pack(found: Performance, *, landlord_name: str) -> bytes:
    """The document; everything goes in as data, so no name can be markup."""
    told = orjson.dumps(
        {
            "title": "Complaints: figures for the board",
            "landlord_name": landlord_name,
            "organisation": found.organisation or "All organisations",
            "as_at": weekday_date(found.as_at),
            "known_by": ""
            if found.known_by == found.as_at
            else f", as known by {weekday_date(found.known_by)}",
            "tables": [
                {
                    "title": table.title,
                    "definition": table.definition,
                    "columns": ["", *table.columns],
                    "rows": [
                        [
                            row.name,
                            *("withheld" if cell is None else str(cell) for cell in row.cells),
                        ]
                        for row in table.rows
                    ],
                }
                for table in found.tables
            ],
        }
    )
    with as_file(files("services.projections").joinpath("templates/board_pack.typ")) as layout:
        return bytes(
            typst.compile(
                str(layout), sys_inputs={"figures": told.decode()}, pdf_standards=["ua-1"]
            )
        )

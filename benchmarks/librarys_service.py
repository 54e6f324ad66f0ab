"""What a command costs over HTTP with the library's own application behind FastAPI, and with nothing behind it.

Run as a process of its own.
"""

import sys
from uuid import UUID, uuid4

import uvicorn
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI


class Case(Aggregate):
    """Something to which things happen."""

    @event("Opened")
    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.notes = 0

    @event("Noted")
    def note(self, words: str) -> None:
        """One more."""
        self.notes += len(words) > 0


class Cases(Application[UUID]):
    """Their log."""


def service(environment: dict[str, str]) -> FastAPI:
    """`POST /cases` opens one; `POST /cases/{case}/notes` loads it, decides and saves; `POST /nothing` answers."""
    cases = Cases(environment)
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.post("/cases", status_code=201)
    def opened() -> dict[str, str]:
        case = Case(subject=str(uuid4()))
        cases.save(case)
        return {"case": str(case.id)}

    @app.post("/cases/{case_id}/notes", status_code=201)
    def noted(case_id: UUID) -> dict[str, int]:
        case: Case = cases.repository.get(case_id)
        case.note("heat")
        cases.save(case)
        return {"version": case.version}

    @app.post("/nothing", status_code=201)
    def nothing() -> dict[str, int]:
        return {"version": 0}

    return app


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    uvicorn.run(
        service(given), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False
    )

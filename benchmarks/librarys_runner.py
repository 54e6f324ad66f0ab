"""The least that `eventsourcing` asks of a read model: its projection runner, with one transaction for each event.

Apart from the other benchmarks, because importing the library's domain changes how every later dataclass is made.
"""

import time
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL

FACTS_PER_CASE = 20
LIMIT_SECONDS = 120.0


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

    name = "cases"


class CaseView(PostgresTrackingRecorder):
    """A table with a row for each case, and the position, in one transaction."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS public.librarys_case (id uuid PRIMARY KEY, notes int)"
            ).format()
        )

    def count(self, case: UUID, tracking: Tracking) -> None:
        """Adds one to the case."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO public.librarys_case VALUES (%s, 1)"
                " ON CONFLICT (id) DO UPDATE SET notes = librarys_case.notes + 1",
                (case,),
            )


class CaseProjection(Projection[CaseView]):
    """Every event counts."""

    name = "casecount"
    topics = (get_topic(Case.Opened), get_topic(Case.Noted))  # type: ignore[attr-defined]

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Writes it."""
        self.view.count(domain_event.originator_id, tracking)


def facts_per_second(environment: dict[str, str], *, facts: int) -> float:
    """Writes cases, then lets the runner fold them from the first to the last."""
    application = Cases(environment)
    last = 0
    for _ in range(facts // FACTS_PER_CASE):
        case = Case(subject=str(uuid4()))
        for _ in range(FACTS_PER_CASE - 1):
            case.note("heat")
        last = application.save(case)[-1].notification.id
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Cases,
        projection_class=CaseProjection,
        view_class=CaseView,
        env=environment,
    ) as runner:
        runner.wait(last, timeout=LIMIT_SECONDS)
        pace = facts / (time.perf_counter() - began)
    application.close()
    return pace

"""What a virus is found in is not taken, or never given out; what nobody has looked into yet waits."""

from __future__ import annotations

from shared.documents.keeping import Keeper
from shared.documents.scanning import Clamd
from shared.documents.shelf import Shelf
from tests.documents.clamd import running_clamd
from tests.documents.files import EICAR, PDF, TEXT
from tests.workflow.office import LANDLORD, Office
from tests.workflow.test_document_pages import Desk, desk

__all__ = ["desk"]  # the fixture

NOBODY = Clamd("127.0.0.1:1")


def scanned(office: Office, scanner: Clamd) -> Desk:
    """A browser on forms whose files that scanner looks into."""
    shelf = office.shelf(scanner)
    scanning = Desk(office)
    scanning.client = office.client(shelf)
    return scanning


def states(desk: Desk) -> list[str]:
    """Where each document stands."""
    return [row["state"] for row in desk.rows()]


def keeper(office: Office, scanner: Clamd) -> Keeper:
    """The worker with that scanner."""
    return Keeper(office.shelf(scanner))


def test_a_file_with_a_virus_is_refused_and_not_kept(desk: Desk, office: Office) -> None:
    with running_clamd() as daemon:
        scanning = scanned(office, Clamd(daemon.address))
        answer = scanning.send(("notes.txt", TEXT + EICAR))
        assert answer.status_code == 422
        assert "“notes.txt” contains a virus" in answer.text
        assert "not checked for viruses" not in answer.text
        assert scanning.send(("report.pdf", PDF)).status_code == 303
    assert states(desk) == ["clean"]
    assert desk.contents(desk.added()[0], office.shelf(Clamd("127.0.0.1:1"))) == PDF


def test_a_file_that_could_not_be_looked_into_waits_and_is_looked_into_later(
    desk: Desk, office: Office
) -> None:
    scanning = scanned(office, NOBODY)
    assert scanning.send(("report.pdf", PDF)).status_code == 303
    assert scanning.send(("notes.txt", TEXT + EICAR)).status_code == 303
    clean, infected = desk.added()
    waits: Shelf = office.shelf(NOBODY)
    assert states(desk) == ["received", "received"]
    assert desk.contents(clean, waits) is None
    keeper(office, NOBODY).look_again(LANDLORD)
    assert states(desk) == ["received", "received"]
    with running_clamd() as daemon:
        assert keeper(office, Clamd(daemon.address)).look_again(LANDLORD) == 2
        assert keeper(office, Clamd(daemon.address)).look_again(LANDLORD) == 0
    assert states(desk) == ["clean", "infected"]
    assert desk.contents(clean, waits) == PDF
    assert desk.contents(infected, waits) is None


def test_what_a_virus_was_found_in_stays_locked_when_nobody_looks_any_more(
    desk: Desk, office: Office
) -> None:
    scanned(office, NOBODY).send(("notes.txt", TEXT + EICAR))
    with running_clamd() as daemon:
        keeper(office, Clamd(daemon.address)).look_again(LANDLORD)
    assert desk.contents(desk.added()[0], office.shelf()) is None

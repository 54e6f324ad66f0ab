"""What colleagues write for one another stands apart on the pages of a case, and says that it is internal."""

from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.projections import pages
from services.projections.reading import Reading
from shared.complaints.events import ContactMade, DraftReturned, DraftSubmitted, NoteAdded
from shared.complaints.values import Channel, WordsReference
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.vault.vault import Vault
from tests.identity.building import AMARA, RIVERSIDE, THU_9_APR_2026, application, browser, sign_in
from tests.projections.building import DAMP, append, mon_2_mar, opened

pytestmark = pytest.mark.postgres

SUBJECT = UUID(int=7)
INTERNAL = "Internal: not shown to the complainant"
NOTE, SAID = "Looks like <the> leak from above.", "She was told that a surveyor comes."


@pytest.fixture
def case(owner: Database, workflow: Database, follower: FeedFollower, vault: Vault) -> None:
    """A case with a note, a contact and a draft that was sent back, each with words."""
    written: list[WordsReference] = []
    with owner.transaction(RIVERSIDE) as cursor:
        for number, text in enumerate((NOTE, SAID, "Dear resident", "Say why."), 1):
            reference = vault.write(
                cursor,
                landlord=RIVERSIDE,
                subject=SUBJECT,
                words=UUID(int=number),
                kind="note",
                text=text,
                now=THU_9_APR_2026,
            )
            written.append(reference)
    facts = (
        opened(DAMP, mon_2_mar, complainant=str(SUBJECT)),
        NoteAdded(1, written[0]),
        ContactMade(1, Channel.PHONE, written[1]),
        DraftSubmitted(1, 1, written[2]),
        DraftReturned(1, 1, written[3]),
    )
    append(workflow, [(mon_2_mar, fact) for fact in facts], reference=DAMP)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def client(case: None, owner: Database, projections: Database, reading: Reading) -> TestClient:
    """A browser of the council's complaints team."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(pages.router(reading))
    client = browser(app)
    sign_in(owner, client, AMARA)
    return client


def test_a_note_is_labelled_internal_on_the_case_and_its_timeline(client: TestClient) -> None:
    for address in (f"/complaints/{DAMP}", f"/complaints/{DAMP}/timeline"):
        page = client.get(address).text
        note = page.index("Looks like &lt;the&gt; leak from above.")
        assert INTERNAL in page[page.index('id="fact-2"') : note]


def test_a_contact_is_no_internal_matter_and_a_draft_and_its_return_are(client: TestClient) -> None:
    page = client.get(f"/complaints/{DAMP}/timeline").text
    assert page.count(INTERNAL) == 3
    contact = page.index('id="fact-3"')
    assert INTERNAL not in page[contact : page.index(SAID)]


def test_the_timeline_is_read_by_its_notes(client: TestClient) -> None:
    timeline = client.get(f"/complaints/{DAMP}/timeline")
    assert "Internal notes (1)" in timeline.text
    notes = client.get(f"/complaints/{DAMP}/timeline?kind=notes").text
    assert 'id="fact-2"' in notes
    assert 'id="fact-3"' not in notes
    assert 'id="fact-5"' in client.get(f"/complaints/{DAMP}/timeline?kind=decisions").text

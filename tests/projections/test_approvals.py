"""The approvals queue: which drafts wait for whom, and what the page of one says."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.projections import approval_pages, pages
from services.projections.reading import Reading
from shared.complaints.events import (
    AccessRestricted,
    ComplaintEvent,
    DraftApproved,
    DraftReturned,
    DraftSubmitted,
    RouteChanged,
)
from shared.complaints.values import Route, WordsReference
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.policy_packs.loader import load_policy, shipped_pack
from shared.registry.adoptions import adopt_policy
from shared.registry.officers import Officer, register_officer
from shared.vault.vault import Vault
from tests.identity.building import (
    AMARA,
    BEN,
    CERYS,
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    browser,
    sign_in,
)
from tests.projections.building import DAMP, LIFT, RESPOND, append, mon_2_mar, opened, wed_1_apr

pytestmark = pytest.mark.postgres

SUBJECT = UUID(int=7)
AUDITOR = Officer(RIVERSIDE, "una", "riverside", "Una May", "una@example.org", "auditor")
HEAD = Officer(RIVERSIDE, "hal", "homes", "Hal Odd", "hal@example.org", "head_of_service")
FIRST, ASKED, SECOND = "We are sorry.", "Say <why> it took so long.", "We are sorry: it rained."
PACK = shipped_pack("bancroft-tmc")
POLICY = load_policy(PACK, source="bancroft-tmc")


@dataclass
class Desk:
    """A log that can be written to, the queue that follows it, and officers who look."""

    owner: Database
    workflow: Database
    follower: FeedFollower
    client: TestClient
    vault: Vault
    looking: str = ""

    def words(self, number: int, text: str) -> WordsReference:
        """Words of the complainant's case, sealed."""
        with self.owner.transaction(RIVERSIDE) as cursor:
            return self.vault.write(
                cursor,
                landlord=RIVERSIDE,
                subject=SUBJECT,
                words=UUID(int=number),
                kind="letter",
                text=text,
                now=THU_9_APR_2026,
            )

    def happens(self, *facts: ComplaintEvent, reference: str = DAMP, after: int = 0) -> None:
        """The facts happen to a case, given by Amara, and are followed."""
        told = [(wed_1_apr, fact) for fact in facts]
        append(self.workflow, told, reference=reference, after=after)
        self.follower.catch_up(RIVERSIDE)

    def sees(self, officer: Officer, address: str = "/approvals") -> str:
        """The page as that officer sees it."""
        if self.looking != officer.officer:
            sign_in(self.owner, self.client, officer)
            self.looking = officer.officer
        return self.client.get(address).text


@pytest.fixture
def client(owner: Database, projections: Database, reading: Reading) -> TestClient:
    """A browser; the landlord knows the policy, and has a head of service."""
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, HEAD)
        register_officer(cursor, AUDITOR)
        adopt_policy(
            cursor,
            landlord=RIVERSIDE,
            organisation="homes",
            document=PACK,
            adopted_by="test",
            effective_from=mon_2_mar - timedelta(days=100),
            now=THU_9_APR_2026,
        )
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(pages.router(reading))
    app.include_router(approval_pages.router(reading))
    return browser(app)


@pytest.fixture
def desk(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower, vault: Vault
) -> Desk:
    """Somebody at work."""
    return Desk(owner, workflow, follower, client, vault)


def case(reference: str = DAMP, organisation: str = "homes") -> tuple[ComplaintEvent, ...]:
    """A complaint under the policy, with a date for its response."""
    received = opened(reference, wed_1_apr, organisation=organisation, complainant=str(SUBJECT))
    return (replace(received, policy="bancroft-tmc", policy_hash=POLICY.policy_hash), RESPOND)


def test_a_draft_waits_for_the_level_that_the_policy_names_and_not_for_who_drafted_it(
    desk: Desk,
) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1))
    page = desk.sees(HEAD)
    assert page.index("For you to check") < page.index(DAMP)
    assert "Version 1 by Amara Cole" in page
    assert "Head of service" in page
    drafted = desk.sees(AMARA)
    assert "No draft waits for you." in drafted
    assert drafted.index("Waiting for others") < drafted.index(DAMP)
    assert "You drafted it: somebody else checks it." in drafted
    assert "No draft waits for you." in desk.sees(CERYS)


def test_a_lower_level_signs_off_while_the_complaint_is_young_enough(desk: Desk) -> None:
    team = Officer(RIVERSIDE, "tia", "homes", "Tia Wren", "tia@example.org", "complaints_team")
    with desk.owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, team)
    young, old = case(), case(LIFT)
    assert POLICY.approval is not None
    assert POLICY.approval.early is not None
    desk.happens(*young, DraftSubmitted(1, 1))
    desk.happens(
        replace(old[0], received_on=mon_2_mar),  # type: ignore[arg-type]  # the opening has it
        RESPOND,
        DraftSubmitted(1, 1),
        reference=LIFT,
    )
    page = desk.sees(team)
    assert page.index(DAMP) < page.index("Waiting for others") < page.index(LIFT)
    form = desk.sees(team, f"/approvals/{DAMP}")
    assert "It needed no investigation" in form
    assert "until Friday 10 April 2026" in form
    assert "It needed no investigation" not in desk.sees(HEAD, f"/approvals/{DAMP}")


def test_what_is_due_first_stands_first(desk: Desk) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1))
    sooner = replace(RESPOND, due_on=mon_2_mar)
    desk.happens(case(LIFT)[0], sooner, DraftSubmitted(1, 1), reference=LIFT)
    page = desk.sees(HEAD)
    assert page.index(LIFT) < page.index(DAMP)
    assert "Monday 2 March 2026" in page


@pytest.mark.parametrize(
    "ending",
    [
        DraftApproved(1, 1),
        DraftReturned(1, 1),
        RouteChanged(1, Route.COMPLAINT, Route.QUERY, "conversion", wed_1_apr, None, agreed=True),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_was_decided_waits_no_longer(desk: Desk, ending: ComplaintEvent) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1), ending)
    assert DAMP not in desk.sees(HEAD)
    gone = desk.client.get(f"/approvals/{DAMP}")
    assert gone.status_code == 404
    assert "No draft of this complaint waits" in gone.text


def test_the_next_version_is_shown_with_what_was_asked_and_what_changed(desk: Desk) -> None:
    desk.happens(
        *case(),
        DraftSubmitted(1, 1, desk.words(1, FIRST)),
        DraftReturned(1, 1, desk.words(2, ASKED)),
        DraftSubmitted(1, 2, desk.words(3, SECOND)),
    )
    page = desk.sees(HEAD, f"/approvals/{DAMP}")
    asked = page.index("Say &lt;why&gt; it took so long.")
    assert page.index("What was to be changed in version 1") < asked
    assert "Internal: not shown to the complainant" in page
    changed = page[page.index("What changed since version 1") :]
    assert "<ins>" in changed
    assert "it rained." in changed[changed.index("<ins>") :]
    assert "put in: " in changed  # to be heard, where neither colour nor line is seen
    assert SECOND in page
    for part in ("What the letter must contain", 'name="contains"', "Send it back for changes"):
        assert part in page, part


def test_any_earlier_version_can_be_compared(desk: Desk) -> None:
    desk.happens(
        *case(),
        DraftSubmitted(1, 1, desk.words(1, FIRST)),
        DraftReturned(1, 1, desk.words(2, ASKED)),
        DraftSubmitted(1, 2, desk.words(3, "Something else.")),
        DraftSubmitted(1, 3, desk.words(4, SECOND)),
    )
    assert "What changed since version 2" in desk.sees(HEAD, f"/approvals/{DAMP}")
    against = desk.sees(HEAD, f"/approvals/{DAMP}?against=1")
    assert "What changed since version 1" in against
    assert "What changed since version 2" in desk.sees(HEAD, f"/approvals/{DAMP}?against=9")


def test_who_may_not_check_it_reads_it_and_is_told_why(desk: Desk) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1, desk.words(1, FIRST)))
    page = desk.sees(CERYS, f"/approvals/{DAMP}")
    assert FIRST in page
    assert '<form method="post" action="/complaints' not in page
    assert "It is checked by: head of service" in page


def test_a_draft_that_was_sent_back_reminds_its_drafter_until_the_next_version_is_handed_in(
    desk: Desk,
) -> None:
    returned = (DraftSubmitted(1, 1), DraftReturned(1, 1, desk.words(1, ASKED)))
    desk.happens(*case(), *returned)
    for other in (HEAD, CERYS):
        assert "sent-back" not in desk.sees(other, "/board")
        assert "Sent back to you" not in desk.sees(other)
    board = desk.sees(AMARA, "/board")
    assert '<a class="govuk-link" href="/approvals#sent-back"><b>1</b> draft of yours was' in board
    queue = desk.sees(AMARA)
    assert "Sent back to you (1)" in queue
    assert f'href="/complaints/{DAMP}/actions/drafts"' in queue
    assert f'href="/complaints/{DAMP}/timeline#fact-{len(case()) + 2}"' in queue
    assert "ASKED" not in queue  # it stands on the case, where opening it is noted
    desk.happens(DraftSubmitted(1, 2), after=len(case()) + 2)
    assert "sent-back" not in desk.sees(AMARA, "/board")
    assert "Sent back to you" not in desk.sees(AMARA)


def test_the_words_of_somebody_erased_are_gone_here_too(desk: Desk) -> None:
    desk.happens(
        *case(),
        DraftSubmitted(1, 1, desk.words(1, FIRST)),
        DraftSubmitted(1, 2, desk.words(2, SECOND)),
    )
    with desk.owner.transaction(RIVERSIDE) as cursor:
        desk.vault.destroy_subject_key(cursor, RIVERSIDE, SUBJECT, THU_9_APR_2026)
    page = desk.sees(HEAD, f"/approvals/{DAMP}")
    assert "Erased." in page
    assert "What changed since" not in page


def test_nobody_sees_a_draft_of_another_organisation_or_of_a_marked_case(desk: Desk) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1))
    assert DAMP not in desk.sees(BEN)
    assert desk.client.get(f"/approvals/{DAMP}").status_code == 404
    marked = AccessRestricted(1, "staff_conduct", ("director",), ())
    desk.happens(*case(LIFT), DraftSubmitted(1, 1), marked, reference=LIFT)
    assert LIFT not in desk.sees(HEAD)
    assert desk.client.get(f"/approvals/{LIFT}").status_code == 404


def test_the_navigation_and_the_board_lead_to_the_queue(desk: Desk) -> None:
    desk.happens(*case(), DraftSubmitted(1, 1))
    assert 'href="/approvals"' in desk.sees(HEAD, "/board")
    assert 'href="/approvals"' in desk.sees(BEN, "/board")  # what is sent back waits there
    assert "in the approvals queue" in desk.sees(BEN, "/board?status=approval")
    assert 'href="/approvals"' not in desk.sees(AUDITOR, "/board")

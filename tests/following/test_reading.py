"""What the complainant reads of their case, and what stays with those who work on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.projections.resident_promises import is_ours_to_keep
from services.projections.resident_telling import TELLS, tell_resident
from services.projections.resident_words import Names
from services.workflow.domain import commands as ask
from services.workflow.domain.subjects.contributions import AskContribution
from services.workflow.domain.subjects.learning import RecordLearning
from services.workflow.domain.subjects.notes import AddNote
from services.workflow.domain.subjects.panel import DeclareConflict
from services.workflow.domain.subjects.promises import KeepPromise, MakePromise
from services.workflow.domain.subjects.restrictions import RestrictAccess
from shared.complaints import events as fact
from shared.complaints.events import EVENT_NAMES, DeadlineSet
from shared.complaints.values import Channel, IssueOutcome, Outcome
from tests.contract.examples import EXAMPLES
from tests.following.resident import REFERENCE, Town
from tests.following.test_signing_in import consented
from tests.workflow.office import MON_2_MAR_2026

NAMES = Names({"officer-4": "Ida Grant"}, {"riverside-homes": "Riverside Homes"})


def test_whether_the_complainant_reads_of_it_is_decided_for_every_fact() -> None:
    assert set(TELLS) == set(EVENT_NAMES.values())


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_fact_is_told_in_words_or_not_at_all(event: fact.ComplaintEvent) -> None:
    said = tell_resident(event, NAMES)
    if said is None:
        return
    told = f"{said.title} {said.detail}"
    assert "_" not in told
    assert "None" not in told
    assert "officer-" not in told
    assert not said.title.endswith(".")


@pytest.mark.parametrize(
    "kind",
    [
        fact.NoteAdded,
        fact.DraftSubmitted,
        fact.DraftApproved,
        fact.DraftReturned,
        fact.ConflictDeclared,
        fact.ConflictWithdrawn,
        fact.AccessRestricted,
        fact.DeadlineApproaching,
        fact.HoldingResponseDue,
        fact.DraftDue,
        fact.ContributionAsked,
        fact.ContributionGiven,
        fact.EvidenceRequested,
        fact.EvidenceSupplied,
        fact.LearningRecorded,
        fact.LearningDone,
        fact.LearningShared,
        fact.CaseLinked,
        fact.StandingRecorded,
        fact.PanelReported,
        fact.CompensationOffered,
    ],
)
def test_what_is_between_those_who_work_on_it_is_not_shown(kind: type) -> None:
    assert TELLS[kind] is None


def test_nothing_internal_stands_on_the_page(town: Town) -> None:
    town.complained()
    now = town.office.now()
    by: dict[str, Any] = {"happened": now, "actor": "ben"}
    seeds = [f"canary-{number}" for number in range(8)]
    words = [town.said(REFERENCE, seed) for seed in seeds]
    internal: tuple[ask.Command, ...] = (
        AddNote(words=words[0], **by),
        AskContribution(of="repairs", due_on=date(2026, 3, 9), words=words[1], **by),
        RecordLearning(
            cause="delay",
            action="training",
            owner="ben",
            due_on=date(2026, 6, 1),
            words=words[2],
            **by,
        ),
        DeclareConflict(officer="flora", interest="relative", words=words[3], **by),
        ask.RecordContact(channel=Channel.PHONE, words=words[4], **by),
        ask.SubmitDraft(words=words[5], happened=now, actor="cora"),
        MakePromise(by=date(2026, 3, 20), owner="cora", words=town.said(REFERENCE, "A new boiler"), **by),
        KeepPromise(number=1, words=words[6], **by),
        RestrictAccess(
            mark="staff_conduct", roles=("complaints_team",), actor_role="complaints_team",
            words=words[7], **by,
        ),
    )  # fmt: skip
    for number, command in enumerate(internal):
        town.give(command, key=f"internal {number}")
    page = town.signed_in().get(f"/track/{REFERENCE}").text
    assert "A new boiler" in page
    assert [seed for seed in seeds if seed in page] == []
    for internal_word in ("Flora Beck", "draft", "repairs", "conduct", "training", "estrict"):
        assert internal_word not in page
    assert "telephone" in page


def test_the_page_says_what_we_will_do_by_when_with_weekdays(town: Town) -> None:
    town.complained()
    page = town.signed_in().get(f"/track/{REFERENCE}").text
    assert "We received your complaint" in page
    assert "Monday 2 March 2026 at 9:30am" in page
    assert (
        "<strong>Wednesday 4 March 2026</strong> we will tell you that we have received it" in page
    )
    assert "<strong>Monday 16 March 2026</strong> we will answer you in writing" in page
    assert "Housing Ombudsman" in page


def test_what_is_between_officers_and_what_runs_beside_is_no_promise(town: Town) -> None:
    town.complained()
    set_ = [
        record.event
        for record in town.office.case(REFERENCE).events
        if isinstance(record.event, DeadlineSet)
    ]
    assert {one.duty for one in set_ if is_ours_to_keep(one)} == {
        "acknowledge",
        "contact",
        "respond",
    }
    assert len(set_) > 3


def test_what_is_late_says_so(town: Town) -> None:
    town.complained()
    town.office.clock.set(MON_2_MAR_2026 + timedelta(days=3))
    town.office.timers.fire_due("riverside")
    text = town.signed_in().get(f"/track/{REFERENCE}").text
    assert "<strong>Late:</strong> it was due by <strong>Wednesday 4 March 2026</strong>" in text
    assert "We did not tell you that we had received it in time" in text


def test_the_outcome_and_the_time_to_ask_for_more_are_told(town: Town) -> None:
    town.complained()
    by: dict[str, Any] = {"happened": town.office.now(), "actor": "cora"}
    town.give(ask.AcknowledgeComplaint(channel=Channel.EMAIL, **by), key="ack")
    town.give(ask.AllocateComplaint(handlers=("cora",), **by), key="to")
    town.give(ask.SubmitDraft(words=town.said(REFERENCE, "canary draft"), **by), key="draft")
    approval = ask.ApproveDraft(
        happened=town.office.now(), actor="ben", actor_role="complaints_team"
    )
    town.give(approval, key="ok")
    issues = (IssueOutcome(1, Outcome.UPHELD),)
    town.give(ask.IssueResponse(issues=issues, **by), key="answer")
    page = town.signed_in().get(f"/track/{REFERENCE}").text
    assert "We answered you at stage 1" in page
    assert "We found that you were right." in page
    assert "Cora Field" in page
    assert "You can ask for the next stage until <strong>" in page
    assert "canary" not in page


def test_whoever_may_follow_the_progress_alone_reads_no_words(town: Town) -> None:
    town.complained()
    words = town.said(REFERENCE, "canary of a boiler")
    town.give(
        MakePromise(
            by=date(2026, 3, 20), owner="cora", words=words, happened=town.office.now(), actor="ben"
        ),
        key="promised",
    )
    consented(town, scope="progress")
    page = town.signed_in(holder="representative 1").get(f"/track/{REFERENCE}").text
    assert "We promised you something by Friday 20 March 2026" in page
    assert "canary" not in page
    assert "/not-satisfied" not in page

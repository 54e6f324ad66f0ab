"""The rules of letters: which fact makes which letter, to whom, with which dates. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import get_args

import pytest

from services.notifier.case_facts import ComplaintFacts, ComplaintNotOpened, fold
from services.notifier.letter_facts import Letter, LetterKind
from services.notifier.letters import Staff, letters_for
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintRefused,
    ConsentEnded,
    ConsentGiven,
    ContactMade,
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineRecounted,
    DraftDue,
    DraftReturned,
    EscalationWindowClosed,
    HoldingResponseDue,
    HoldingResponseSent,
    NoteAdded,
    PromiseTold,
    RepresentativeNamed,
    ResponseIssued,
    SharedWithRepresentative,
    UpdateGiven,
)
from shared.complaints.values import Channel, Outcome, WordsReference
from tests.notifier.feeding import COMPLAINANT, deadline, opened

WED_4_MAR_2026 = date(2026, 3, 4)
WED_11_MAR_2026 = date(2026, 3, 11)
FRI_13_MAR_2026 = date(2026, 3, 13)
MON_16_MAR_2026 = date(2026, 3, 16)

STAFF = Staff(
    known=frozenset({"team-council", "team-homes", "manager-homes", "panel-1", "panel-2"}),
    complaints_teams={"riverside": ("team-council",), "riverside-homes": ("team-homes",)},
)
TO_COMPLAINANT = f"complainant:{COMPLAINANT}"


def after(*events: ComplaintEvent) -> ComplaintFacts:
    """What the notifier knows after these facts."""
    complaint = None
    for event in events:
        complaint = fold(complaint, event)
    assert complaint is not None
    return complaint


ALLOCATED = ComplaintAllocated(stage=1, handlers=("manager-homes",))
WORDS = WordsReference("0d3d7d44-6d0f-4a41-9d80-3f37c5a3b6ab", "c0ffee")
SPEAKS = RepresentativeNamed(1, 1, "advocate", WORDS)
EXTENDED = DeadlineExtended(
    1, MON_16_MAR_2026, date(2026, 3, 30), "agree", agreed=True, ombudsman_details_given=True
)
RECOUNTED = DeadlineRecounted(
    "respond", 1, MON_16_MAR_2026, date(2026, 3, 17), "a", "b", "Proclaimed."
)
RULES: list[tuple[ComplaintEvent, list[tuple[str, LetterKind]]]] = [
    (ComplaintAcknowledged(stage=1), [(TO_COMPLAINANT, LetterKind.ACKNOWLEDGEMENT)]),
    (ComplaintClosed(stage=1, because="silence"), [(TO_COMPLAINANT, LetterKind.CLOSED_BY_SILENCE)]),
    (ComplaintClosed(stage=1, because="final_response"), []),
    (ComplaintClosed(stage=1, because="withdrawn"), []),
    (
        DeadlineApproaching("respond", 1, MON_16_MAR_2026, 2),
        [("officer:manager-homes", LetterKind.DEADLINE_APPROACHING)],
    ),
    (
        HoldingResponseDue(1, WED_11_MAR_2026, MON_16_MAR_2026),
        [("officer:manager-homes", LetterKind.HOLDING_RESPONSE_DUE)],
    ),
    (DraftDue(1, FRI_13_MAR_2026), [("officer:manager-homes", LetterKind.DRAFT_DUE)]),
    (
        DeadlineMissed("respond", 1, MON_16_MAR_2026),
        [("officer:manager-homes", LetterKind.DEADLINE_MISSED)],
    ),
    (
        ConsentEnded(1, 2, FRI_13_MAR_2026),
        [("officer:manager-homes", LetterKind.CONSENT_ENDED)],
    ),
    (
        ComplaintAcknowledged(stage=2),
        [(TO_COMPLAINANT, LetterKind.ESCALATION_ACKNOWLEDGED)],
    ),
    (
        ResponseIssued(1, Outcome.UPHELD, words=WORDS, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.RESPONSE)],
    ),
    (
        HoldingResponseSent(1, WORDS, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.HOLDING_RESPONSE)],
    ),
    (
        replace(EXTENDED, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.EXTENSION)],
    ),
    (
        ComplaintRefused("too_old", "Clause", "The court", WORDS, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.REFUSAL)],
    ),
    (
        UpdateGiven(1, 1, Channel.EMAIL, WORDS, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.UPDATE)],
    ),
    (
        PromiseTold(1, 1, Channel.EMAIL, send_letter=True),
        [(TO_COMPLAINANT, LetterKind.PROMISE_KEPT)],
    ),
    (
        ComplaintClosed(stage=1, because="resolved", send_letter=True),
        [(TO_COMPLAINANT, LetterKind.CLOSED)],
    ),
    (
        RECOUNTED,
        [(TO_COMPLAINANT, LetterKind.DATE_MOVED)],
    ),
    (
        SharedWithRepresentative(1, 1, "response", WORDS, send_letter=True),
        [(f"representative:{COMPLAINANT}:1", LetterKind.COPY)],
    ),
    (replace(RECOUNTED, overlay="a-code"), []),
    (replace(RECOUNTED, duty="contact"), []),
    (replace(RECOUNTED, to_on=RECOUNTED.from_on), []),
    (EXTENDED, []),
    (ComplaintRefused("too_old", "Clause", "The court", WORDS), []),
    (UpdateGiven(1, 1, Channel.EMAIL, WORDS), []),
    (PromiseTold(1, 1, Channel.EMAIL), []),
    (SharedWithRepresentative(1, 1, "response", WORDS), []),
    (opened(), []),
    (ALLOCATED, []),
    (deadline("respond", MON_16_MAR_2026), []),
    (DeadlineMet("respond", 1, MON_16_MAR_2026, MON_16_MAR_2026, 0), []),
    (DeadlineLifted("respond", 1, "withdrawn"), []),
    (ContactMade(1, Channel.PHONE), []),
    (HoldingResponseSent(1), []),
    (ResponseIssued(1, Outcome.UPHELD), []),
    (EscalationWindowClosed(1, MON_16_MAR_2026), []),
    (ComplaintEscalated(1, 2, Channel.EMAIL, "dissatisfied"), []),
    (NoteAdded(1), []),
    (DraftReturned(1, 1), []),
]


@pytest.mark.parametrize(("event", "expected"), RULES, ids=lambda value: type(value).__name__)
def test_which_fact_makes_which_letter_to_whom(
    event: ComplaintEvent, expected: list[tuple[str, LetterKind]]
) -> None:
    letters = letters_for(event, after(opened(), ALLOCATED, SPEAKS), STAFF)
    assert [(letter.recipient, letter.kind) for letter in letters] == expected


def test_the_rules_above_name_every_fact_that_makes_a_letter() -> None:
    making = {type(event) for event, expected in RULES if expected}
    assert {
        kind.__name__ for kind in get_args(ComplaintEvent) if kind.__name__.endswith("Due")
    } == {"HoldingResponseDue", "DraftDue"}
    assert making == {
        ComplaintAcknowledged,
        ComplaintClosed,
        DeadlineApproaching,
        HoldingResponseDue,
        DraftDue,
        DeadlineMissed,
        ConsentEnded,
        ResponseIssued,
        HoldingResponseSent,
        DeadlineExtended,
        ComplaintRefused,
        UpdateGiven,
        PromiseTold,
        DeadlineRecounted,
        SharedWithRepresentative,
    }
    sent = {
        kind
        for kind in get_args(ComplaintEvent)
        if "send_letter" in {field.name for field in fields(kind)}
    }
    assert sent <= making


def reminded(complaint: ComplaintFacts, *, stage: int, staff: Staff = STAFF) -> list[str]:
    """Who is reminded of a missed deadline."""
    missed = DeadlineMissed("respond", stage, MON_16_MAR_2026)
    return [letter.recipient for letter in letters_for(missed, complaint, staff)]


def test_without_a_handler_of_the_stage_the_organisations_complaints_team_is_reminded() -> None:
    assert reminded(after(opened()), stage=1) == ["officer:team-homes"]
    assert reminded(after(opened(), ALLOCATED), stage=2) == ["officer:team-homes"]


def test_without_a_team_of_its_own_the_landlords_complaints_teams_are_reminded() -> None:
    complaint = after(opened(organisation="mill-lane"))
    assert reminded(complaint, stage=1) == ["officer:team-council", "officer:team-homes"]


def test_every_member_of_a_panel_is_reminded() -> None:
    panel = ComplaintAllocated(stage=3, handlers=("panel-1", "panel-2"))
    assert reminded(after(opened(), ALLOCATED, panel), stage=3) == [
        "officer:panel-1",
        "officer:panel-2",
    ]


def test_a_handler_who_is_no_officer_any_more_is_not_the_only_one_reminded() -> None:
    left = ComplaintAllocated(stage=1, handlers=("left-last-year",))
    assert reminded(after(opened(), left), stage=1) == ["officer:team-homes"]


def test_a_reminder_that_reaches_nobody_is_kept_and_not_dropped() -> None:
    empty = Staff(frozenset(), {})
    assert reminded(after(opened()), stage=1, staff=empty) == ["nobody"]


def test_a_history_that_names_no_complainant_makes_no_letter_to_one() -> None:
    complaint = after(opened(complainant=None))
    assert letters_for(ComplaintAcknowledged(stage=1), complaint, STAFF) == ()


def acknowledged(*events: ComplaintEvent, stage: int = 1) -> Letter:
    """The acknowledgement letter after these facts."""
    (letter,) = letters_for(ComplaintAcknowledged(stage=stage), after(opened(), *events), STAFF)
    return letter


def test_the_acknowledgement_tells_the_dates_still_owed_at_this_stage_soonest_first() -> None:
    letter = acknowledged(
        deadline("acknowledge", WED_4_MAR_2026),
        deadline("respond", FRI_13_MAR_2026),
        deadline("contact", WED_4_MAR_2026),
        deadline("holding_response", WED_11_MAR_2026, trigger="before respond"),
        deadline("draft", FRI_13_MAR_2026, trigger="before respond"),
        deadline("respond", MON_16_MAR_2026, generation=2),
        deadline("respond", MON_16_MAR_2026, stage=2),
        DeadlineMet("acknowledge", 1, WED_4_MAR_2026, WED_4_MAR_2026, 0),
        ALLOCATED,
    )
    told = [(due.duty, due.stage, due.due_on) for due in letter.facts.expected]
    assert told == [("contact", 1, WED_4_MAR_2026), ("respond", 1, MON_16_MAR_2026)]
    assert letter.facts.handlers == ("manager-homes",)


def test_the_acknowledgement_of_a_later_stage_names_its_own_handlers_and_dates() -> None:
    letter = acknowledged(
        ALLOCATED,
        deadline("respond", MON_16_MAR_2026),
        ComplaintEscalated(1, 2, Channel.EMAIL, "dissatisfied"),
        deadline("respond", FRI_13_MAR_2026, stage=2),
        stage=2,
    )
    assert [due.due_on for due in letter.facts.expected] == [FRI_13_MAR_2026]
    assert letter.facts.handlers == ()


def test_a_lifted_deadline_is_told_to_nobody() -> None:
    letter = acknowledged(
        deadline("respond", MON_16_MAR_2026), DeadlineLifted("respond", 1, "not needed")
    )
    assert letter.facts.expected == ()


def test_a_reminder_names_the_clause_of_its_duty() -> None:
    complaint = after(opened(), deadline("respond", MON_16_MAR_2026))
    (letter,) = letters_for(DeadlineMissed("respond", 1, MON_16_MAR_2026), complaint, STAFF)
    assert letter.facts.clause == "Clause of respond"
    assert letter.facts.due_on == MON_16_MAR_2026


def test_a_fact_of_a_complaint_that_was_never_opened_is_refused() -> None:
    with pytest.raises(ComplaintNotOpened):
        fold(None, NoteAdded(1))


def test_a_representative_is_never_written_to_and_no_letter_promises_what_is_owed_besides() -> None:
    promised = replace(deadline("respond", MON_16_MAR_2026), duty="promise 1")
    complaint = after(
        opened(),
        RepresentativeNamed(1, 1, "advocate"),
        ConsentGiven(1, 1, "everything"),
        deadline("respond", MON_16_MAR_2026),
        promised,
    )
    assert complaint.complainant is not None
    (letter,) = letters_for(ComplaintAcknowledged(1), complaint, STAFF)
    assert letter.recipient == f"complainant:{complaint.complainant}"
    assert [expected.duty for expected in letter.facts.expected] == ["respond"]
    (reminder,) = letters_for(DeadlineMissed("promise 1", 1, MON_16_MAR_2026), complaint, STAFF)
    assert reminder.recipient.startswith("officer:")

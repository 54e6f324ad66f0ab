"""The text of every letter in its built-in wording, as reviewed files: `python -m tests.notifier.golden_letters` writes
them afresh. Pure: an example of each fact on one case under two policies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID, uuid5

from services.notifier.case_facts import fold
from services.notifier.letter_facts import Letter
from services.notifier.letter_words import LetterInHand, Person, words_of
from services.notifier.letters import Staff, letters_for
from services.notifier.wording_kinds import LETTER_KINDS
from services.notifier.writing import Writer
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    ComplaintDefined,
    ComplaintEvent,
    ComplaintRefused,
    ConsentGiven,
    DeadlineExtended,
    DeadlineRecounted,
    HoldingResponseSent,
    PromiseKept,
    PromiseMade,
    PromiseTold,
    RepresentativeNamed,
    ResponseIssued,
    SharedWithRepresentative,
    UpdateGiven,
)
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Outcome,
    Remedy,
    RemedyKind,
    WordsReference,
)
from shared.policies.signposts import signposts
from tests.notifier.feeding import REFERENCE, deadline, opened
from tests.support.complaint_spec import policy_named

FOLDER = Path(__file__).parent / "letters"
SEED = UUID("5f0a6d62-1a0e-4b1c-8f43-3d5f0f5d8c01")
MON_16_MAR_2026, TUE_14_APR_2026 = date(2026, 3, 16), date(2026, 4, 14)
NOBODY_ELSE = Staff(frozenset(), {})
SAID = {
    "definition": "The boiler broke down on 2 February and was not mended for four weeks.",
    "outcome": "A boiler that works, and an apology.",
    "response": "We looked at the repair records.\n\nNobody came on the three days that were agreed.",
    "late": "The contractor has not sent its records yet.",
    "more time": "We need to inspect the flue, and you agreed to that.",
    "reasons": "You told us of this in 2019, and it was answered then.",
    "standing": "The part was ordered on Monday.",
    "promise": "Have the flue swept.",
    "done": "It was swept on 2 April.",
    "all done": "The boiler works.",
    "copy": "The complaint was upheld.",
}


def words(name: str) -> WordsReference:
    """Where those words are kept."""
    return WordsReference(str(uuid5(SEED, name)), "c0ffee")


BEFORE: tuple[ComplaintEvent, ...] = (
    replace(opened(), issues=(Issue(1, "repairs"), Issue(2, "staff_conduct"))),
    ComplaintAllocated(1, ("manager-homes",)),
    deadline("respond", MON_16_MAR_2026),
    ComplaintDefined(1, "complaint", 1, agreed=True, words=words("definition")),
    ComplaintDefined(1, "desired_outcome", 1, agreed=True, words=words("outcome")),
    RepresentativeNamed(1, 1, "advocate", words("copy")),
    ConsentGiven(1, 1, "everything"),
    PromiseMade(1, date(2026, 4, 3), words("promise"), 1, "manager-homes"),
)
FOUND = (
    IssueOutcome(
        1,
        Outcome.UPHELD,
        (
            Remedy(RemedyKind.COMPENSATION, 12_550),
            Remedy(RemedyKind.REPAIR, by=date(2026, 3, 20)),
        ),
    ),
    IssueOutcome(2, Outcome.NOT_UPHELD),
)
ANSWERED = ResponseIssued(1, Outcome.UPHELD, FOUND, words("response"), send_letter=True)
WINDOW = deadline("escalation_window", TUE_14_APR_2026, trigger="response")
# The name of a file, and the facts of one command: the first causes the letter.
CASES: Mapping[str, tuple[ComplaintEvent, ...]] = {
    "acknowledgement": (ComplaintAcknowledged(1, Channel.EMAIL),),
    "escalation_acknowledged": (
        ComplaintAcknowledged(2, Channel.EMAIL),
        deadline("respond", TUE_14_APR_2026, stage=2),
    ),
    "response": (ANSWERED, WINDOW),
    "response_final": (replace(ANSWERED, stage=3),),
    "holding_response": (HoldingResponseSent(1, words("late"), TUE_14_APR_2026, send_letter=True),),
    "extension": (
        DeadlineExtended(
            1,
            MON_16_MAR_2026,
            date(2026, 3, 30),
            "agree",
            agreed=True,
            ombudsman_details_given=True,
            words=words("more time"),
            send_letter=True,
        ),
    ),
    "date_moved": (
        DeadlineRecounted(
            "respond", 1, MON_16_MAR_2026, date(2026, 3, 17), "a", "b", "A day of mourning."
        ),
        deadline("respond", date(2026, 3, 17), generation=2),
    ),
    "refusal": (
        ComplaintRefused(
            "already_considered",
            "Policy 4.1 (f)",
            "The Ombudsman",
            words("reasons"),
            send_letter=True,
        ),
    ),
    "update": (UpdateGiven(1, 1, Channel.EMAIL, words("standing"), send_letter=True),),
    "promise_kept": (
        PromiseTold(1, 1, Channel.EMAIL, words("done"), send_letter=True),
        PromiseKept(1, words("done"), 1),
    ),
    "closed": (ComplaintClosed(1, "resolved", "Closing", words("all done"), send_letter=True),),
    "closed_by_silence": (ComplaintClosed(1, "silence", "Closing"),),
    "copy": (
        SharedWithRepresentative(1, 1, "response", words("copy"), redacted=True, send_letter=True),
    ),
}


def letter_of(facts: tuple[ComplaintEvent, ...]) -> Letter:
    """The one letter that the first of the facts causes, told as all leave the case."""
    complaint = None
    for event in (*BEFORE, *facts):
        complaint = fold(complaint, event)
    assert complaint is not None
    (letter,) = (
        one for one in letters_for(facts[0], complaint, NOBODY_ELSE) if one.kind in LETTER_KINDS
    )
    return letter


def in_hand(letter: Letter, *, policy: str = "kctmo-2010") -> LetterInHand:
    """The letter with what its words are made of."""
    said = {words(name).words: text for name, text in SAID.items()}
    rules = policy_named(policy)
    stated = (rules.provision(name) for name in ("responsible_for", "not_responsible_for"))
    return LetterInHand(
        letter=UUID(int=1),
        reference=REFERENCE,
        kind=letter.kind,
        facts=letter.facts,
        landlord_name="Riverside",
        organisation_name="Riverside Homes",
        handler_names=("Cora Field",),
        policy=rules,
        responsibilities=tuple(cited.rule for cited in stated if cited is not None),
        signposts=signposts(rules, letter.facts.subjects),
        said={one: said[one] for one in words_of(letter.facts)},
    )


def golden(name: str) -> str:
    """Subject and text of one letter."""
    writer = Writer(sender_address="c@riverside.example", public_url="https://redress.example")
    to = Person("Jo Bloggs", email=None, address="1 Mill Lane\nRiverside")
    written = writer.words(in_hand(letter_of(CASES[name])), to=to)
    return f"{written.subject}\n\n{written.text}"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for case in CASES:
        (FOLDER / f"{case}.txt").write_text(golden(case), encoding="utf-8")

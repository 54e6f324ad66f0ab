"""A made-up letter of every kind, to look at a wording with: it has something to say under every value."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.notifier.case_facts import Promised, RunningDeadline
from services.notifier.letter_facts import Finding, LetterFacts, LetterKind, OfferedRemedy
from services.notifier.letter_words import LetterInHand, Person

NOBODY_REAL = Person("Sam Example", email=None, address="1 Example Street\nExampleton EX1 1EX")
SAID: Mapping[str, str] = {
    "words": "This is where the words of the officer stand.",
    "definition": "The heating was out of order for three weeks.",
    "outcome": "Heating that works, and an apology.",
    "promise": "Have the system checked again before winter.",
}
_DAY, _LATER = date(2026, 3, 16), date(2026, 3, 30)


def sample(kind: LetterKind, *, landlord_name: str, organisation_name: str) -> LetterInHand:
    """The letter, as if it were about to be sent."""
    due = RunningDeadline(
        "respond",
        1,
        _DAY,
        None,
        "You are answered in ten working days.",
        "an example",
        is_internal=False,
    )
    found = Finding(
        1,
        "repairs",
        "upheld",
        (OfferedRemedy("compensation", 5000), OfferedRemedy("repair", by=_LATER)),
    )
    return LetterInHand(
        letter=UUID(int=0),
        reference="EX-2026-000001",
        kind=kind,
        facts=LetterFacts(
            stage=2 if kind is LetterKind.ESCALATION_ACKNOWLEDGED else 1,
            route="complaint",
            due_on=_LATER,
            clause="an example clause",
            expected=(due,),
            words="words",
            definition="definition",
            outcome_sought="outcome",
            findings=(found,),
            promises=(Promised(1, _LATER, "promise"),),
            expected_on=_LATER,
            was_on=_DAY,
            reason="A bank holiday was proclaimed.",
            destination="The insurance team",
            ask_by=_LATER,
        ),
        landlord_name=landlord_name,
        organisation_name=organisation_name,
        handler_names=("Alex Example",),
        responsibilities=("We are responsible for repairs.", "We are not responsible for others."),
        said=SAID,
    )

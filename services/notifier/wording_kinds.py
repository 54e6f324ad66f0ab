"""The kinds of letters whose wording a landlord may write: the values each may use, and what each must say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifier.letter_facts import LetterKind

COMMON = (
    "reference", "name", "organisation", "landlord", "what", "route", "stage", "ombudsman"
)  # fmt: skip
MEANINGS: Mapping[str, str] = {
    "reference": "the reference of the case",
    "name": "whom the letter goes to",
    "organisation": "the organisation that handles the case",
    "landlord": "the landlord",
    "what": "complaint, query, service request or enquiry",
    "route": "the same as a word to compare with, such as “complaint”",
    "stage": "the number of the stage",
    "final": "whether the procedure ends with this stage",
    "handlers": "who considers it",
    "responsibilities": "what the policy says you are, and are not, responsible for",
    "understanding": "the complaint as you understood it, and what is wanted",
    "dates": "the dates that the complainant can expect",
    "words": "what the officer wrote",
    "decisions": "what was decided about each issue, with the remedies",
    "outstanding": "what is still to be done, and by when",
    "promise": "what had been promised",
    "old_date": "the date given before",
    "new_date": "the new date",
    "expected_date": "when the answer is expected",
    "reason": "why",
    "clause": "the clause of the policy",
    "destination": "where the matter goes instead",
    "next_stage": "how to ask for the next stage and by when; at the last stage, that it is the last",
    "redacted": "whether something confidential was left out",
    "ombudsman": "the bodies outside, with their addresses",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter must hold: the value that says it, in words, with the clause that asks for it."""

    value: str
    what: str
    clause: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter whose wording a landlord may write."""

    kind: LetterKind
    title: str
    extra: tuple[str, ...]
    parts: tuple[Part, ...]
    pack_letters: tuple[str, ...] = ()  # what packs call it where they say what it contains

    @property
    def names(self) -> tuple[str, ...]:
        """The values that its wording may use."""
        return (*COMMON, *self.extra)


OMBUDSMAN = Part("ombudsman", "where the complainant may go outside the landlord", "Code 3.7")
REASONS = Part("words", "the reasons", "Code 6.9 and 6.19")
UNDERSTANDING = Part("understanding", "the complaint as it was understood", "Code 5.6")
RESPONSIBLE = Part(
    "responsibilities", "what the landlord is, and is not, responsible for", "Code 5.7"
)
KINDS: Mapping[LetterKind, Kind] = {
    kind.kind: kind
    for kind in (
        Kind(
            LetterKind.ACKNOWLEDGEMENT,
            "Acknowledgement of a complaint",
            ("handlers", "responsibilities", "understanding", "dates"),
            (
                Part("dates", "the dates that can be expected", "Code 6.2 and 6.3"),
                UNDERSTANDING,
                RESPONSIBLE,
                OMBUDSMAN,
            ),
            ("acknowledgement",),
        ),
        Kind(
            LetterKind.ESCALATION_ACKNOWLEDGED,
            "Acknowledgement of a request for the next stage",
            ("handlers", "responsibilities", "understanding", "dates", "final"),
            (
                Part("stage", "the stage", "Code 6.11"),
                Part("dates", "the dates that can be expected", "Code 6.11 and 6.14"),
                UNDERSTANDING,
                RESPONSIBLE,
                OMBUDSMAN,
            ),
            ("acknowledgement",),
        ),
        Kind(
            LetterKind.RESPONSE,
            "Response of a stage",
            ("final", "understanding", "words", "decisions", "outstanding", "next_stage"),
            (
                Part("stage", "the stage", "Code 6.9 and 6.19"),
                Part("understanding", "the complaint definition", "Code 6.9 and 6.19"),
                Part("decisions", "the decision and the remedy", "Code 6.9 and 6.19"),
                REASONS,
                Part("outstanding", "outstanding actions", "Code 6.9 and 6.19"),
                Part("next_stage", "how to ask for the next stage", "Code 6.9"),
                Part("ombudsman", "how to go to the Ombudsman", "Code 6.19"),
            ),
            ("first_response", "final_response"),
        ),
        Kind(
            LetterKind.HOLDING_RESPONSE,
            "Holding response: the answer will be late",
            ("words", "expected_date"),
            (
                Part("words", "why the answer is late", "KCTMO Staff guidance 6.2"),
                Part("expected_date", "when it is expected", "KCTMO Staff guidance 6.2"),
                OMBUDSMAN,
            ),
        ),
        Kind(
            LetterKind.EXTENSION,
            "Extension of the time to answer",
            ("words", "old_date", "new_date"),
            (
                Part("words", "the reasons", "Code 6.4 and 6.15"),
                Part("new_date", "the new date", "Code 6.4 and 6.15"),
                Part("ombudsman", "the Ombudsman’s details", "Code 6.5 and 6.16"),
            ),
        ),
        Kind(
            LetterKind.DATE_MOVED,
            "Date moved by a holiday or a closure",
            ("old_date", "new_date", "reason", "clause"),
            (
                Part("old_date", "the date given before", "Code 6.3 and 6.14"),
                Part("new_date", "the new date", "Code 6.3 and 6.14"),
                Part("reason", "why it moved", "Code 6.4 and 6.15"),
                OMBUDSMAN,
            ),
        ),
        Kind(
            LetterKind.REFUSAL,
            "Refusal, with reasons",
            ("words", "clause", "destination"),
            (
                Part("words", "why the matter is not suitable", "Code 2.4"),
                Part("ombudsman", "the right to take the refusal to the Ombudsman", "Code 2.4"),
            ),
            ("refusal",),
        ),
        Kind(
            LetterKind.UPDATE,
            "Update on how the case stands",
            ("words", "dates"),
            (Part("words", "how the case stands", "Code 5.9"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.PROMISE_KEPT,
            "A promise was kept",
            ("words", "promise"),
            (Part("promise", "what had been promised", "Code 7.3"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.CLOSED,
            "The case was closed",
            ("words", "reason", "clause", "outstanding"),
            (Part("outstanding", "what is still to be done", "Code 7.3"), OMBUDSMAN),
        ),
        Kind(
            LetterKind.CLOSED_BY_SILENCE,
            "Closed because nobody asked for more",
            ("clause",),
            (OMBUDSMAN,),
        ),
        Kind(
            LetterKind.COPY,
            "Copy to a representative, an MP or a Councillor",
            ("words", "redacted"),
            (Part("words", "what is shared", "the policy’s rule on representatives"),),
        ),
    )
}
LETTER_KINDS = frozenset(KINDS)

"""What the words of a letter are made of: the named values that a wording may use, each a finished piece of text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.notifier.letter_facts import Finding, LetterFacts, LetterKind
from shared.complaints.values import Route
from shared.policies.policy import Policy
from shared.policies.signposts import DEFAULT, Signpost
from shared.web.wording import london_instant, sentence_case, weekday_date

Value = str | int | bool

PROMISES: Mapping[str, str] = {
    "acknowledge": "we will tell you that we have received it",
    "contact": "we will contact you, to understand what happened and what you want",
    "respond": "we will answer you in writing",
}
ROUTES: Mapping[str, str] = {
    "complaint": "complaint",
    "query": "query",
    "service_request": "service request",
    "members_enquiry": "enquiry",
    "board_enquiry": "enquiry",
}
REMEDIES: Mapping[str, str] = {
    "apology": "an apology",
    "explanation": "an explanation",
    "repair": "a repair",
    "compensation": "compensation",
    "change_of_practice": "a change in how we work",
    "change_of_decision": "a change of our decision",
    "amended_record": "a correction of our records",
    "training": "training of our staff",
}
CLOSED_BECAUSE: Mapping[str, str] = {
    "resolved": "everything was put right",
    "final_response": "we have given you our final response",
    "withdrawn": "you told us that you no longer want to take it further",
}
PENCE = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a letter goes to; for the time of sending only."""

    name: str
    email: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class LetterInHand:
    """A letter about to be sent: what its row says, and the names and words that belong to it."""

    letter: UUID
    reference: str
    kind: LetterKind
    facts: LetterFacts
    landlord_name: str
    organisation_name: str
    handler_names: tuple[str, ...]
    policy: Policy | None = None
    responsibilities: tuple[
        str, ...
    ] = ()  # what the policy says it is, and is not, responsible for
    signposts: tuple[Signpost, ...] = DEFAULT
    said: Mapping[str, str] = field(default_factory=dict)  # words from the vault, by their ids
    code: str | None = None  # that the letter brings, to follow the case with


def words_of(facts: LetterFacts) -> tuple[str, ...]:
    """The ids of all words that the letter quotes."""
    quoted = (facts.words, facts.definition, facts.outcome_sought)
    promised = (promise.words for promise in facts.promises)
    return tuple(one for one in (*quoted, *promised) if one is not None)


def values(letter: LetterInHand, *, to: Person, address: str) -> dict[str, Value]:
    """Every value that a wording may name; one that a letter has no use for is empty."""
    facts = letter.facts
    return {
        "reference": letter.reference,
        "name": to.name,
        "organisation": letter.organisation_name,
        "landlord": letter.landlord_name,
        "what": ROUTES.get(facts.route, "complaint"),
        "route": facts.route,
        "stage": facts.stage,
        "final": _is_last(letter),
        "address": address,
        "handlers": listed(letter.handler_names),
        "responsibilities": _items(letter.responsibilities)
        if facts.route == Route.COMPLAINT.value
        else "",
        "understanding": _understanding(letter),
        "dates": _dates(facts),
        "words": _said(letter, facts.words),
        "decisions": "\n".join(_decision(found) for found in facts.findings),
        "outstanding": _outstanding(letter),
        "promise": "\n".join(_said(letter, one.words) for one in facts.promises),
        "old_date": "" if facts.was_on is None else weekday_date(facts.was_on),
        "new_date": "" if facts.due_on is None else weekday_date(facts.due_on),
        "expected_date": "" if facts.expected_on is None else weekday_date(facts.expected_on),
        "reason": facts.reason or CLOSED_BECAUSE.get(facts.because or "", ""),
        "clause": facts.clause or "",
        "destination": (facts.destination or "").replace("_", " "),
        "redacted": facts.redacted,
        "next_stage": _next_stage(letter),
        "ombudsman": _signposts(letter),
    }


def listed(names: tuple[str, ...]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _is_last(letter: LetterInHand) -> bool:
    """Whether the procedure ends with this stage; the other routes have one stage only."""
    if letter.facts.route != Route.COMPLAINT.value or letter.policy is None:
        return False
    return letter.policy.stage(letter.facts.stage + 1) is None


def _items(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _said(letter: LetterInHand, words: str | None) -> str:
    return "" if words is None else letter.said[words].strip()


def _understanding(letter: LetterInHand) -> str:
    parts = (_said(letter, letter.facts.definition), _said(letter, letter.facts.outcome_sought))
    return "\n\n".join(
        part
        for part in (parts[0], parts[1] and f"What you would like to happen: {parts[1]}")
        if part
    )


def _dates(facts: LetterFacts) -> str:
    return "\n".join(
        f"- By {london_instant(due.due_at) if due.due_at else weekday_date(due.due_on)}:\n"
        f"  {PROMISES.get(due.duty, due.rule)} ({due.clause})."
        for due in facts.expected
    )


def _decision(found: Finding) -> str:
    outcome = found.outcome.replace("_", " ")
    line = f"- {sentence_case(found.category)} (issue {found.number}): {outcome}."
    offered = [
        REMEDIES.get(one.kind, one.kind.replace("_", " "))
        + (f" of {_pounds(one.amount_pence)}" if one.amount_pence is not None else "")
        + (f", by {weekday_date(one.by)}" if one.by is not None else "")
        for one in found.remedies
    ]
    return line + (f" To put it right: {'; '.join(offered)}." if offered else "")


def _pounds(pence: int) -> str:
    pounds, rest = divmod(pence, PENCE)
    return f"£{pounds:,}" + (f".{rest:02}" if rest else "")


def _outstanding(letter: LetterInHand) -> str:
    """What is still to be done: the remedies with a day, and the promises that were made."""
    facts = letter.facts
    remedies = tuple(
        f"By {weekday_date(one.by)}: {REMEDIES.get(one.kind, one.kind.replace('_', ' '))}."
        for found in facts.findings
        for one in found.remedies
        if one.by is not None
    )
    promises = tuple(
        (f"By {weekday_date(one.by)}: " if one.by is not None else "") + _said(letter, one.words)
        for one in facts.promises
        if one.words is not None
    )
    return _items((*remedies, *promises))


def _next_stage(letter: LetterInHand) -> str:
    """How to take it further, and by when, as the policy has it; at the last stage what ends there."""
    facts, policy = letter.facts, letter.policy
    what = ROUTES.get(facts.route, "complaint")
    if facts.route != Route.COMPLAINT.value:
        return (
            "If you are not satisfied with this answer, tell us in any way you like, and we will "
            "take what you tell us as a complaint."
        )
    if _is_last(letter):
        cited = "" if policy is None else f" ({policy.last_stage.clause})"
        return (
            f"This is our final response to your {what}{cited}. If you are not satisfied with it, "
            "you can take it to a body outside our organisation; how is said below."
        )
    further = "" if policy is None else f" ({policy.escalation.clause})"
    asked = (
        f"If you are not satisfied with this answer, you can ask us to take your {what} to "
        f"stage {facts.stage + 1} of our procedure{further}. You do not need to give a reason. "
        "Tell us in any way you like: in writing, by telephone or in person, and give the "
        "reference."
    )
    if facts.ask_by is not None:
        asked += f" Please ask by {weekday_date(facts.ask_by)}."
    return asked


def _signposts(letter: LetterInHand) -> str:
    if len(letter.signposts) == 1:
        lead = "This body outside our organisation can help you at any time:"
    else:
        lead = (
            "These bodies outside our organisation can help you at any time; which of them "
            f"depends on what your {ROUTES.get(letter.facts.route, 'complaint')} is about:"
        )
    named = (
        "\n".join(f"  {line}" for line in (signpost.name, *signpost.address))
        for signpost in letter.signposts
    )
    return "\n\n".join((lead, *named))

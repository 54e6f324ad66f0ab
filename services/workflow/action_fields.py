"""The plain forms of the staff commands: which fields each has, what it will do, and how typed text
becomes a body.

A form is a row of this table, nothing more: the page draws what stands here, and the body of the
JSON API checks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.complaints.values import Channel, Outcome, RemedyKind

LONGEST_NUMBER = 9  # digits; more is a slip of the finger, and is said to be one by the body

FieldKind = Literal[
    "text", "long_text", "date", "number", "tick", "choice", "officers", "exclusions", "issues"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that may be chosen, and what a person reads."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One command as an officer sees it: its title, one sentence of what it will do, its fields."""

    command: str
    title: str
    sentence: str
    fields: tuple[Field, ...] = ()


def labelled(value: str) -> str:
    """A stored word as a person reads it: `web_form` is `Web form`."""
    return value.replace("_", " ").capitalize()


CHANNELS = tuple(
    Choice(channel.value, labelled(channel.value))
    for channel in Channel
    if channel is not Channel.UNKNOWN
)
OUTCOMES = tuple(Choice(outcome.value, labelled(outcome.value)) for outcome in Outcome)
REMEDIES = tuple(Choice(kind.value, labelled(kind.value)) for kind in RemedyKind)
HAPPENED_ON = Field(
    "happened_on",
    "When did this happen?",
    "date",
    hint="The day, if it was not just now. Leave it empty for now.",
    optional=True,
)


def _channel(label: str) -> Field:
    return Field("channel", label, "choice", choices=CHANNELS)


def _words(label: str, *, hint: str = "", optional: bool = True) -> Field:
    return Field("words", label, "long_text", hint=hint, optional=optional)


ACTIONS: dict[str, Action] = {
    action.command: action
    for action in (
        Action(
            "acknowledgement",
            "Acknowledge the complaint",
            "Records that the complainant was told that it was received, and sends the letter "
            "with the dates.",
            (_channel("How was the complainant told?"), _words("Anything said besides")),
        ),
        Action(
            "contact-attempts",
            "Record an attempt to reach the complainant",
            "Records that the complainant was tried and not reached; the duty to make contact "
            "stays open.",
            (_channel("How was it tried?"), _words("What happened")),
        ),
        Action(
            "contacts",
            "Record contact with the complainant",
            "Records that the complainant was reached, to understand what is wrong and what is "
            "wanted.",
            (_channel("How was the complainant reached?"), _words("What was said")),
        ),
        Action(
            "allocation",
            "Allocate the complaint",
            "Gives this stage to the officer, or the members of the panel, who will consider it.",
            (Field("handlers", "Who considers it?", "officers"),),
        ),
        Action(
            "holding-responses",
            "Send a holding response",
            "Records that the complainant was told that the answer will be late and why; the due "
            "date does not move.",
            (
                _words("Why the answer is late", optional=False),
                Field("expected_on", "When the answer is expected", "date", optional=True),
            ),
        ),
        Action(
            "extensions",
            "Extend the deadline of the response",
            "Moves the due date of the response, under the condition that the policy sets for it.",
            (
                Field(
                    "to_on",
                    "New due date",
                    "date",
                    hint="Or the working days below.",
                    optional=True,
                ),
                Field("by_working_days", "By how many working days", "number", optional=True),
                Field("agreed", "The complainant agreed to it", "tick", optional=True),
                Field(
                    "ombudsman_details_given",
                    "The letter gives the Housing Ombudsman’s details",
                    "tick",
                    optional=True,
                ),
                Field(
                    "good_reason",
                    "There is a good reason to go beyond the policy’s limit, and it is explained",
                    "tick",
                    optional=True,
                ),
                _words("The reason given to the complainant"),
            ),
        ),
        Action(
            "drafts",
            "Submit a draft response",
            "Hands a draft to those who check it before it may be issued.",
            (_words("The draft", optional=False),),
        ),
        Action(
            "approvals",
            "Approve the draft",
            "Records that the draft passed the check and may be issued.",
        ),
        Action(
            "responses",
            "Issue the response",
            "Tells the complainant the outcome of every issue and what is done to put it right.",
            (
                Field("issues", "What was found about each issue", "issues"),
                _words("The response", optional=False),
            ),
        ),
        Action(
            "escalation",
            "Open the next stage",
            "Records the complainant’s request for the next stage and starts its dates; no reason "
            "is needed.",
            (
                _channel("How did the complainant ask?"),
                Field(
                    "because",
                    "What it is about",
                    "choice",
                    optional=True,
                    choices=(
                        Choice("dissatisfied", "Not satisfied with the answer"),
                        Choice("late", "The answer is late"),
                    ),
                ),
                _words("What the complainant said"),
            ),
        ),
        Action(
            "closure",
            "Close the case",
            "Closes the case; it can be opened again only with a reason on record.",
            (
                Field(
                    "because",
                    "Why",
                    "choice",
                    choices=(
                        Choice("resolved", "Everything was put right"),
                        Choice("final_response", "The final response was given"),
                        Choice("other", "Another reason, given below"),
                    ),
                ),
                _words("The reason"),
            ),
        ),
        Action(
            "refusal",
            "Refuse the complaint",
            "Records that the matter is excluded from the complaints procedure, and where it "
            "goes instead.",
            (
                Field("exclusion", "Which exclusion applies", "exclusions"),
                _words("The explanation given to the complainant", optional=False),
            ),
        ),
        Action(
            "withdrawal",
            "Withdraw the complaint",
            "Records that the complainant took the complaint back; its open dates end.",
            (_words("What the complainant said"),),
        ),
        Action(
            "reopening",
            "Reopen the case",
            "Opens the closed case again, for the reason given.",
            (_words("The reason", optional=False),),
        ),
    )
}


def body_of(
    action: Action, typed: Mapping[str, Sequence[str]], issues: Sequence[int]
) -> dict[str, Any]:
    """What was typed into the form, in the shape of the command's body, without empty fields."""
    body: dict[str, Any] = {}
    for field in (*action.fields, HAPPENED_ON):
        values = [value.strip() for value in typed.get(field.name, ()) if value.strip()]
        if field.kind == "issues":
            body["issues"] = [_issue(number, typed) for number in issues]
        elif field.kind == "tick":
            body[field.name] = bool(values)
        elif field.kind == "officers":
            body[field.name] = values
        elif values:
            body[field.name] = _number(values[0]) if field.kind == "number" else values[0]
    return body


def _issue(number: int, typed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    def first(name: str) -> str:
        return next((value.strip() for value in typed.get(f"issue-{number}-{name}", ())), "")

    issue: dict[str, Any] = {"number": number}
    if first("outcome"):
        issue["outcome"] = first("outcome")
    if first("remedy"):
        remedy: dict[str, Any] = {"kind": first("remedy")}
        if first("pounds"):
            remedy["amount_pence"] = _pence(first("pounds"))
        if first("by"):
            remedy["by"] = first("by")
        issue["remedies"] = [remedy]
    return issue


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else text


def _pence(text: str) -> int | str:
    pounds, _, pence = text.removeprefix("£").replace(",", "").partition(".")
    whole = pounds.isdecimal() and len(pounds) <= LONGEST_NUMBER
    if whole and (not pence or (pence.isdecimal() and len(pence) == 2)):
        return int(pounds) * 100 + int(pence or 0)
    return text

"""The plain forms of the staff commands: which fields each has, what it will do, and how typed text
becomes a body.

A form is a row of this table, nothing more: the page draws what stands here, and the body of the
JSON API checks it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.workflow.fields import (
    HAPPENED_ON,
    SEND_LETTER,
    Action,
    Choice,
    Field,
    channel_field,
    words_field,
)
from services.workflow.subjects import FURTHER_FORMS

CONTENTS = Field(
    "contains",
    "What the letter contains",
    "contents",
    hint="Tick what you found in it. The policy asks for every one of these.",
    optional=True,
)
LONGEST_NUMBER = 9  # digits; more is a slip of the finger, and is said to be one by the body

ACTIONS: dict[str, Action] = {
    action.command: action
    for action in (
        Action(
            "acknowledgement",
            "Acknowledge the complaint",
            "Records that the complainant was told that it was received, and sends the letter "
            "with the dates.",
            (channel_field("How was the complainant told?"), words_field("Anything said besides")),
        ),
        Action(
            "contact-attempts",
            "Record an attempt to reach the complainant",
            "Records that the complainant was tried and not reached; the duty to make contact "
            "stays open.",
            (channel_field("How was it tried?"), words_field("What happened")),
        ),
        Action(
            "contacts",
            "Record contact with the complainant",
            "Records that the complainant was reached, to understand what is wrong and what is "
            "wanted.",
            (channel_field("How was the complainant reached?"), words_field("What was said")),
        ),
        Action(
            "allocation",
            "Allocate the complaint",
            "Gives this stage to the officer, or the members of the panel, who will consider it.",
            (
                Field("handlers", "Who considers it?", "officers"),
                words_field("Why it goes to somebody else, where it was allocated before"),
            ),
        ),
        Action(
            "holding-responses",
            "Send a holding response",
            "Records that the complainant was told that the answer will be late and why; the due "
            "date does not move.",
            (
                words_field("Why the answer is late", optional=False),
                Field("expected_on", "When the answer is expected", "date", optional=True),
                SEND_LETTER,
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
                    hint="Or the working days below, or neither for what the policy usually takes.",
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
                Field(
                    "told_on",
                    "When the complainant was told",
                    "date",
                    hint="Before it is authorised, where the policy names who authorises it.",
                    optional=True,
                ),
                Field(
                    "ground",
                    "On a ground of its own",
                    "choice",
                    hint="Only where the policy knows it.",
                    choices=(
                        Choice("legal_advice", "A representative’s matter needs legal advice"),
                    ),
                    optional=True,
                ),
                words_field("The reason given to the complainant"),
                SEND_LETTER,
            ),
        ),
        Action(
            "drafts",
            "Submit a draft response",
            "Hands a draft to those who check it before it may be issued.",
            (words_field("The draft", optional=False),),
        ),
        Action(
            "approvals",
            "Approve the draft",
            "Records that the draft passed the check and may be issued.",
            (
                CONTENTS,
                Field("without_investigation", "It needed no investigation", "tick", optional=True),
                Field(
                    "agreed",
                    "The complainant agrees to it being settled this way",
                    "tick",
                    optional=True,
                ),
            ),
        ),
        Action(
            "draft-returns",
            "Send the draft back for changes",
            "Records that the draft did not pass the check, and tells who drafted it what is to "
            "be changed; another draft takes its place.",
            (
                words_field(
                    "What is to be changed",
                    hint="Internal: not shown to the complainant.",
                    optional=False,
                ),
            ),
        ),
        Action(
            "responses",
            "Issue the response",
            "Tells the complainant the outcome of every issue and what is done to put it right.",
            (
                Field("issues", "What was found about each issue", "issues"),
                words_field("The response", optional=False),
                channel_field("How is it sent?", optional=True),
                SEND_LETTER,
                CONTENTS,
            ),
        ),
        Action(
            "escalation",
            "Open the next stage",
            "Records the complainant’s request for the next stage and starts its dates; no reason "
            "is needed.",
            (
                channel_field("How did the complainant ask?"),
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
                words_field("What the complainant said"),
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
                words_field("The reason"),
                SEND_LETTER,
            ),
        ),
        Action(
            "refusal",
            "Refuse the complaint",
            "Records that the matter is excluded from the complaints procedure, and where it "
            "goes instead.",
            (
                Field("exclusion", "Which exclusion applies", "exclusions"),
                words_field("The explanation given to the complainant", optional=False),
                SEND_LETTER,
                Field(
                    "ombudsman_told",
                    "The letter tells of the right to go to the Ombudsman",
                    "tick",
                ),
                Field(
                    "arose_on",
                    "When the matter arose, if it is refused for its age",
                    "date",
                    optional=True,
                ),
                Field(
                    "known_on", "When the complainant learnt of it, if later", "date", optional=True
                ),
                Field(
                    "discretion_considered",
                    "Taking it in spite of its age was considered",
                    "tick",
                    optional=True,
                ),
            ),
        ),
        Action(
            "withdrawal",
            "Withdraw the complaint",
            "Records that the complainant took the complaint back; its open dates end.",
            (words_field("What the complainant said"), SEND_LETTER),
        ),
        Action(
            "reopening",
            "Reopen the case",
            "Opens the closed case again, for the reason given.",
            (words_field("The reason", optional=False),),
        ),
        *(form.action for form in FURTHER_FORMS),
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
        elif field.kind in {"officers", "several", "contents"}:
            body[field.name] = values
        elif values:
            read = _READ_AS.get(field.kind, str)
            body[field.name] = read(values[0])
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


_READ_AS: Mapping[str, Callable[[str], int | str]] = {"number": _number, "pounds": _pence}

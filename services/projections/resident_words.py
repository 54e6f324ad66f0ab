"""How the pages for residents call routes, channels, outcomes and the ends of a case; what is said of a fact."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.complaints.values import Channel


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: officers and organisations by name."""

    officers: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What the complainant reads of a fact: `with_words` where the words of the fact are theirs to read, `private`
    where somebody who may follow the progress alone does not see it.
    """

    title: str
    detail: str = ""
    with_words: bool = False
    private: bool = False


ROUTES: Mapping[str, str] = {
    "complaint": "complaint",
    "query": "question",
    "service_request": "request for a service",
    "members_enquiry": "enquiry",
    "board_enquiry": "enquiry",
}
CHANNELS: Mapping[Channel, str] = {
    Channel.WEB_FORM: "on our web page",
    Channel.EMAIL: "by email",
    Channel.LETTER: "by letter",
    Channel.PHONE: "by telephone",
    Channel.WALK_IN: "in person",
    Channel.COUNCILLOR: "through a councillor",
}
CLOSED: Mapping[str, str] = {
    "silence": "The time to ask for the next stage had passed, and we had not heard from you. If something kept you"
    " from asking, tell us.",
    "final_response": "We had given you our final answer.",
    "resolved": "What you complained of was put right.",
    "withdrawn": "You took it back.",
    "refused": "We do not take it as a complaint.",
}
OUTCOMES: Mapping[str, str] = {
    "upheld": "we found that you were right",
    "partly_upheld": "we found that you were right in part",
    "not_upheld": "we did not find that something went wrong",
}
ADDED: Mapping[str, str] = {
    "case": "You told us more",
    "reaching_them": "You told us how you want to be reached",
    "next_stage": "You told us that you are not satisfied",
}
SENT: Mapping[str, str] = {"photo": "a photo", "letter": "a letter", "email": "an email"}
REMOVED: Mapping[str, str] = {
    "wrong_case": "It belongs to another case.",
    "about_somebody_else": "It was about somebody else.",
    "added_twice": "It was there twice.",
    "asked_for": "We were asked to.",
}


def file_sent(kind: str, *, by: str) -> Said | None:
    """What is said of a file that the complainant sent, whose words are its name; what officers put on the case is for
    the answer to tell.
    """
    if by != "complainant":
        return None
    return Said(f"You sent us {SENT.get(kind, 'a document')}", with_words=True)


def file_removed(reason: str) -> Said:
    """What is said when it was taken off the case."""
    return Said("We took off the case a file that you had sent us", REMOVED.get(reason, ""))


def way(begins: str, channel: Channel) -> str:
    """`It came by email.`; nothing where the way is not known."""
    return f"{begins} {CHANNELS[channel]}." if channel in CHANNELS else ""


def plain(word: str) -> str:
    """A stored word as a person reads it."""
    return str(word).replace("_", " ")


def sentence(words: str) -> str:
    """With a capital and a full stop; nothing for nothing."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def listed(names: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def pounds(pence: int) -> str:
    """`£250.00`."""
    return f"£{pence / 100:,.2f}"

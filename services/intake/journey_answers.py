"""How a resident's answers are told on the page that checks them, and what there is to choose from."""

from collections.abc import Callable, Mapping

from services.intake.form_fields import CONCERNS
from services.intake.needs import (
    BY_PHONE,
    CANNOT,
    INTERPRETER,
    LANGUAGES,
    RELATIONS,
    SAID,
    SCOPES,
    TO_BE_ASKED,
    TRANSLATION,
)

Answers = Mapping[str, str]
Rows = tuple[tuple[str, str], ...]

MYSELF, HELPED, SOMEBODY_ELSE = "myself", "helped", "somebody_else"
FOR_WHOM: Mapping[str, str] = {
    MYSELF: "For myself",
    HELPED: "For myself, and somebody may speak for me",
    SOMEBODY_ELSE: "For somebody else",
}
AGREED: Mapping[str, str] = {
    SAID: "Yes, they have agreed",
    TO_BE_ASKED: "Not yet: they still have to be asked",
    CANNOT: "They cannot, for example because of illness, their age, or because they have died",
}
NOT_SAID_YET = "?"
BY_EMAIL, BY_LETTER = "email", "letter"
ANSWER_BY: Mapping[str, str] = {BY_EMAIL: "By email", BY_LETTER: "By letter"}
# What a resident may tick; the other adjustments are agreed with an officer, or asked for in the resident's own words.
RESIDENT_NEEDS: Mapping[str, str] = {
    "large_print": "Large print",
    "audio": "Audio",
    "braille": "Braille",
    "easy_read": "Easy read: plain words with pictures",
    TRANSLATION: "A translation into another language",
    INTERPRETER: "An interpreter when we speak",
    BY_PHONE: "A telephone call to tell me what a letter says",
}


def is_for_other(answers: Answers) -> bool:
    """Whether somebody complains for somebody else."""
    return answers.get("for_whom") == SOMEBODY_ELSE


def is_helped(answers: Answers) -> bool:
    """Whether somebody may speak for whoever complains."""
    return answers.get("for_whom") == HELPED


def has_representative(answers: Answers) -> bool:
    """Whether two people are named."""
    return is_for_other(answers) or is_helped(answers)


def one_answer(
    label: str, field: str, *, other: str = ""
) -> Callable[[Answers, Mapping[str, str]], Rows]:
    """Tells one field, under another label where it is about somebody else."""

    def told(answers: Answers, homes: Mapping[str, str]) -> Rows:
        del homes
        return ((other if other and is_for_other(answers) else label, answers.get(field, "")),)

    return told


def for_whom(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """Who it is for."""
    del homes
    return (("Who the complaint is for", FOR_WHOM.get(answers.get("for_whom", ""), "")),)


def representative(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """Who speaks for whom, and how to reach them."""
    del homes
    reached = (answers.get("representative_email"), answers.get("representative_phone"))
    name = "Your name" if is_for_other(answers) else "Who may speak for you"
    how = "How to reach you" if is_for_other(answers) else "How to reach them"
    return (
        (name, answers.get("representative_name", "")),
        ("Who you are to them" if is_for_other(answers) else "Who they are to you",
         RELATIONS.get(answers.get("relation", ""), "")),
        (how, "\n".join(each for each in reached if each)),
    )  # fmt: skip


def agreed(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """What a representative says of consent."""
    del homes
    said = (AGREED.get(answers.get("consent", ""), ""), answers.get("consent_words"))
    return (("Whether they agreed", "\n".join(each for each in said if each)),)


def scope(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """What consent covers."""
    del homes
    return (("What we may tell them", SCOPES.get(answers.get("scope", ""), "")),)


def contact(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """How to answer."""
    del homes
    how = answers.get("answer_by", "")
    to = {BY_EMAIL: answers.get("email", ""), BY_LETTER: answers.get("postal", "")}.get(how, "")
    rows = (("How we should answer", "\n".join(each for each in (ANSWER_BY.get(how), to) if each)),)
    return (*rows, ("Telephone number", answers.get("phone", "")))


def home(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """Which home, and who manages it."""
    organisation = answers.get("organisation", "")
    return (
        ("Address of the home", answers.get("home", "")),
        ("Who manages it", homes.get(organisation, organisation)),
    )


def dangers(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """What has a clock in law of its own."""
    del homes
    ticked = [asks for name, asks in CONCERNS.items() if answers.get(name)]
    return (("What we must look at by law", "\n".join(ticked) or "None of these"),)


def needs(answers: Answers, homes: Mapping[str, str]) -> Rows:
    """What to do differently."""
    del homes
    ticked = [words for kind, words in RESIDENT_NEEDS.items() if answers.get(kind)]
    language = answers.get("language", "")
    if language:
        ticked.append(f"Language: {LANGUAGES.get(language, language)}")
    if answers.get("needs_words"):
        ticked.append(answers["needs_words"])
    return (("What we should do differently", "\n".join(ticked) or "Nothing"),)

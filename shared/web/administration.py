"""The pages of administration, whichever service serves them: what each is for, and the roles that may open it.

A service that has such a page adds its entry here; the index at `/administration` and the main navigation follow.
"""

from dataclasses import dataclass

ADDRESS = "/administration"
ADMINISTRATORS = frozenset({"administrator"})
# Who may look at how the landlord has set things up; they change nothing.
OVERSEERS = frozenset({"manager", "head_of_service", "director", "auditor", "board_member"})
AUDITORS = frozenset({"auditor"})
READERS = ADMINISTRATORS | OVERSEERS


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of administration, under a heading of the index; `about` says in a sentence what is done there.

    One `for_the_landlord` concerns every organisation: officers of an ALMO or a TMO cannot open it.
    """

    heading: str
    address: str
    title: str
    about: str
    roles: frozenset[str]
    for_the_landlord: bool = False


RULES = "Rules and dates"
PEOPLE = "People and organisations"
LETTERS = "Letters"
PAGES = "Pages"
WATCH = "Oversight"
ENTRIES: tuple[Entry, ...] = (
    Entry(
        RULES,
        f"{ADDRESS}/policies",
        "Policies",
        "Read, compare and check the policies that complaints run under, and adopt one from a day on.",
        READERS,
    ),
    Entry(
        RULES,
        f"{ADDRESS}/calendars",
        "Calendar",
        "See the bank holidays and closures that dates are counted by, and close a day with its effect shown first.",
        READERS,
    ),
    Entry(
        RULES,
        f"{ADDRESS}/simulations",
        "Simulate a policy",
        "See how a past period would have gone under another policy; nothing is changed.",
        READERS,
    ),
    Entry(
        PEOPLE,
        "/administration/people",
        "People",
        "Who signs in, for which organisation and in which role; add, change and end them.",
        ADMINISTRATORS,
    ),
    Entry(
        PEOPLE,
        "/administration/organisations",
        "Organisations",
        "The bodies that handle complaints: their names and kinds.",
        ADMINISTRATORS,
        for_the_landlord=True,
    ),
    Entry(
        LETTERS,
        f"{ADDRESS}/letters",
        "Wording of letters",
        "Read what each letter says, write your own wording with a preview, and put it in force from a day on.",
        READERS,
    ),
    Entry(
        PAGES,
        "/administration/brand",
        "Name, colour and font",
        "How every page of the landlord looks, to staff and to residents.",
        ADMINISTRATORS,
        for_the_landlord=True,
    ),
    Entry(
        PAGES,
        "/administration/notices",
        "Notices",
        "What is told at the top of all pages for a time, to staff, to residents or to both.",
        ADMINISTRATORS,
        for_the_landlord=True,
    ),
    Entry(
        WATCH,
        "/administration/operation",
        "Operation",
        "What waits at every stage and since when, what is parked, who leads.",
        ADMINISTRATORS,
        for_the_landlord=True,
    ),
    Entry(
        WATCH,
        "/administration/retention",
        "How long the record of who looked is kept",
        "After that time it is deleted by itself.",
        ADMINISTRATORS,
        for_the_landlord=True,
    ),
    Entry(
        WATCH,
        "/administration/reads",
        "Who looked at what",
        "Which pages of which cases each officer opened, and when.",
        AUDITORS,
    ),
)


def entries_for(
    role: str, entries: tuple[Entry, ...] = ENTRIES, *, is_confined: bool
) -> dict[str, list[Entry]]:
    """What a role may open, by heading, in the order in which the headings first appear; `is_confined` says that it is
    held in one organisation within the landlord.
    """
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if role in entry.roles and not (is_confined and entry.for_the_landlord):
            found.setdefault(entry.heading, []).append(entry)
    return found


def administers(role: str, *, is_confined: bool) -> bool:
    """Whether a role may open any of them, and so finds them in the navigation."""
    return bool(entries_for(role, is_confined=is_confined))

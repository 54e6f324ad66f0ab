"""Who finds which pages of administration."""

from shared.web.administration import ADMINISTRATORS, READERS, Entry, entries_for

OFFICE = Entry("Rules and dates", "/administration/a", "A", "What A is for.", READERS)
PEOPLE = Entry("People", "/administration/b", "B", "What B is for.", ADMINISTRATORS)
MORE = Entry(
    "Rules and dates",
    "/administration/c",
    "C",
    "What C is for.",
    ADMINISTRATORS,
    for_the_landlord=True,
)
EVERY = (OFFICE, PEOPLE, MORE)


def test_an_administrator_finds_every_page_under_its_heading() -> None:
    found = entries_for("administrator", EVERY, is_confined=False)
    assert found == {"Rules and dates": [OFFICE, MORE], "People": [PEOPLE]}


def test_whoever_only_looks_finds_what_they_may_look_at_and_no_empty_heading() -> None:
    assert entries_for("auditor", EVERY, is_confined=False) == {"Rules and dates": [OFFICE]}


def test_a_caseworker_finds_nothing() -> None:
    assert entries_for("caseworker", EVERY, is_confined=False) == {}


def test_an_administrator_of_one_organisation_does_not_find_what_concerns_the_whole_landlord() -> (
    None
):
    found = entries_for("administrator", EVERY, is_confined=True)
    assert found == {"Rules and dates": [OFFICE], "People": [PEOPLE]}

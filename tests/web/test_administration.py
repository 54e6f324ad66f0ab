"""Who finds which pages of administration."""

from shared.web.administration import ADMINISTRATORS, READERS, Entry, entries_for

OFFICE = Entry("Rules and dates", "/administration/a", "A", "What A is for.", READERS)
PEOPLE = Entry("People", "/administration/b", "B", "What B is for.", ADMINISTRATORS)
MORE = Entry("Rules and dates", "/administration/c", "C", "What C is for.", ADMINISTRATORS)


def test_an_administrator_finds_every_page_under_its_heading() -> None:
    found = entries_for("administrator", (OFFICE, PEOPLE, MORE))
    assert found == {"Rules and dates": [OFFICE, MORE], "People": [PEOPLE]}


def test_whoever_only_looks_finds_what_they_may_look_at_and_no_empty_heading() -> None:
    assert entries_for("auditor", (OFFICE, PEOPLE, MORE)) == {"Rules and dates": [OFFICE]}


def test_a_caseworker_finds_nothing() -> None:
    assert entries_for("caseworker", (OFFICE, PEOPLE, MORE)) == {}

"""What a case holds besides its stages: each promise, contribution and linked case with what became of it."""

from datetime import date
from typing import Any

from services.projections.case_matters import Contribution, Linked, Promised, matters_of
from shared.complaints import events as fact
from shared.complaints.values import Channel
from shared.eventstore.codec import encode_event, name_of

mon_2_mar, tue_3_mar, fri_6_mar = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)
NAMES = {"cerys": "Cerys Pugh"}


def timeline(*facts: fact.ComplaintEvent) -> list[dict[str, Any]]:
    """Rows of a timeline, newest first, each fact a version, all on Tuesday 3 March."""
    rows = [
        {
            "version": version,
            "name": name_of(event),
            "data": encode_event(event),
            "happened_on": tue_3_mar,
            "words": f"words of {version}",
        }
        for version, event in enumerate(facts, 1)
    ]
    return rows[::-1]


def test_a_promise_is_open_until_it_is_kept_and_says_whether_the_complainant_was_told() -> None:
    made = fact.PromiseMade(1, by=fri_6_mar, number=1, owner="cerys")
    other = fact.PromiseMade(1, by=fri_6_mar, number=2)
    kept, told = fact.PromiseKept(1, number=1), fact.PromiseTold(1, 1, Channel.PHONE)
    missed = fact.PromiseMissed(1, 2, fri_6_mar)
    found = matters_of(timeline(made, other, kept, told, missed), NAMES).promises
    assert found == (
        Promised(1, 1, "words of 1", fri_6_mar, "Cerys Pugh", kept_on=tue_3_mar, told=True),
        Promised(2, 2, "words of 2", fri_6_mar, None, missed=True),
    )


def test_a_promise_without_a_number_that_is_kept_is_the_oldest_still_open() -> None:
    made, kept = fact.PromiseMade(1), fact.PromiseKept(1)
    found = matters_of(timeline(made, made, kept), NAMES).promises
    assert [promise.kept_on for promise in found] == [tue_3_mar, None]


def test_a_contribution_waits_until_it_comes_in() -> None:
    asked = fact.ContributionAsked(1, 1, "repairs", fri_6_mar)
    other = fact.ContributionAsked(1, 2, "legal", fri_6_mar)
    found = matters_of(timeline(asked, other, fact.ContributionGiven(1, 2)), NAMES).contributions
    assert found == (
        Contribution(1, 1, "repairs", "words of 1", fri_6_mar),
        Contribution(2, 2, "legal", "words of 2", fri_6_mar, given_on=tue_3_mar),
    )


def test_linked_cases_stand_once_each_with_what_they_have_to_do_with_it() -> None:
    link = fact.CaseLinked(1, "RC-2026-000009", "related")
    found = matters_of(timeline(link, link, fact.IssueSplitOff(1, 2, "RC-2026-000010")), NAMES)
    assert found.linked == (
        Linked("RC-2026-000009", "related"),
        Linked("RC-2026-000010", "split off from this one"),
    )

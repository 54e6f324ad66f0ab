"""The calendar on pages: what is closed, and a day closed or opened with each date that would move shown before."""

from __future__ import annotations

from datetime import date

import pytest

from services.workflow.calendar_adopting import (
    CalendarMoved,
    Change,
    adopt,
    calendar_in_use,
    preview_of,
)
from services.workflow.domain.subjects.restrictions import RestrictAccess
from services.workflow.recounting import Recounting
from shared.calendars.england import load_calendar, revised_document
from shared.complaints.events import CalendarAdopted
from shared.web.wording import short_date
from tests.workflow.administration import OPEN, Administration, hidden, rulebook, words
from tests.workflow.office import LANDLORD, Office

pytestmark = pytest.mark.postgres
AT = "/administration/calendars/adopt"
WHY = "The heating of the office failed."
THU_5_MAR_2026, FRI_6_MAR_2026, MON_9_MAR_2026 = (date(2026, 3, day) for day in (5, 6, 9))


def asked(**changes: str) -> dict[str, str]:
    """The office is closed on a Thursday."""
    return {
        "step": "look",
        "kind": "closure",
        "day": "2026-03-05",
        "last": "",
        "name": "No heating",
        **changes,
    }


def recounting(office: Office) -> Recounting:
    """The recount as the service has it."""
    return Recounting(recorder=office.recorder, database=office.database, clock=office.clock)


def test_the_page_of_a_year_names_its_closed_days_and_what_was_adopted(
    pages: Administration,
) -> None:
    said = words(pages.get("/administration/calendars").text)
    assert "Calendar of 2026" in said
    assert "Fri 3 Apr 2026 Good Friday Bank holiday" in said
    assert "In use." in said
    other = words(pages.get("/administration/calendars", year=2027).text)
    assert "Fri 26 Mar 2027 Good Friday" in other


def test_the_effect_page_says_what_a_dry_run_says_case_by_case_and_writes_nothing(
    office: Office, pages: Administration
) -> None:
    before = rulebook(office)
    document = revised_document(
        calendar_in_use(office.database, LANDLORD).document,
        office_closures={THU_5_MAR_2026: "No heating"},
    )
    answer = preview_of(recounting(office), LANDLORD, load_calendar(document), reason=WHY)
    assert answer["dates_moved"] >= 2
    said = words(pages.post(AT, **asked()).text)
    assert f"{answer['dates_moved']} dates of 1 case would move; 1 open case was looked at" in said
    assert "Thursday 5 March 2026 closed: No heating, the landlord’s own closure" in said
    for each in answer["moved"]:
        duty = each["duty"].replace("_", " ").capitalize()
        days = f"{short_date(each['from_on'])} {short_date(each['to_on'])}"
        lawful = f" by law it stays {short_date(each['lawful_on'])}" if each["lawful_on"] else ""
        assert f"{OPEN} {duty}, stage {each['stage']} {days}{lawful}" in said
    assert rulebook(office) == before


def test_adopting_by_page_equals_adopting_by_command_and_the_timers_count_again(
    office: Office, pages: Administration
) -> None:
    looked = pages.post(AT, **asked(kind="holiday", name="Day of mourning"))
    done = pages.post(AT, **hidden(looked.text) | {"reason": WHY})
    assert (done.status_code, done.headers["location"]) == (
        303,
        "/administration/calendars?adopted=1",
    )
    (told,) = rulebook(office)[-1:]
    assert isinstance(told.event, CalendarAdopted)
    assert (told.actor, told.event.reason) == ("gil", WHY)
    by_page = calendar_in_use(office.database, LANDLORD)
    before = revised_document(by_page.document, opened=[THU_5_MAR_2026])
    assert by_page.document == revised_document(
        before, holidays={THU_5_MAR_2026: "Day of mourning"}
    )
    said = words(pages.get("/administration/calendars").text)
    assert "0 per cent , 1 cases left" in said
    assert "Show how far it is now" in said
    while recounting(office).step(LANDLORD):
        pass
    page = pages.get("/administration/calendars").text
    assert "Finished Monday 2 March 2026" in words(page)
    assert "hx-trigger" not in page
    response = office.case(OPEN).complaint.deadline("respond")
    assert response is not None
    assert response.latest.calendar_revision == by_page.revision


def test_several_days_at_once_leave_out_weekends_and_days_that_are_closed(
    office: Office, pages: Administration
) -> None:
    form = asked(day="2026-04-01", last="2026-04-08", name="Easter")
    looked = pages.post(AT, **form)
    pages.post(AT, **hidden(looked.text) | {"reason": WHY})
    calendar = load_calendar(calendar_in_use(office.database, LANDLORD).document)
    assert sorted(calendar.office_closures) == [
        date(2026, 4, day) for day in (1, 2, 7, 8)
    ]  # Good Friday is the 3rd, Easter Monday the 6th


def test_a_closure_that_is_called_off_is_opened_again(
    office: Office, pages: Administration
) -> None:
    pages.post(AT, **hidden(pages.post(AT, **asked()).text) | {"reason": WHY})
    looked = pages.post(AT, **asked(kind="open", name=""))
    assert "Thursday 5 March 2026 open again: No heating" in words(looked.text)
    done = pages.post(AT, **hidden(looked.text) | {"reason": "The heating is mended."})
    assert done.status_code == 303
    calendar = load_calendar(calendar_in_use(office.database, LANDLORD).document)
    assert calendar.is_working_day(THU_5_MAR_2026)


def test_what_another_administrator_adopts_between_preview_and_adoption_is_named_and_kept(
    office: Office, pages: Administration
) -> None:
    looked = pages.post(AT, **asked())
    theirs = pages.post(
        AT, "gina", **asked(kind="holiday", day="2026-03-06", name="Day of mourning")
    )
    done = pages.post(AT, "gina", **hidden(theirs.text) | {"reason": "It was proclaimed."})
    assert done.status_code == 303
    told = len(rulebook(office))
    again = pages.post(AT, **hidden(looked.text) | {"reason": WHY})
    assert again.status_code == 422
    said = words(again.text)
    assert (
        "The calendar was changed meanwhile by Gina Abel: Friday 6 March 2026 is closed"
        " (Day of mourning)." in said
    )
    assert WHY in said
    assert len(rulebook(office)) == told
    done = pages.post(AT, **hidden(again.text) | {"reason": WHY})
    assert done.status_code == 303
    calendar = load_calendar(calendar_in_use(office.database, LANDLORD).document)
    assert {THU_5_MAR_2026, FRI_6_MAR_2026} <= set(calendar.closures)


def test_a_change_that_was_worked_out_against_an_older_calendar_is_never_adopted(
    office: Office, pages: Administration
) -> None:
    # As two requests at the same moment: both have read the calendar before either adopts.
    before = calendar_in_use(office.database, LANDLORD)
    mine, theirs = (
        Change(LANDLORD, before, revised_document(before.document, holidays={day: "Day"}), by, WHY)
        for day, by in ((THU_5_MAR_2026, "gil"), (FRI_6_MAR_2026, "gina"))
    )
    adopt(office.database, theirs, now=office.clock.now(), dry_run=False)
    for dry_run in (True, False):
        with pytest.raises(CalendarMoved, match="by gina: Friday 6 March 2026 is closed"):
            adopt(office.database, mine, now=office.clock.now(), dry_run=dry_run)
    assert calendar_in_use(office.database, LANDLORD).document == theirs.document


def test_an_effect_of_a_calendar_that_never_was_in_use_is_not_adopted(
    office: Office, pages: Administration
) -> None:
    looked = pages.post(AT, **asked())
    form = hidden(looked.text) | {"reason": WHY, "replaces": "england-of-nowhere"}
    assert "The calendar was changed meanwhile." in words(pages.post(AT, **form).text)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": ""}, "kind", "Choose what kind of day it is"),
        ({"day": ""}, "day", "Enter a day"),
        ({"last": "2026-03-01"}, "last", "must be on or after the first"),
        ({"last": "2026-06-01"}, "last", "within 31 days"),
        ({"name": ""}, "name", "Give it a name"),
        ({"name": "x" * 81}, "name", "at most 80 characters"),
        ({"day": "2026-03-07"}, "day", "is a Saturday or Sunday already"),
        ({"day": "2026-04-03"}, "day", "is closed already (Good Friday)"),
        ({"day": "2050-04-04"}, "day", "lies outside the calendar"),
        ({"kind": "open"}, "day", "is not closed"),
    ],
)
def test_what_cannot_be_comes_back_at_its_field_with_all_that_was_typed(
    office: Office, pages: Administration, changes: dict[str, str], field: str, said: str
) -> None:
    before = rulebook(office)
    page = pages.post(AT, **asked(**changes))
    assert page.status_code == 422
    summary = page.text[page.text.index("error-summary") : page.text.index("<h1")]
    assert f'href="#{field}"' in summary
    assert said in summary
    if "day" not in changes:
        assert 'value="2026-03-05"' in page.text
    assert rulebook(office) == before


@pytest.mark.parametrize("reason", ["", "long " * 100])
def test_without_a_reason_of_one_sentence_nothing_moves(
    office: Office, pages: Administration, reason: str
) -> None:
    before = rulebook(office)
    looked = pages.post(AT, **asked())
    page = pages.post(AT, **hidden(looked.text) | {"reason": reason})
    assert page.status_code == 422
    assert 'href="#reason"' in page.text
    assert reason.strip() in page.text
    assert rulebook(office) == before


def test_a_case_that_only_named_roles_may_see_is_counted_and_not_named(
    office: Office, pages: Administration
) -> None:
    marking = RestrictAccess(
        mark="staff_conduct",
        roles=("head_of_service",),
        actor_role="head_of_service",
        actor="dev",
        happened=office.now(),
    )
    office.give(OPEN, marking, key="mark")
    said = words(pages.post(AT, **asked()).text)
    assert OPEN not in said
    assert "A case that is not yours to see" in said


@pytest.mark.parametrize("officer", ["ines", "jo", "cora"])
def test_those_who_look_on_see_the_calendar_and_close_nothing(
    office: Office, pages: Administration, officer: str
) -> None:
    before = rulebook(office)
    page = pages.get("/administration/calendars", officer)
    assert page.status_code == 200
    assert "Close or open a day" not in page.text
    assert pages.get(AT, officer).status_code == 403
    assert pages.post(AT, officer, **asked(step="adopt", reason=WHY)).status_code == 403
    assert rulebook(office) == before


def test_an_administrator_of_one_organisation_closes_no_day_for_all(
    office: Office, pages: Administration
) -> None:
    before = rulebook(office)
    assert "Close or open a day" not in pages.get("/administration/calendars", "hana").text
    assert pages.post(AT, "hana", **asked(step="adopt", reason=WHY)).status_code == 403
    assert rulebook(office) == before


def test_a_form_of_another_site_closes_nothing(office: Office, pages: Administration) -> None:
    headers = office.signed_in("gil") | {"Sec-Fetch-Site": "cross-site", "accept": "text/html"}
    answer = pages.client.post(AT, data=asked(step="adopt", reason=WHY), headers=headers)
    assert answer.status_code == 403

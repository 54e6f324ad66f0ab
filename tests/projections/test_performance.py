"""The figures of managers and boards: what each counts, as at a day, and what is withheld from whom."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from fastapi.testclient import TestClient

from services.projections import figures_pages
from services.projections.case_figures import Answer, CaseFigures, Figures, Learning
from services.projections.figures_compared import compared
from services.projections.figures_keeping import FiguresKeeper
from services.projections.performance import Line, Performance, Table, performance
from services.projections.reading import Reading
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer, register_officer
from shared.web.charts import bars
from tests.identity.building import AMARA, BEN, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append

MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)
AS_AT = date(2026, 4, 30)
BOARD_MEMBER = Officer(
    landlord=RIVERSIDE,
    officer="bea",
    organisation="riverside",
    name="Bea Moran",
    email="bea@example.org",
    role="board_member",
)


def case(reference: str, *, organisation: str = "riverside", on: date = MARCH) -> CaseFigures:
    """A complaint that came to stage 1 on that day, under its own policy and the Code."""
    return CaseFigures(
        reference=reference,
        organisation=organisation,
        first_route="complaint",
        route="complaint",
        received_on=on,
        categories={1: "damp"},
        own_policy="thh-2022",
        overlay="hos-code-2024",
        stages={1: on},
    )


def counted(cases: Sequence[CaseFigures], *, withhold: bool = False) -> Performance:
    """The figures of these cases as at the end of April."""
    figures = Figures()
    figures.cases = {one.reference: one for one in cases}
    return performance(figures, as_at=AS_AT, withhold=withhold)


def table(found: Performance, key: str) -> Table:
    """The table with that key."""
    return next(one for one in found.tables if one.key == key)


def row(found: Table, name: str) -> tuple[int | None, ...]:
    """The counts of the row with that name."""
    return next(one.cells for one in found.rows if one.name == name)


def test_a_case_counts_in_the_month_it_came_to_the_stage_and_under_each_clock() -> None:
    late_by_code = case("RC-1")
    late_by_code.answers = {
        (None, 1): Answer(date(2026, 4, 20), met_on=APRIL),
        ("hos-code-2024", 1): Answer(date(2026, 3, 16), met_on=APRIL, missed=True),
    }
    found = counted([late_by_code])
    assert row(table(found, "in-time-1-own"), "March 2026") == (1, 0, 0)
    assert row(table(found, "in-time-1-hos-code-2024"), "March 2026") == (0, 1, 0)
    assert row(table(found, "in-time-1-own"), "April 2026") == (0, 0, 0)


def test_what_is_open_past_its_date_is_late() -> None:
    open_and_missed, open_in_time = case("RC-1"), case("RC-2")
    open_and_missed.answers[None, 1] = Answer(MARCH, missed=True)
    open_in_time.answers[None, 1] = Answer(date(2026, 5, 5))
    assert row(table(counted([open_and_missed, open_in_time]), "in-time-1-own"), "March 2026") == (
        0,
        1,
        1,
    )


def test_open_cases_are_counted_by_age_and_closed_ones_are_not() -> None:
    young, old, closed = case("RC-1", on=date(2026, 4, 20)), case("RC-2"), case("RC-3")
    closed.closed = (APRIL, "resolved")
    found = table(counted([young, old, closed]), "open-by-age")
    assert row(found, "Up to 10 days") == (1,)
    assert row(found, "41 to 60 days") == (1,)
    assert sum(cells[0] or 0 for cells in (one.cells for one in found.rows)) == 2


def test_each_way_to_a_later_stage_is_named_with_its_cause() -> None:
    dissatisfied, late = case("RC-1"), case("RC-2")
    dissatisfied.escalations = [(2, APRIL, "dissatisfied")]
    late.escalations = [(2, date(2024, 1, 1), "late")]
    found = table(counted([dissatisfied, late]), "escalated")
    assert [(one.name, one.cells) for one in found.rows] == [("To stage 2: dissatisfied", (1,))]


def test_a_refusal_is_no_complaint_but_stands_among_the_refusals() -> None:
    refused = case("RC-1")
    refused.refused = (APRIL, "out_of_time")
    refused.answers[None, 1] = Answer(MARCH)
    found = counted([refused])
    assert all(one.key != "in-time-1-own" for one in found.tables)
    assert row(table(found, "refused"), "Out of time") == (1,)


def test_promises_and_learning_are_judged_on_the_day_asked_for() -> None:
    told = case("RC-1")
    told.promises_due = {
        "promise 1": (date(2026, 4, 2), False),
        "promise 2": (date(2026, 4, 3), True),
        "promise 3": (date(2026, 5, 29), False),
    }
    told.learning = {
        1: Learning(1, "damp", "new guidance", "amara", MARCH, APRIL, None),
        2: Learning(2, "damp", "training", "amara", MARCH, date(2026, 6, 1), None),
        3: Learning(3, "damp", "training", "amara", MARCH, APRIL, None, done_on=APRIL),
    }
    found = counted([told])
    assert row(table(found, "promises"), "April 2026") == (1, 1)
    assert [one.cells for one in table(found, "learning").rows] == [(1,), (1,), (1,)]


def test_small_numbers_are_withheld_where_a_person_could_be_recognised() -> None:
    cases = [case(f"RC-{number}") for number in range(9)]
    for number, one in enumerate(cases):
        one.findings, one.answered = {1: "upheld" if number else "not_upheld"}, {1: APRIL}
    shown = table(counted(cases), "outcomes")
    withheld = table(counted(cases, withhold=True), "outcomes")
    assert [one.cells for one in shown.rows] == [(1,), (8,)]
    assert [one.cells for one in withheld.rows] == [(None,), (None,)]


def test_a_chart_says_in_words_what_it_draws_and_escapes_what_it_is_given() -> None:
    drawn = bars(
        "k", "Damp & mould", rows=[("<b>March</b>", (2, None))], columns=("In time", "Late")
    )
    assert 'role="img"' in drawn
    assert "<title" in drawn
    assert "Damp &amp; mould" in drawn
    assert "&lt;b&gt;March&lt;/b&gt;: 2 in time, withheld late" in drawn
    assert "style=" not in drawn


@pytest.fixture
def client(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    projections: Database,
    reading: Reading,
) -> TestClient:
    """A browser on the figures of two cases."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, BOARD_MEMBER)
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(figures_pages.router(reading, FiguresKeeper(projections)))
    return browser(app)


@pytest.mark.postgres
def test_a_manager_sees_charts_tables_and_the_cases_behind_a_number(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/figures").text
    assert "Stage 1 answered in time under its own policy" in page
    assert "<svg" in page
    cases = client.get("/figures/in-time-1-own/10").text
    assert f'href="/complaints/{DAMP}"' in cases


@pytest.mark.postgres
def test_as_at_an_earlier_day_the_figures_hold_only_what_was_on_record(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/figures?as_at=2026-03-19").text
    assert "Figures as at Thursday 19 March 2026" in page
    # The case of the damp was put on record on Friday 20 March, the lift's in April.
    assert "Late" not in client.get("/figures.csv?as_at=2026-03-19").text
    assert "March 2026,Late,1" in client.get("/figures.csv?as_at=2026-03-20").text
    assert "April 2026,Still open,1" in client.get("/figures.csv").text


@pytest.mark.postgres
def test_figures_as_at_a_day_take_in_what_was_written_down_later_where_a_later_day_of_knowledge_is_asked(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    # On 19 March the answer was late; that was put on record on the 20th.
    assert "Late" not in client.get("/figures.csv?as_at=2026-03-19").text
    known = client.get("/figures.csv?as_at=2026-03-19&known_by=2026-03-20")
    assert "March 2026,Late,1,2026-03-19,2026-03-20" in known.text
    assert "figures-2026-03-19-known-2026-03-20.csv" in known.headers["content-disposition"]
    page = client.get("/figures?as_at=2026-03-19&known_by=2026-03-20").text
    assert "as known by Friday 20 March 2026" in page
    # What had happened by the 17th, known now: it was not late yet.
    assert (
        "March 2026,Still open,1"
        in client.get("/figures.csv?as_at=2026-03-17&known_by=2026-04-09").text
    )


@pytest.mark.postgres
def test_nothing_can_be_known_before_it_happens(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/figures?as_at=2026-03-20&known_by=2026-03-19")
    assert page.status_code == 422
    assert 'href="#known_by"' in page.text


@pytest.mark.postgres
def test_what_was_told_of_a_day_and_what_is_known_of_it_since_can_be_compared(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    asked = "/figures/changes?from_as_at=2026-03-19&to_as_at=2026-03-19&to_known_by=2026-03-20"
    page = client.get(asked).text
    assert "March 2026: Late" in page
    assert f'Came: <a class="govuk-link app-nowrap" href="/complaints/{DAMP}"' in page
    same = client.get("/figures/changes?from_as_at=2026-03-19&to_as_at=2026-03-19").text
    assert "Nothing differs." in same
    wrong = client.get("/figures/changes?from_as_at=2026-03-19&to_as_at=soon")
    assert (wrong.status_code, 'href="#to_as_at"' in wrong.text) == (422, True)


@pytest.mark.postgres
def test_a_board_member_compares_figures_and_sees_no_cases(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, BOARD_MEMBER)
    page = client.get("/figures/changes?from_as_at=2026-03-19&to_as_at=2026-03-20").text
    assert "March 2026: Late" in page
    assert DAMP not in page


def test_a_count_that_is_not_there_counts_nothing_and_a_withheld_one_stays_withheld() -> None:
    def told(*rows: Line, columns: tuple[str, ...] = ("In time", "Late")) -> Performance:
        return Performance(AS_AT, AS_AT, None, (Table("t", "Answers", "", columns, rows),))

    before = told(Line("March", (1, None), ("A", "B")), Line("April", (2, 2), ()))
    after = told(Line("March", (1, 3), ("B", "C")), Line("May", (0, 1), ("D",)))
    (table,) = compared(before, after)
    assert [
        (one.row, one.column, one.before, one.after, one.came, one.went) for one in table.counts
    ] == [
        ("March", "Late", None, 3, ("C",), ("A",)),
        ("May", "Late", 0, 1, ("D",), ()),
        ("April", "In time", 2, 0, (), ()),
        ("April", "Late", 2, 0, (), ()),
    ]
    assert compared(before, before) == ()
    gone = Performance(AS_AT, AS_AT, None, ())
    assert len(compared(before, gone)[0].counts) == 4


@pytest.mark.postgres
def test_figures_do_not_move_while_somebody_counts_them(
    client: TestClient, projections: Database, workflow: Database
) -> None:
    keeper = FiguresKeeper(projections)

    def up_to() -> int:
        with keeper.as_at(RIVERSIDE, None) as figures:
            return figures.up_to_seq

    with ThreadPoolExecutor(1) as pool:
        with keeper.as_at(RIVERSIDE, None) as figures:
            before = figures.up_to_seq
            append(workflow, LIFT_CASE, reference="RC-2026-000003")
            other = pool.submit(up_to)
            assert not wait([other], timeout=0.3).done
            assert figures.up_to_seq == before
        assert other.result() == before + len(LIFT_CASE)


@pytest.mark.postgres
def test_a_board_member_sees_figures_and_no_cases(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, BOARD_MEMBER)
    page = client.get("/figures").text
    assert "withheld" in page
    assert "/figures/in-time-1-own/" not in page
    assert client.get("/figures/in-time-1-own/10").status_code == 403


@pytest.mark.postgres
def test_an_officer_of_one_organisation_sees_its_figures_alone(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, BEN)
    written = client.get("/figures.csv?organisation=riverside").text
    assert "Open complaints by age" in written
    assert "March 2026,Late,1" not in written


@pytest.mark.postgres
def test_the_board_pack_is_a_tagged_document_and_the_same_each_time(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    packed = client.get("/figures.pdf")
    assert packed.headers["content-type"] == "application/pdf"
    assert b"StructTreeRoot" in packed.content
    assert client.get("/figures.pdf").content == packed.content


@pytest.mark.postgres
@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "2199-01-01"])
def test_a_day_that_cannot_be_is_asked_for_again(
    client: TestClient, owner: Database, day: str
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/figures?as_at={day}")
    assert page.status_code == 422
    assert "<title>Error: Figures" in page.text
    assert client.get(f"/figures.csv?as_at={day}").status_code == 422

"""A complaint judged again under another policy: by hand, and by random histories under their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from services.workflow.domain.commands import OpenComplaint
from services.workflow.domain.history import HistoricFact, record_history
from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.policies.policy import Citation, Policy
from shared.policies.provisions import Conversion
from shared.policies.simulating import judged_again
from shared.policies.verdicts import JUDGED, Judged, Verdict, as_recorded, is_judged, stages_opened
from shared.policy_packs.packs import shipped
from tests.complaints.whole_lives import LIVES
from tests.policies.reading import every_rule
from tests.support.complaint_spec import england

MON_2_MAR_2026 = date(2026, 3, 2)
FAR = Moment(date(2030, 1, 1))
NO_LATER = Moment(MON_2_MAR_2026)  # no day passes after the last fact
CODE, KCTMO, MODEL = (shipped(name).read for name in ("hos-code-2024", "kctmo-2010", "tmo-model"))


@dataclass(frozen=True)
class Entry:
    """A fact that was on record when it happened, unless said otherwise."""

    event: ComplaintEvent
    happened: Moment
    known_on: Moment | None = None

    @property
    def known(self) -> Moment:
        """When it was on record."""
        return self.known_on or self.happened


def lived(policy: Policy, *facts: HistoricFact, route: Route = Route.COMPLAINT) -> list[Entry]:
    """The history of a case received on Monday 2 March 2026 under a policy."""
    received = Moment(MON_2_MAR_2026, datetime(2026, 3, 2, 10, tzinfo=UTC))
    opening = OpenComplaint(
        happened=received,
        actor="nobody",
        reference="RC-2026-000001",
        organisation="riverside",
        route=route,
        channel=Channel.EMAIL,
        received=received,
        issues=(Issue(1, "repairs"),),
    )
    history = record_history(opening, facts, policy, england())
    return [Entry(each.event, each.moment) for each in history]


def fact(what: str, month: int, day: int, **more: object) -> HistoricFact:
    """Something that happened in 2026."""
    return HistoricFact(what=what, moment=Moment(date(2026, month, day)), **more)  # type: ignore[arg-type]


def again(history: Sequence[Entry], policy: Policy, as_at: Moment = FAR) -> dict[str, Judged]:
    """The verdicts by `stage duty`."""
    found = judged_again(history, policy, england(), as_at=as_at)
    return {f"{stage} {duty}": judged for (stage, duty), judged in found.items()}


def test_an_answer_in_time_under_the_one_is_late_under_a_shorter_policy() -> None:
    # By hand: the Code gives ten working days from the acknowledgement on Monday 9 March: Monday 23 March. KCTMO gives
    # ten from the receipt on Monday 2 March: Monday 16 March.
    history = lived(CODE, fact("acknowledged", 3, 9), fact("response", 3, 20))
    assert as_recorded(history)[1, "respond"] == Judged(date(2026, 3, 23), date(2026, 3, 20))
    judged = again(history, KCTMO)
    assert judged["1 respond"] == Judged(date(2026, 3, 16), date(2026, 3, 20), late=True)
    # Two working days to acknowledge there, five under the Code.
    assert judged["1 acknowledge"] == Judged(date(2026, 3, 4), date(2026, 3, 9), late=True)
    assert as_recorded(history)[1, "acknowledge"].verdict is Verdict.IN_TIME


def test_an_answer_late_under_the_one_is_in_time_under_a_longer_policy() -> None:
    history = lived(KCTMO, fact("acknowledged", 3, 4), fact("response", 3, 17))
    assert as_recorded(history)[1, "respond"].verdict is Verdict.LATE
    # Ten working days from Wednesday 4 March.
    assert again(history, CODE)["1 respond"] == Judged(date(2026, 3, 18), date(2026, 3, 17))


def test_a_later_stage_is_counted_from_the_day_it_was_asked_for() -> None:
    history = lived(
        KCTMO,
        fact("acknowledged", 3, 3),
        fact("response", 3, 12),
        fact("escalation_requested", 3, 16),
        fact("escalation_acknowledged", 3, 18),
        fact("response", 4, 10, stage=2),
    )
    judged = again(history, CODE)
    # Twenty working days from Wednesday 18 March, over Good Friday and Easter Monday: Friday 17 April.
    assert judged["2 respond"] == Judged(date(2026, 4, 17), date(2026, 4, 10))
    assert stages_opened(history) == {1: MON_2_MAR_2026, 2: date(2026, 3, 16)}


def test_a_stage_that_the_policy_does_not_have_gets_no_date() -> None:
    history = lived(
        KCTMO,
        fact("response", 3, 12),
        fact("escalation_requested", 3, 16),
        fact("response", 3, 30, stage=2),
        fact("escalation_requested", 4, 1),
        fact("response", 5, 1, stage=3),
    )
    assert (3, "respond") in as_recorded(history)
    assert "3 respond" not in again(history, CODE)


def test_what_is_unanswered_is_open_until_its_day_and_late_from_then_on() -> None:
    history = lived(CODE, fact("acknowledged", 3, 2))
    assert again(history, KCTMO, Moment(date(2026, 3, 16)))["1 respond"].verdict is Verdict.OPEN
    assert again(history, KCTMO, Moment(date(2026, 3, 17)))["1 respond"].verdict is Verdict.LATE


def test_what_ended_with_the_case_before_its_day_is_neither_in_time_nor_late() -> None:
    history = lived(CODE, fact("acknowledged", 3, 2), fact("withdrawn", 3, 5))
    assert again(history, KCTMO)["1 respond"].verdict is Verdict.OPEN


def test_an_answer_put_on_record_after_its_day_counts_as_late_as_the_log_has_it() -> None:
    history = lived(CODE, fact("acknowledged", 3, 2), fact("response", 3, 10))
    late = [
        Entry(each.event, each.happened, Moment(date(2026, 3, 25)))
        if each.happened.on == date(2026, 3, 10)
        else each
        for each in history
    ]
    assert again(history, CODE)["1 respond"].verdict is Verdict.IN_TIME
    assert again(late, CODE)["1 respond"].verdict is Verdict.LATE


def test_an_extension_moves_the_date_where_the_policy_lets_it() -> None:
    facts = (
        fact("acknowledged", 3, 2),
        fact("extension", 3, 10, to=date(2026, 3, 30), agreed=False),
        fact("response", 3, 27),
    )
    history = lived(CODE, *facts)
    assert as_recorded(history)[1, "respond"].verdict is Verdict.IN_TIME
    thh = shipped("thh-2022").read
    rule = thh.extension(route=Route.COMPLAINT, stage=1)
    assert rule is not None
    assert rule.kind == "agree"
    assert again(history, thh)["1 respond"].verdict is Verdict.LATE
    agreed = [
        Entry(replace(each.event, agreed=True), each.happened)
        if isinstance(each.event, told.DeadlineExtended)
        else each
        for each in history
    ]
    assert again(agreed, thh)["1 respond"].due_on == date(2026, 3, 30)


def test_queries_and_what_was_kept_out_are_not_judged() -> None:
    assert is_judged(lived(CODE))
    assert not is_judged(lived(CODE, route=Route.QUERY))
    refused = Entry(told.ComplaintRefused("jurisdiction", "Code 2.2", "tribunal"), FAR)
    assert not is_judged([*lived(CODE), refused])


def test_what_is_owed_again_is_not_done_and_stays_late_where_it_was() -> None:
    for on, late in ((3, False), (31, True)):
        history = lived(CODE, fact("acknowledged", 3, on))
        (owed, *_) = [
            each.event
            for each in history
            if isinstance(each.event, told.DeadlineSet) and each.event.duty == "acknowledge"
        ]
        assert as_recorded(history)[1, "acknowledge"].done_on == date(2026, 3, on)
        once_more = replace(owed, due_on=date(2026, 5, 1))
        again_owed = as_recorded([*history, Entry(once_more, FAR)])[1, "acknowledge"]
        assert again_owed == Judged(date(2026, 5, 1), None, late=late)


def turned(from_route: Route, to_route: Route, day: Moment) -> Entry:
    """A contact that goes on under another heading, counted from that day."""
    return Entry(
        told.RouteChanged(
            stage=1,
            from_route=from_route,
            to_route=to_route,
            clock="conversion",
            counts_from_on=day.on,
            counts_from_at=day.at,
            agreed=True,
        ),
        day,
    )


def test_what_became_a_complaint_is_judged_and_counts_from_then() -> None:
    day = Moment(date(2026, 3, 9))
    history = [*lived(CODE, route=Route.QUERY), turned(Route.QUERY, Route.COMPLAINT, day)]
    assert is_judged(history)
    assert stages_opened(history) == {1: day.on}
    assert not is_judged([*lived(CODE), turned(Route.COMPLAINT, Route.QUERY, day)])
    # The note says nothing of either, and neither does what else is told.
    note = Entry(told.NoteAdded(1, None), day)
    assert is_judged([*lived(CODE), note])
    assert stages_opened([*lived(CODE), note]) == {1: MON_2_MAR_2026}


def test_what_was_kept_out_and_taken_after_all_is_judged() -> None:
    refused = Entry(told.ComplaintRefused("jurisdiction", "Code 2.2", "tribunal"), FAR)
    overturned = Entry(told.RefusalOverturned(1, "jurisdiction"), FAR)
    assert is_judged([*lived(CODE), refused, overturned])


@pytest.mark.parametrize(
    ("route", "clock", "counts_from"),
    [
        (Route.QUERY, "", date(2026, 3, 9)),
        (Route.SERVICE_REQUEST, "", MON_2_MAR_2026),
        (Route.QUERY, "first_receipt", MON_2_MAR_2026),
        (Route.SERVICE_REQUEST, "conversion", date(2026, 3, 9)),
    ],
)
def test_another_policy_counts_what_became_a_complaint_from_the_day_that_it_says(
    route: Route, clock: str, counts_from: date
) -> None:
    day = Moment(date(2026, 3, 9))
    history = [*lived(CODE, route=route), turned(route, Route.COMPLAINT, day)]
    rule = Conversion(route, clock, Citation("It counts from then.", "1"))
    policy = replace(KCTMO, conversions=(rule,) if clock else ())
    due = england().working_days_after(counts_from, 10)
    assert again(history, policy, day)["1 respond"].due_on == due


def extended(
    to: date, *, on: date = date(2026, 3, 10), kind: str = "agree", ground: str | None = None
) -> list[Entry]:
    """A case under the Code whose answer was due on Monday 16 March, and moved to another day in agreement."""
    given = told.DeadlineExtended(
        stage=1,
        kind=kind,
        from_on=date(2026, 3, 16),
        to_on=to,
        agreed=kind == "agree",
        ombudsman_details_given=False,
        ground=ground,
    )
    return [*lived(CODE), Entry(given, Moment(on))]


THH = shipped("thh-2022").read
# Ten working days from Monday 2 March, and ten more from there at most.
DUE, FURTHEST = date(2026, 3, 16), date(2026, 3, 30)


@pytest.mark.parametrize(
    ("history", "due_on"),
    [
        (extended(date(2026, 3, 20)), date(2026, 3, 20)),
        (extended(FURTHEST), FURTHEST),
        (extended(date(2026, 3, 31)), DUE),  # beyond its cap
        (extended(DUE), DUE),
        (extended(date(2026, 3, 13)), DUE),  # no date moves back
        (extended(date(2026, 3, 20), on=date(2026, 3, 17)), DUE),  # after it had passed
        (extended(date(2026, 3, 20), kind="explain"), DUE),  # nobody agreed
        # On the ground that has no cap and needs no agreement.
        (extended(date(2026, 4, 20), kind="explain", ground="legal_advice"), date(2026, 4, 20)),
        # A ground that the policy does not know is judged as any reason is.
        (extended(date(2026, 3, 20), ground="weather"), date(2026, 3, 20)),
    ],
)
def test_an_extension_is_judged_by_the_limits_of_the_other_policy(
    history: list[Entry], due_on: date
) -> None:
    assert again(history, THH)["1 respond"].due_on == due_on


def test_where_a_policy_knows_no_extension_or_the_stage_owes_none_nothing_moves() -> None:
    assert (
        again(extended(date(2026, 3, 20)), replace(THH, extensions=()))["1 respond"].due_on == DUE
    )
    answered = [*lived(CODE, fact("response", 3, 9)), *extended(date(2026, 3, 20))[-1:]]
    assert again(answered, THH)["1 respond"].due_on == DUE


def course(chance: Random, policy: Policy) -> list[HistoricFact]:
    """Facts in any order on ascending days, as an imported history may have them."""
    rule = policy.extension(route=Route.COMPLAINT, stage=1)
    # What is imported is not asked whether it went beyond a hard cap; what is judged again is.
    capped = rule is not None and not rule.more_for_good_reason
    day, facts, stage = MON_2_MAR_2026, list[HistoricFact](), 1
    for _ in range(chance.randrange(1, 12)):
        day += timedelta(days=chance.choice((0, 0, 1, 2, 4, 7, 14)))
        what = chance.choice(
            (
                "acknowledged", "contacted", "allocated", "holding_response", "draft_submitted",
                "approved", "response", "response", "escalation_requested", "extension", "closed",
                "reopened", "note",
            )
        )  # fmt: skip
        if what == "extension" and capped:
            continue
        if what == "escalation_requested":
            if stage == 2:
                continue
            stage = 2
        to = day + timedelta(days=chance.randrange(3, 40)) if what == "extension" else None
        facts.append(HistoricFact(what=what, moment=Moment(day), to=to, agreed=True))
    # What became due meanwhile has passed by then, on the log and here.
    return [*facts, HistoricFact(what="note", moment=Moment(day + timedelta(days=120)))]


@pytest.mark.parametrize("policy", [CODE, KCTMO, MODEL, every_rule()], ids=lambda one: one.policy)
def test_under_its_own_policy_every_history_is_judged_as_it_was(policy: Policy) -> None:
    chance, judged = Random(7), 0
    for _ in range(150):
        facts = course(chance, policy)
        history = lived(policy, *facts)
        recorded = as_recorded(history)
        assert judged_again(history, policy, england(), as_at=NO_LATER) == recorded, facts
        judged += sum(each.verdict is not Verdict.OPEN for each in recorded.values())
    assert judged > 100


@pytest.mark.parametrize("title", LIVES)
def test_whole_lives_are_judged_under_their_own_policy_as_they_were(title: str) -> None:
    history = [Entry(each.event, each.moment) for each in LIVES[title]()]
    again = judged_again(history, every_rule(), england(), as_at=NO_LATER)
    assert again == as_recorded(history)
    assert {duty for _, duty in again} <= set(JUDGED)

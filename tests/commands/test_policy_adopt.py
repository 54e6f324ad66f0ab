"""`redress policy adopt`: an organisation adopts a policy, for good or for a time, and no open case moves to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.redress.assembly import Installation
from services.redress.commands.importing import import_file
from services.redress.commands.packs import pack
from services.redress.commands.policy_adopt import adopt, told
from services.redress.commands.verify import troubles
from services.workflow.policy_adopting import Wanted
from shared.complaints.events import RULEBOOK, PolicyAdopted
from shared.registry.adoptions import adoptions, policy_in_force
from shared.registry.rulebook import AdoptionRefused
from shared.runtime.clock import SettableClock
from tests.commands.histories import fact, history, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
Terminal = Callable[..., tuple[int, str]]
LARKFIELD = "larkfield-homes"
FRI_12_JUN_2026 = datetime(2026, 6, 12, 9, 30, tzinfo=UTC)
MON_1_JUN_2026, TUE_30_JUN_2026, WED_1_JUL_2026 = (
    date(2026, 6, 1),
    date(2026, 6, 30),
    date(2026, 7, 1),
)
WHY = "The case system is out of use after an attack; answers take longer until July."
OPEN = history("LH-0022", fact("received", "2026-06-10"), fact("acknowledged", "2026-06-10"))


@pytest.fixture
def clock() -> SettableClock:
    """Two days after the receipt."""
    return SettableClock(FRI_12_JUN_2026)


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """One case is open under the Code."""
    import_file(installed, file=written("cases.jsonl", lines(OPEN)))
    capsys.readouterr()
    return installed


def temporary(**changes: Any) -> Wanted:
    """The model policy for June."""
    wanted: dict[str, Any] = {
        "landlord": LARKFIELD,
        "organisation": LARKFIELD,
        "own": pack("tmo-model"),
        "beside": None,
        "effective_from": MON_1_JUN_2026,
        "until": TUE_30_JUN_2026,
        "by": "amal",
        "reason": WHY,
        **changes,
    }
    return Wanted(**wanted)


def in_force(inst: Installation, on: date) -> str:
    """The policy that binds on a day."""
    with inst.owner.transaction(LARKFIELD) as cursor:
        return policy_in_force(cursor, LARKFIELD, LARKFIELD, on).policy


def test_a_dry_run_says_what_stays_and_which_dates_would_differ_and_writes_nothing(
    imported: Installation,
) -> None:
    answer = adopt(imported, temporary(), dry_run=True)
    assert answer["in_force_before"]["policy"] == "hos-code-2024"
    assert answer["in_force_then"]["policy"] == "tmo-model"
    assert answer["in_force_after"]["policy"] == "hos-code-2024"
    assert answer["open_cases_moved"] == 0
    assert answer["open_cases"] == [{"policy": "hos-code-2024", "cases": 1, "received_since": 1}]
    (answered,) = [
        (each["before"], each["then"])
        for each in answer["dates"]
        if (each["duty"], each["beside"]) == ("respond", False)
    ]
    assert answered == (date(2026, 6, 22), date(2026, 6, 15))
    said = "\n".join(told(answer))
    assert "tmo-model (" in said
    assert "Afterwards hos-code-2024" in said
    assert "1 stay under hos-code-2024, 1 of them received since then" in said
    assert in_force(imported, FRI_12_JUN_2026.date()) == "hos-code-2024"
    assert len(imported.recorder.load(LARKFIELD, RULEBOOK)) == 3


def test_a_temporary_policy_is_in_force_for_its_time_and_the_earlier_one_is_again(
    imported: Installation,
) -> None:
    adopt(imported, temporary(), dry_run=False)
    assert in_force(imported, date(2026, 5, 31)) == "hos-code-2024"
    assert in_force(imported, MON_1_JUN_2026) == "tmo-model"
    assert in_force(imported, TUE_30_JUN_2026) == "tmo-model"
    assert in_force(imported, WED_1_JUL_2026) == "hos-code-2024"
    told_last = imported.recorder.load(LARKFIELD, RULEBOOK)[-1]
    assert isinstance(told_last.event, PolicyAdopted)
    assert (told_last.event.policy, told_last.event.until) == ("tmo-model", TUE_30_JUN_2026)
    assert (told_last.event.reason, told_last.actor) == (WHY, "amal")
    assert list(troubles(imported, LARKFIELD)) == []


def test_of_two_temporary_policies_that_overlap_the_one_that_began_later_binds(
    imported: Installation,
) -> None:
    adopt(imported, temporary(), dry_run=False)
    imported_later = temporary(
        own=pack("kctmo-2010"), effective_from=date(2026, 6, 15), until=date(2026, 6, 20)
    )
    adopt(imported, imported_later, dry_run=False)
    days = [date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 20), date(2026, 6, 21)]
    assert [in_force(imported, day) for day in days] == [
        "tmo-model",
        "kctmo-2010",
        "kctmo-2010",
        "tmo-model",
    ]
    assert in_force(imported, WED_1_JUL_2026) == "hos-code-2024"


def test_an_open_case_keeps_the_policy_of_its_day_of_receipt(imported: Installation) -> None:
    before = imported.recorder.load(LARKFIELD, "LH-2026-000001")
    adopt(imported, temporary(), dry_run=False)
    assert imported.recorder.load(LARKFIELD, "LH-2026-000001") == before


def test_what_is_adopted_again_changes_nothing(imported: Installation) -> None:
    adopt(imported, temporary(), dry_run=False)
    told_before = len(imported.recorder.load(LARKFIELD, RULEBOOK))
    answer = adopt(imported, temporary(), dry_run=False)
    assert not answer["changed"]
    assert "in force already" in "\n".join(told(answer))
    assert len(imported.recorder.load(LARKFIELD, RULEBOOK)) == told_before


def test_a_code_beside_is_adopted_with_it_for_the_same_time(imported: Installation) -> None:
    adopt(imported, temporary(beside=pack("lgsco-code")), dry_run=False)
    with imported.owner.transaction(LARKFIELD) as cursor:
        found = [each for each in adoptions(cursor, LARKFIELD) if each.until is not None]
    assert [(each.policy, each.overlay) for each in found] == [
        ("tmo-model", False),
        ("lgsco-code", True),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"organisation": "nobody"}, "--organisation: “nobody” is not one of larkfield-homes"),
        ({"until": date(2026, 5, 1)}, "until: 2026-05-01 lies before the first day"),
        ({"reason": "x" * 301}, "one sentence"),
        ({"effective_from": date(2040, 12, 28), "until": None}, "does not know"),
    ],
)
def test_what_cannot_be_adopted_says_why_and_leaves_nothing(
    imported: Installation, changes: dict[str, Any], said: str
) -> None:
    told_before = len(imported.recorder.load(LARKFIELD, RULEBOOK))
    with pytest.raises(AdoptionRefused, match=said):
        adopt(imported, temporary(**changes), dry_run=False)
    assert len(imported.recorder.load(LARKFIELD, RULEBOOK)) == told_before


@pytest.mark.usefixtures("imported")
def test_from_the_terminal_a_policy_is_adopted_and_answers_in_json(terminal: Terminal) -> None:
    asked = ("--landlord", LARKFIELD, "--organisation", LARKFIELD, "--from", "2026-07-01")
    code, output = terminal("policy", "adopt", "tmo-model", *asked, "--by", "amal", "--dry-run")
    assert code == 0
    assert "would be in force from Wed 1 Jul 2026" in output
    code, output = terminal(
        "policy", "adopt", "tmo-model", *asked, "--by", "amal", "--reason", "Adopted.", "--json"
    )
    assert code == 0
    answer = json.loads(output)
    assert (answer["dry_run"], answer["changed"], answer["from"]) == (False, True, "2026-07-01")
    code, output = terminal("policy", "adopt", "lgsco-code", *asked, "--beside", "--by", "amal")
    assert code == 0
    assert "beside lgsco-code" in output


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nothing", "--from", "2026-07-01"), "“nothing” is no policy pack"),
        (("tmo-model", "--from", "1 July"), "write one such as 2026-06-19"),
        (("tmo-model", "--from", "2026-07-01", "--by", "Amal Smith"), "is no id"),
        (
            ("tmo-model", "--from", "2026-07-01", "--beside", "--overlay", "lgsco-code"),
            "leave one out",
        ),
    ],
)
def test_bad_input_is_refused_with_the_field_and_the_way_out(
    terminal: Terminal, asked: tuple[str, ...], said: str
) -> None:
    where = ("--landlord", LARKFIELD, "--organisation", LARKFIELD)
    code, output = terminal("policy", "adopt", *asked, *where)
    assert code == 2
    assert said in " ".join(output.replace("│", " ").split())

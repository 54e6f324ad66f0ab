"""What `redress import` takes, refuses and leaves alone."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.projections.rebuilding import verify
from services.redress.assembly import PROJECTIONS, WORKFLOW, Installation
from services.redress.commands.case import find_report
from services.redress.commands.importing import import_file
from services.workflow.reconciling import reconcile
from shared.eventstore.feed import head, read_feed
from shared.registry.adoptions import policy_in_force
from shared.registry.landlords import all_landlords, organisations
from tests.commands.histories import (
    DAMP,
    DAMP_DUTIES,
    DAMP_SPANS,
    LIFT,
    fact,
    history,
    lines,
)

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What the command printed as JSON."""
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def feed_heads(installed: Installation) -> dict[str, int]:
    """How many facts each landlord has."""
    with installed.owner.directory() as cursor:
        landlords = [each.landlord for each in all_landlords(cursor)]
    heads = {}
    for landlord in landlords:
        with installed.owner.transaction(landlord) as cursor:
            heads[landlord] = head(cursor, landlord)
    return heads


def test_a_case_is_imported_with_the_figures_counted_by_hand(
    installed: Installation, written: Written
) -> None:
    file = written("cases.jsonl", lines(DAMP))
    assert import_file(installed, file=file) == 0
    report = find_report(installed, "LH-0001", landlord=None).as_json()
    duties = tuple(
        (row["duty"], row["stage"], row["due_on"], row["met_on"], row["late_by_working_days"])
        for row in report["duties"]
    )
    assert duties == DAMP_DUTIES
    assert (
        tuple((row["from"], row["to"], row["working_days"]) for row in report["spans"])
        == DAMP_SPANS
    )
    assert report["source_reference"] == "LH-0001"


def test_a_fact_keeps_when_it_happened_when_it_was_known_and_when_it_was_recorded(
    installed: Installation, written: Written
) -> None:
    import_file(installed, file=written("cases.jsonl", lines(LIFT)))
    report = find_report(installed, "LH-0002", landlord="larkfield-homes").as_json()
    opened = report["history"][0]
    assert opened["happened_on"] == "2026-03-02"
    assert opened["happened_at"].startswith("2026-03-02T23:30:00")
    assert opened["recorded_at"].startswith("2026-11-02T09:30:00")
    assert opened["origin"] == "import"


def test_the_words_of_a_history_stand_in_the_vault_and_not_in_the_log(
    installed: Installation, written: Written
) -> None:
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    with installed.owner.transaction("larkfield-homes") as cursor:
        facts = read_feed(cursor, "larkfield-homes", after=0, limit=1000)
    assert facts
    assert not any("wardrobe" in repr(each) for each in facts)


def test_an_unknown_landlord_is_registered_with_its_organisation_policy_and_calendar(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)), as_json=True) == 0
    assert answer(capsys)["registered"] == [
        {
            "landlord": "larkfield-homes",
            "name": "Larkfield Homes",
            "kind": "housing association",
            "organisation": "larkfield-homes",
            "policy": "hos-code-2024",
        }
    ]
    with installed.owner.transaction("larkfield-homes") as cursor:
        (organisation,) = organisations(cursor, "larkfield-homes")
        (landlord,) = all_landlords(cursor)
        policy = policy_in_force(cursor, "larkfield-homes", "larkfield-homes", date(2000, 1, 4))
    assert organisation.kind == "housing association"
    assert landlord.reference_prefix == "LH"
    assert policy.policy == "hos-code-2024"


def test_a_dry_run_says_the_same_and_writes_nothing(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(
        "cases.jsonl", lines(DAMP, LIFT, history("LH-0003", fact("phoned", "2026-03-02")))
    )
    assert import_file(installed, file=file, dry_run=True, as_json=True) == 1
    checked = answer(capsys)
    assert (checked["read"], checked["acceptable"], checked["imported"]) == (3, 2, 0)
    assert [each["landlord"] for each in checked["registered"]] == ["larkfield-homes"]
    assert [each["line"] for each in checked["refused"]] == [3]
    assert feed_heads(installed) == {}


def test_read_models_and_timers_after_an_import_are_those_of_the_log(
    installed: Installation, written: Written
) -> None:
    still_open = history("LH-0003", fact("received", "2026-10-29"))
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT, still_open)))
    assert verify(installed.database(PROJECTIONS), "larkfield-homes") == []
    assert (
        reconcile(installed.database(WORKFLOW), "larkfield-homes", now=installed.clock.now()) == []
    )


def test_a_second_run_changes_nothing(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written("cases.jsonl", lines(DAMP, LIFT))
    import_file(installed, file=file)
    before = feed_heads(installed)
    capsys.readouterr()
    assert import_file(installed, file=file, as_json=True) == 0
    again = answer(capsys)
    assert (again["imported"], again["already_there"], again["registered"]) == (0, 2, [])
    assert feed_heads(installed) == before


def test_the_same_reference_with_other_facts_later_is_refused_and_the_log_stands(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    import_file(installed, file=written("cases.jsonl", lines(LIFT)))
    before = feed_heads(installed)
    changed = {**LIFT, "facts": LIFT["facts"][:1]}
    capsys.readouterr()
    assert import_file(installed, file=written("again.jsonl", lines(changed)), as_json=True) == 1
    (refused,) = answer(capsys)["refused"]
    assert "never rewritten" in refused["reason"]
    assert feed_heads(installed) == before


ONE = "LH-9"
DAY = "2026-03-02"


def one(*facts: dict[str, Any]) -> str:
    """A history of these facts, as a line."""
    return json.dumps(history(ONE, *facts))


def other(**changed: Any) -> str:
    """A good history with something changed, as a line."""
    return json.dumps({**LIFT, "reference": ONE, **changed})


BAD_LINES: dict[str, tuple[str, str | None, str]] = {
    "no JSON": ("{oops", None, "not JSON"),
    "a list": ("[1]", None, "must be a JSON object"),
    "no reference": (other(reference=""), "", "reference: is empty"),
    "an unknown field": (other(colour="red"), ONE, "colour: is not a field"),
    "another kind of landlord": (other(landlord_kind="bank"), ONE, "landlord_kind: is not one of"),
    "an unknown policy": (other(policy="house-rules"), ONE, "shipped are"),
    "a policy that is a path": (other(policy="/etc/pack.toml"), ONE, "is no policy pack"),
    "no policy": (other(policy=None), ONE, "policy: is missing"),
    "no facts": (one(), ONE, "facts: is empty"),
    "an unknown fact": (one(fact("phoned", DAY)), ONE, "fact 1, what: is not one of"),
    "a date that is none": (one(fact("received", "2026-02-30")), ONE, "fact 1, on: must be a date"),
    "an instant without zone": (
        one({"what": "received", "at": f"{DAY}T09:30:00"}),
        ONE,
        "no time zone",
    ),
    "neither day nor instant": (one({"what": "received"}), ONE, "exactly one of the two"),
    "both": (one(fact("received", DAY, at=f"{DAY}T09:30:00Z")), ONE, "exactly one of the two"),
    "the wrong order": (
        one(fact("received", DAY), fact("response", "2026-03-01")),
        ONE,
        "put the facts in order of time",
    ),
    "received twice": (one(fact("received", DAY), fact("received", DAY)), ONE, "is received once"),
    "the future": (one(fact("received", "2026-11-03")), ONE, "lies in the future"),
    "known before it happened": (
        one(fact("received", DAY, known_at="2026-03-01")),
        ONE,
        "before the fact itself",
    ),
    "before any calendar": (one(fact("received", "1998-03-02")), ONE, "covers 2000-01-01"),
    "a stage as text": (
        one(fact("response", DAY, stage="1")),
        ONE,
        "fact 1, stage: must be a whole",
    ),
    "an unknown outcome": (
        one(fact("response", DAY, outcome="maybe")),
        ONE,
        "fact 1, outcome: is not one of",
    ),
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_with_its_reason_and_the_rest_goes_in(
    installed: Installation,
    written: Written,
    capsys: pytest.CaptureFixture[str],
    bad: tuple[str, str | None, str],
) -> None:
    line, reference, reason = bad
    file = written("cases.jsonl", lines(DAMP) + line + "\n" + lines(LIFT))
    assert import_file(installed, file=file, as_json=True) == 1
    summary = answer(capsys)
    (refused,) = summary["refused"]
    assert (refused["line"], refused["reference"]) == (2, reference)
    assert reason in refused["reason"]
    assert summary["imported"] == 2


def test_a_reference_that_stands_twice_with_other_facts_is_refused_the_second_time(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**DAMP, "facts": DAMP["facts"][:1]}
    assert import_file(installed, file=written("c.jsonl", lines(DAMP, other)), as_json=True) == 1
    (refused,) = answer(capsys)["refused"]
    assert refused["line"] == 2
    assert "line 1 already" in refused["reason"]


def test_too_many_facts_and_too_long_a_line_are_refused(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    many = history("LH-8", *[fact("note", "2026-03-02")] * 1001)
    long = history("LH-9", fact("received", "2026-03-02", text="x" * 1_100_000))
    assert (
        import_file(installed, file=written("c.jsonl", lines(many, long, DAMP)), as_json=True) == 1
    )
    summary = answer(capsys)
    assert [each["line"] for each in summary["refused"]] == [1, 2]
    assert "1000" in summary["refused"][0]["reason"]
    assert "1,048,576 bytes" in summary["refused"][1]["reason"]
    assert summary["imported"] == 1


def test_source_and_expected_are_not_part_of_the_case(
    installed: Installation, written: Written
) -> None:
    more = {**LIFT, "source": "https://example.org/decision", "expected": {"duties": []}}
    assert import_file(installed, file=written("cases.jsonl", lines(more))) == 0


def as_csv(*histories: dict[str, Any]) -> str:
    """The same histories, one fact a row."""
    columns = (
        "reference", "landlord", "landlord_kind", "organisation", "policy", "route", "what", "on", "at",
        "known_at", "stage", "text", "channel", "outcome", "to", "agreed", "reason",
    )  # fmt: skip
    out = io.StringIO()
    table = csv.DictWriter(out, columns)
    table.writeheader()
    for each in histories:
        for one in each["facts"]:
            table.writerow({**{name: each.get(name, "") for name in columns[:6]}, **one})
    return out.getvalue()


def test_csv_brings_the_same_cases_as_json_lines(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    import_file(installed, file=written("cases.jsonl", lines(DAMP, LIFT)))
    capsys.readouterr()
    assert import_file(installed, file=written("cases.csv", as_csv(DAMP, LIFT)), as_json=True) == 0
    assert answer(capsys)["already_there"] == 2


def test_a_bad_row_of_csv_is_named_by_its_own_line(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    text = as_csv(DAMP, LIFT).replace("2026-03-18", "18 March")
    assert import_file(installed, file=written("cases.csv", text), as_json=True) == 1
    (refused,) = answer(capsys)["refused"]
    # the header, six rows of the first case, then the third of the second
    assert (refused["line"], refused["reference"]) == (10, "LH-0002")
    assert "fact 3, on: must be a date" in refused["reason"]


def test_rows_of_one_case_stand_together(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rest = as_csv(DAMP, LIFT).splitlines(keepends=True)
    text = "".join([first, *rest[1:], rest[0]])
    assert import_file(installed, file=written("cases.csv", text), as_json=True) == 1
    assert "put the rows of one case together" in answer(capsys)["refused"][-1]["reason"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("reference,landlord\nA,B\n", "column “landlord_kind” is missing"),
        ("reference,colour\nA,red\n", "column “colour” is not one of the format"),
        ('reference,landlord,landlord_kind,what\nA,"B\n', "is not CSV"),
    ],
)
def test_a_file_that_is_none_cannot_be_read_and_nothing_is_imported(
    installed: Installation,
    written: Written,
    capsys: pytest.CaptureFixture[str],
    text: str,
    reason: str,
) -> None:
    assert import_file(installed, file=written("cases.csv", text)) == 2
    assert reason in capsys.readouterr().err
    assert feed_heads(installed) == {}


def test_a_missing_file_is_exit_code_two(
    installed: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_file(installed, file=tmp_path / "nowhere.jsonl") == 2
    assert "check its name" in capsys.readouterr().err


def test_every_case_can_be_put_under_one_landlord(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    import_file(installed, file=written("first.jsonl", lines(DAMP)))
    other = {**LIFT, "landlord": "Larkfield Homes (old system)"}
    file = written("second.jsonl", lines(other))
    assert import_file(installed, file=file, landlord="larkfield-homes") == 0
    assert list(feed_heads(installed)) == ["larkfield-homes"]
    assert import_file(installed, file=file, landlord="nobody") == 2
    assert "registered are: larkfield-homes" in capsys.readouterr().err


def test_another_policy_can_be_asked_for(installed: Installation, written: Written) -> None:
    assert import_file(installed, file=written("c.jsonl", lines(LIFT)), policy="kctmo-2010") == 0
    report = find_report(installed, "LH-0002", landlord=None).as_json()
    assert report["policy"] == "kctmo-2010"


def test_two_policies_for_one_organisation_are_not_guessed_between(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**LIFT, "policy": "kctmo-2010"}
    assert import_file(installed, file=written("c.jsonl", lines(DAMP, other)), as_json=True) == 1
    (refused,) = answer(capsys)["refused"]
    assert "ran under hos-code-2024" in refused["reason"]


@pytest.mark.skipif("REDRESS_HISTORIES" not in os.environ, reason="REDRESS_HISTORIES names no file")
def test_all_figures_of_the_file_named_by_redress_histories_are_reproduced(
    installed: Installation,
) -> None:
    file = Path(os.environ["REDRESS_HISTORIES"])
    assert import_file(installed, file=file) == 0
    for line in file.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        report = find_report(installed, told["reference"], landlord=None).as_json()
        keys = ("duty", "stage", "due_on", "met_on", "late_by_working_days")
        rows = [{key: row[key] for key in keys} for row in report["duties"]]
        for duty in told["expected"]["duties"]:
            assert duty in rows, told["reference"]
        assert [span for span in told["expected"]["spans"] if span not in report["spans"]] == []

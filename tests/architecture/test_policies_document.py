"""docs/policies.md names for every rule the test that covers it, and names no test that is not there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.architecture.sources import ROOT

DOCUMENT = ROOT / "docs" / "policies.md"
ROW = re.compile(
    r"^\| (?P<rule>[GKT]?[0-9][0-9.]*b?) \| (?P<where>[^|]+) \| (?P<says>[^|]+) \| (?P<by>.+) \|$",
    re.MULTILINE,
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(?:Test\w+::)?(test_\w+)`")
NUMBERED = {
    *(f"G{number}" for number in range(1, 18)),
    *(f"K{number}" for number in range(1, 50)),
    *(f"T{number}" for number in range(44)),
    "T5b",
    "T8b",
}
TIMED_PROVISIONS = {"2.3", "6.2", "6.3", "6.4", "6.5", "6.11", "6.14", "6.15", "6.16", "7.3", "8.1"}


def _rows() -> list[re.Match[str]]:
    return list(ROW.finditer(DOCUMENT.read_text("utf-8")))


@cache
def _tests_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.exists():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_numbered_rule_and_every_timed_provision_has_one_row() -> None:
    rules = [row["rule"] for row in _rows()]
    assert len(rules) == len(set(rules))
    assert set(rules) >= NUMBERED | TIMED_PROVISIONS


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(DOCUMENT.read_text("utf-8"))
    gone = sorted({f"{file}::{test}" for file, test in named if test not in _tests_in(file)})
    assert named
    assert not gone, "docs/policies.md names tests that are not there:\n" + "\n".join(gone)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["rule"])
def test_a_row_says_what_covers_the_rule_or_why_nothing_does(row: re.Match[str]) -> None:
    reason = re.fullmatch(r"(no software meaning|not yet): \S.{4,}", row["by"])
    assert TEST.search(row["by"]) or reason, row["by"]
    assert row["where"].strip()

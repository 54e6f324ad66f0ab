"""docs/promises.md names for every promise the tests and benchmarks that show it, and names none that is not there."""

from __future__ import annotations

import re

import pytest

from benchmarks.__main__ import GROUPS
from tests.architecture.sources import ROOT

DOCUMENT = ROOT / "docs" / "promises.md"
ROW = re.compile(r"^\| P(?P<number>\d+) \| (?P<cells>.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|benchmarks)/[\w/]+\.py)`")
ASKED_FOR = re.compile(r"make bench ARGS=(?:\"(?P<several>[^\"]+)\"|(?P<one>[\w-]+))")
PROMISED = {*range(1, 16)}


def _rows() -> list[tuple[int, list[str]]]:
    found = ROW.finditer(DOCUMENT.read_text("utf-8"))
    return [(int(row["number"]), re.split(r" *\| *", row["cells"])) for row in found]


def test_every_promise_has_one_row() -> None:
    assert [number for number, _ in _rows()] == sorted(PROMISED)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"P{row[0]}")
def test_a_promise_names_a_test_and_says_where_it_stands(row: tuple[int, list[str]]) -> None:
    _, (promise, tests, benchmark, stands) = row
    assert promise
    assert stands
    assert [name for name in NAMED.findall(tests) if name.startswith("tests/")]
    assert not benchmark or all(one.startswith("benchmarks/") for one in NAMED.findall(benchmark))


def test_every_file_that_is_named_is_there_and_tests_or_measures_something() -> None:
    named = NAMED.findall(DOCUMENT.read_text("utf-8"))
    gone = [name for name in named if not (ROOT / name).is_file()]
    assert not gone
    idle = [
        name
        for name in named
        if not re.search(
            r"^ *(async )?def (test_|measure\b)", (ROOT / name).read_text("utf-8"), re.MULTILINE
        )
    ]
    assert not idle


def test_every_benchmark_that_is_asked_for_exists() -> None:
    asked = ASKED_FOR.finditer(DOCUMENT.read_text("utf-8"))
    names = {name for each in asked for name in (each["several"] or each["one"]).split()}
    assert names
    assert names <= GROUPS.keys()

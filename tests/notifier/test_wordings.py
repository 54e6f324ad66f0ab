"""A landlord's own wording: only what is known may stand in it, what must be said cannot be lost, nothing gets out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.letter_facts import LetterKind
from services.notifier.letter_words import values
from services.notifier.wording_kinds import KINDS, MEANINGS
from services.notifier.wording_sample import NOBODY_REAL, sample
from services.notifier.wordings import (
    LONGEST_WORDING,
    Wording,
    built_in,
    faults,
    normalised,
    rendered,
)

KIND = KINDS[LetterKind.UPDATE]
GOOD = "How it stands ({{ reference }})\nHello.\n\n{{ words }}\n\n{{ ombudsman }}\n"
VALUES = values(
    sample(LetterKind.UPDATE, landlord_name="L", organisation_name="O"),
    to=NOBODY_REAL,
    address="https://example.org",
)


def said(text: str) -> str:
    return " ".join(f"{fault.line}: {fault.message}" for fault in faults(KIND, text))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind.value)
def test_every_built_in_wording_could_be_a_landlords_own(kind: object) -> None:
    for found in KINDS.values():
        assert faults(found, built_in(found.kind).text) == ()
        assert set(found.names) <= set(MEANINGS)
    assert kind in KINDS.values()


def test_a_wording_is_read_with_its_subject_and_values() -> None:
    assert faults(KIND, GOOD) == ()
    subject, body = rendered(Wording(GOOD), VALUES)
    assert subject == "How it stands (EX-2026-000001)"
    assert "This is where the words of the officer stand." in body


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ name.__class__ }}",
        "{{ name['__class__'] }}",
        "{{ name.format(name) }}",
        "{{ name|attr('__class__') }}",
        "{{ self }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ range(10 ** 9)|list }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ 2 ** 99999999 }}",
        "{% for a in name %}{{ a }}{% endfor %}",
        "{% set x = name %}",
        "{% include 'frame.txt' %}",
        "{% import 'x' as y %}",
        "{% extends 'frame.txt' %}",
        "{% macro a() %}{% endmacro %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}a{% endfilter %}",
        "{% call name() %}{% endcall %}",
        "{{ name if stage else words }}",
        "{{ name ~ words }}",
        "{{ [name] }}",
        "{{ {'a': name} }}",
        "{{ name[0:2] }}",
        "{% if name is defined %}{% endif %}",
        "{% if name in words %}{% endif %}",
        "{% if name > 3 %}{% endif %}",
        "{% if stage == 'one' %}{% endif %}",
        "{% if 1 < stage < 3 %}{% endif %}",
        "{{ decisions }}",
        "{{ nonsense }}",
        "{{ }}",
        "{% if words %}",
        "{% raw %}{{ x }}",
    ],
)
def test_what_is_not_known_is_refused_with_its_line_and_what_is_allowed(escape: str) -> None:
    found = faults(KIND, GOOD + escape)
    assert found
    assert any(fault.line is not None and fault.line >= 6 for fault in found), found
    assert any(
        word in fault.message
        for fault in found
        for word in ("Only {{ name }}", "Known are", "by ==")
    )


@pytest.mark.parametrize(
    "lost",
    [
        "S\n{{ words }}\n",
        "S\n{{ words }}{# {{ ombudsman }} #}\n",
        "S\n{{ words }}{% if stage == 9 %}{{ ombudsman }}{% endif %}\n",
        "S\n{{ words }}{% if words %}{{ ombudsman }}{% endif %}\n",
        "S\n{{ words }}{% if not ombudsman %}{{ ombudsman }}{% endif %}\n",
        "S\n{{ words }}{% if ombudsman %}{% if stage == 9 %}{{ ombudsman }}{% endif %}{% endif %}\n",
        "S\n{{ words }}{% if stage == 1 %}x{% else %}{{ ombudsman }}{% endif %}\n",
        "S\n{{ words }}{{ ombudsman and name }}\n",
    ],
)
def test_what_must_be_said_cannot_be_lost_and_the_clause_is_named(lost: str) -> None:
    assert "may go outside the landlord (Code 3.7)" in said(lost)


def test_a_part_may_stand_under_the_condition_that_there_is_something_to_say() -> None:
    assert said("S\n{{ words }}{% if ombudsman %}Go to: {{ ombudsman }}{% endif %}\n") == ""


def test_each_kind_names_every_part_that_it_lost() -> None:
    for kind in KINDS.values():
        told = " ".join(fault.message for fault in faults(kind, "A subject\nNothing more.\n"))
        assert all(part.clause in told and part.what in told for part in kind.parts), kind.title


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The first line is the subject"),
        ("\n\nText", "The first line is the subject"),
        ("x" * 201 + "\ntext", "at most 200"),
        ("{% if words %}S{% endif %}\n", "holds no {%"),
        (GOOD + "x" * LONGEST_WORDING, "at most 10000"),
        (GOOD + "\x07", "cannot be printed"),
        (GOOD + "{{ words }}" * 9, "stands there"),
        (GOOD + "{% if words %}" * 1500, ""),
        (GOOD + "{{ words }}\n" * 700, "too many parts"),
        (GOOD + "{% if words %}" * 350 + "{% endif %}" * 350, ""),
        (GOOD + "{{ " + "(" * 4000 + "words" + ")" * 4000 + " }}", "nested too deeply"),
    ],
)
def test_a_wording_has_limits(text: str, told: str) -> None:
    assert told in said(text)
    assert faults(KIND, text)


def test_what_was_pasted_gets_plain_spaces_and_line_ends() -> None:
    assert normalised("A\u00a0b\r\nc\td  \r\n") == "A b\nc d\n"


@given(st.text(alphabet="{}%#-~|'\"()[]. \nabestgwordifnm_=<>!1", max_size=80))
def test_whatever_is_typed_is_refused_or_can_be_written(typed: str) -> None:
    text = GOOD + typed
    if not faults(KIND, text):
        for words in ("", "Some words."):
            subject, _ = rendered(Wording(text), VALUES | {"words": words})
            assert subject


def test_a_sample_has_something_to_say_under_every_value() -> None:
    for kind in KINDS.values():
        letter = sample(kind.kind, landlord_name="L", organisation_name="O")
        found = values(letter, to=NOBODY_REAL, address="https://example.org")
        empty = {name for name in kind.names if found[name] == ""}
        assert not empty, kind.title
    assert replace(KIND, extra=()).names

"""An officer has Redress send what is told as a letter: the bodies that take it, and what they ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.workflow.action_fields import ACTIONS, body_of
from services.workflow.bodies import BODIES
from services.workflow.body import Given, LetterBody, WrittenBody
from shared.complaints.values import Moment, WordsReference

TOLD: dict[str, dict[str, Any]] = {
    "holding-responses": {},
    "extensions": {"by_working_days": 5},
    "responses": {"issues": [{"number": 1, "outcome": "upheld"}]},
    "refusal": {"exclusion": "too_old"},
    "closure": {"because": "resolved"},
    "withdrawal": {},
    "updates": {"channel": "email"},
    "promises-told": {"number": 1, "channel": "email"},
    "shared": {"number": 1, "scope": "response"},
}
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GIVEN = Given(Moment(NOW.date(), NOW), "ada", "manager", WordsReference("w", "c"))


def test_these_bodies_can_be_sent_as_a_letter_and_their_forms_ask_for_it() -> None:
    able = {name for name, body in BODIES.items() if issubclass(body, LetterBody)}
    assert able == set(TOLD)
    asking = {
        name
        for name, action in ACTIONS.items()
        if any(field.name == "send_letter" for field in action.fields)
    }
    assert asking == set(TOLD)


@pytest.mark.parametrize("name", sorted(TOLD))
def test_nothing_is_sent_unless_it_is_said(name: str) -> None:
    body = BODIES[name].model_validate(TOLD[name] | {"words": "Why."}, strict=False)
    command: Any = body.command(GIVEN)
    assert command.send_letter is False
    sent = BODIES[name].model_validate(
        TOLD[name] | {"words": "Why.", "send_letter": True}, strict=False
    )
    told: Any = sent.command(GIVEN)
    assert told.send_letter is True


@pytest.mark.parametrize(
    "name", sorted(name for name, body in BODIES.items() if issubclass(body, WrittenBody))
)
def test_a_letter_without_words_is_none(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BODIES[name].model_validate(TOLD[name] | {"send_letter": True}, strict=False)
    (error,) = refused.value.errors()
    assert error["loc"] == ("send_letter",)
    assert "give the words of the letter" in error["msg"]


def test_a_letter_from_redress_always_gives_the_ombudsmans_details() -> None:
    for name, told in (("extensions", "ombudsman_details_given"), ("refusal", "ombudsman_told")):
        body = BODIES[name].model_validate(
            TOLD[name] | {"words": "Why.", "send_letter": True}, strict=False
        )
        assert getattr(body.command(GIVEN), told) is True
        own = BODIES[name].model_validate(TOLD[name] | {"words": "Why."}, strict=False)
        assert getattr(own.command(GIVEN), told) is False


def test_the_tick_of_a_form_becomes_the_field() -> None:
    action = ACTIONS["holding-responses"]
    typed = {"words": ["Why."], "send_letter": ["yes"]}
    assert body_of(action, typed, [])["send_letter"] is True
    assert body_of(action, {"words": ["Why."]}, [])["send_letter"] is False

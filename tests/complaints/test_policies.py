"""Policies: packs are read strictly, faults are named, and no code knows a policy by name."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shared.complaints.values import Outcome, Route
from shared.policies.policy import RESPOND, Fact
from shared.policy_packs.loader import (
    PolicyPackInvalid,
    PolicyUnknown,
    load_policy,
    policy_pack_schema,
    shipped_pack,
    shipped_policies,
)
from tests.support.complaint_spec import CODE, KCTMO, policy_named

ROOT = Path(__file__).parents[2]


def faults_after(change: tuple[str, str], *, pack: str = KCTMO) -> str:
    """Return what is said about a pack in which one text was replaced."""
    document = shipped_pack(pack)
    assert change[0] in document
    with pytest.raises(PolicyPackInvalid) as refusal:
        load_policy(document.replace(*change, 1), source="changed.toml")
    assert all(line.startswith("changed.toml: ") for line in str(refusal.value).splitlines())
    return str(refusal.value)


def test_the_shipped_policies_are_named_by_their_files() -> None:
    assert {KCTMO, CODE} <= set(shipped_policies())
    assert all(policy_named(name).policy == name for name in shipped_policies())


def test_a_policy_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(PolicyUnknown, match=r"no policy kctmo-1910; there are .*kctmo-2010"):
        shipped_pack("kctmo-1910")


def test_kctmo_is_complete() -> None:
    policy = policy_named(KCTMO)
    assert [stage.number for stage in policy.stages] == [1, 2, 3]
    assert [len(stage.considered_by) for stage in policy.stages] == [1, 1, 3]
    assert policy.outcomes.allowed == (Outcome.UPHELD, Outcome.NOT_UPHELD)
    assert policy.approval is not None
    assert policy.stages[2].departure is not None
    assert policy.extension(route=Route.COMPLAINT, stage=3) is not None


def test_the_code_has_two_stages_and_neither_window_nor_approval() -> None:
    policy = policy_named(CODE)
    assert [stage.number for stage in policy.stages] == [1, 2]
    assert policy.approval is None
    assert "escalation_window" not in {duty.duty for duty in policy.duties}
    assert Outcome.PARTLY_UPHELD in policy.outcomes.allowed


def test_every_reminder_says_that_it_is_the_products_own() -> None:
    for name in shipped_policies():
        for duty in policy_named(name).duties:
            if duty.notice is not None:
                assert duty.notice.clause.startswith("Product default")


def test_the_hash_covers_the_content_and_not_its_layout() -> None:
    document = shipped_pack(CODE)
    original = load_policy(document, source="x").policy_hash
    commented = load_policy(f"# a remark\n\n{document}", source="x").policy_hash
    changed = load_policy(document.replace("working_days = 20", "working_days = 21", 1), source="x")
    assert commented == original
    assert changed.policy_hash != original
    assert len(original) == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('title = "K', 'colour = "K'), "colour: no such field; docs/policy-pack.schema.json"),
        (('title = "K', 'colour = "K'), "title: Field required"),
        (("{ working_days = 2 }", "{ fortnights = 1 }"), "duties.1.span.fortnights: no such field"),
        (("{ working_days = 2 }", "{ working_days = 2, elapsed_hours = 48 }"), "exactly one of"),
        (("{ working_days = 2 }", "{ working_days = 0 }"), "greater than or equal to 1"),
        (('firmness = "must"', 'firmness = "maybe"'), "'must', 'should', 'normally' or 'aims_to'"),
        (('met_by = ["acknowledged"]', 'met_by = ["smiled"]'), "'acknowledged'"),
        (('by = "complaints_team"', 'by = "plumber"'), "approval.by"),
        (("stages = [2, 3]", "stages = [2, 4]"), "only stages of the policy: [1, 2, 3]"),
        (('trigger = "received"', 'trigger = "full moon"'), "duties.1.trigger"),
        (('trigger = "before respond"', 'trigger = "before lunch"'), "counts from lunch"),
        (('trigger = "received"', 'trigger = "received"\nof = "original"'), "belongs to a trigger"),
        (('duty = "contact"', 'duty = "acknowledge"'), "each duty once"),
        (('duty = "respond"', 'duty = "reply"'), "a stage needs the duty respond"),
        (("number = 2", "number = 5"), "without a gap"),
        (('exclusion = "anonymous"', 'exclusion = "criminal_activity"'), "each code once"),
        (('version = "2010-05"', "version = 2010"), "version"),
        (("[escalation]", "[escalation"), "not TOML: "),
    ],
)
def test_a_fault_is_named_with_its_field_and_what_is_allowed(
    change: tuple[str, str], said: str
) -> None:
    assert said in faults_after(change)


def test_a_syntax_fault_is_named_with_its_line() -> None:
    assert "at line 4" in faults_after(('policy = "kctmo-2010"', "policy = kctmo"))


def test_a_duty_is_not_counted_from_itself() -> None:
    document = shipped_pack(KCTMO).replace(
        'trigger = "received"\nspan = { working_days = 10 }',
        'trigger = "before draft"\nspan = { working_days = 1 }',
        1,
    )
    with pytest.raises(PolicyPackInvalid, match="counted from itself"):
        load_policy(document, source="x")


def test_a_count_before_another_duty_is_in_days_and_otherwise_needs_a_fact() -> None:
    hours = ('of = "original"\nspan = { working_days = 3 }', "span = { elapsed_hours = 3 }")
    assert "a count before another duty is in days" in faults_after(hours)
    change = ('trigger = "acknowledged"', 'trigger = "after acknowledge"')
    assert "`otherwise` belongs to a trigger that is a fact" in faults_after(change, pack=CODE)


def test_an_extension_belongs_to_a_stage_of_the_policy() -> None:
    change = ("[[extensions]]\nstages = [2]", "[[extensions]]\nstages = [3]")
    assert "extensions.2.stages" in faults_after(change, pack=CODE)


def test_the_published_schema_is_current_and_accepts_the_shipped_packs() -> None:
    published = json.loads((ROOT / "docs" / "policy-pack.schema.json").read_text("utf-8"))
    assert published == policy_pack_schema(), "run python -m shared.policy_packs"
    validator = Draft202012Validator(published)
    for name in shipped_policies():
        assert list(validator.iter_errors(tomllib.loads(shipped_pack(name)))) == []


def test_no_code_knows_a_policy_by_name() -> None:
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            if "redress" in path.parts[-3:]:  # the demonstration adopts shipped packs by name
                continue
            text = path.read_text("utf-8")
            assert not any(name in text for name in shipped_policies()), path


def test_every_stage_of_a_complaint_owes_a_response() -> None:
    for name in shipped_policies():
        policy = policy_named(name)
        for stage in policy.stages:
            duty = policy.duty(RESPOND, route=Route.COMPLAINT, stage=stage.number)
            assert duty is not None
            assert Fact.RESPONSE in duty.met_by

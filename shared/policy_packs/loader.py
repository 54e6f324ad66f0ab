"""Reads policy packs: those that are shipped, and any other document, into a frozen `Policy` or a
refusal.

The hash of a pack covers its content and not its layout, so a comment or a blank line never makes a
new version.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from shared.complaints.values import Route
from shared.policies.policy import RESPOND, Policy
from shared.policy_packs.form import DutyForm, PolicyPack
from shared.policy_packs.places import line_at, lines_of

SUFFIX = ".toml"
UNKNOWN_FIELD = "no such field; docs/policy-pack.schema.json names those there are"


class PolicyUnknown(KeyError):
    """No policy of that name is shipped."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.policy = policy

    def __str__(self) -> str:
        return f"There is no policy {self.policy}; there are {', '.join(shipped_policies())}."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a pack: the field, what is allowed there, and the line where it is known."""

    field: str
    said: str
    line: int | None = None

    def __str__(self) -> str:
        where = "" if self.line is None else f"line {self.line}: "
        return f"{where}{self.field}: {self.said}"


class PolicyPackInvalid(ValueError):
    """A pack does not have the form a policy pack must have; every fault is named."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.source = source
        self.faults = faults


@lru_cache(maxsize=1)
def shipped_policies() -> tuple[str, ...]:
    """Name the policies that are shipped."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in files if _is_pack(file.name)))


def shipped_pack(policy: str) -> str:
    """Return the document of a shipped policy."""
    if policy not in shipped_policies():
        raise PolicyUnknown(policy)
    return resources.files(__package__).joinpath(policy + SUFFIX).read_text(encoding="utf-8")


def load_policy(document: str, *, source: str) -> Policy:
    """Return the policy that a document describes; `source` is the name of its file."""
    try:
        content = tomllib.loads(document)
    except tomllib.TOMLDecodeError as trouble:
        raise PolicyPackInvalid(source, (_syntax_fault(trouble),)) from trouble
    try:
        pack = PolicyPack.model_validate(content)
    except ValidationError as trouble:
        raise PolicyPackInvalid(source, tuple(_faults_of(trouble, document))) from trouble
    faults = tuple(_located(document, *fault) for fault in _contradictions(pack))
    if faults:
        raise PolicyPackInvalid(source, faults)
    return pack.frozen_policy(_hash(content))


def policy_pack_schema() -> dict[str, Any]:
    """Return the JSON Schema of a policy pack, as published in docs/policy-pack.schema.json."""
    schema = PolicyPack.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def _is_pack(file_name: str) -> bool:
    return file_name.endswith(SUFFIX)


def _hash(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _syntax_fault(trouble: tomllib.TOMLDecodeError) -> Fault:
    line = re.search(r"at line (\d+)", str(trouble))
    return Fault("not TOML", str(trouble), int(line[1]) if line else None)


def _faults_of(trouble: ValidationError, document: str) -> Iterator[Fault]:
    lines = lines_of(document)
    for error in trouble.errors(include_url=False, include_input=False):
        # Lists are counted from 1, as a person counts the tables of the file.
        steps = (str(step + 1) if isinstance(step, int) else step for step in error["loc"])
        said = UNKNOWN_FIELD if error["type"] == "extra_forbidden" else error["msg"]
        yield Fault(".".join(steps) or "the pack", said, line_at(error["loc"], lines))


def _located(document: str, field: str, said: str) -> Fault:
    steps = field.split(".")
    place = tuple(int(step) - 1 if step.isdecimal() else step for step in steps)
    return Fault(field, said, line_at(place, lines_of(document)))


def _contradictions(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    numbers = [stage.number for stage in pack.stages]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "stages", f"numbered 1, 2, 3 without a gap, not {numbers}"
    for place, rule in enumerate(pack.extensions, start=1):
        if not set(rule.stages) <= set(numbers):
            yield f"extensions.{place}.stages", f"only stages of the policy: {numbers}"
    if pack.approval is not None and not set(pack.approval.stages) <= set(numbers):
        yield "approval.stages", f"only stages of the policy: {numbers}"
    yield from _named_once(pack)
    yield from _unknown_ground(pack)
    for route in Route:
        for stage in numbers:
            yield from _contradictions_at(pack, route, stage)
    for place, duty in enumerate(pack.duties, start=1):
        if not set(duty.stages) <= set(numbers):
            yield f"duties.{place}.stages", f"only stages of the policy: {numbers}"


def _unknown_ground(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    codes = [rule.exclusion for rule in pack.exclusions]
    if pack.time_bar is not None and pack.time_bar.exclusion not in {None, *codes}:
        yield "time_bar.exclusion", f"one of the exclusions of the policy: {codes}"


def _named_once(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    named: dict[str, list[str]] = {
        "exclusions": [rule.exclusion for rule in pack.exclusions],
        "letters": [rule.letter for rule in pack.letters],
        "provisions": [rule.provision for rule in pack.provisions],
        "bodies": [rule.body for rule in pack.bodies],
        "bodies, categories": [each for rule in pack.bodies for each in rule.categories],
        "compensation.authorities": [
            each.role for each in (pack.compensation.authorities if pack.compensation else ())
        ],
    }
    for field, names in named.items():
        if len(names) != len(set(names)):
            yield field, f"each code once, not {names}"


def _contradictions_at(pack: PolicyPack, route: Route, stage: int) -> Iterator[tuple[str, str]]:
    duties = [duty for duty in pack.duties if route in duty.routes and stage in duty.stages]
    names = [duty.duty for duty in duties]
    where = f"duties of {route.value} at stage {stage}"
    if len(names) != len(set(names)):
        yield where, f"each duty once, not {names}"
        return
    if route is Route.COMPLAINT and RESPOND not in names:
        yield where, f"a stage needs the duty {RESPOND}"
    anchors = {duty.duty: anchor for duty in duties for anchor in _anchors(duty)}
    for duty, anchor in anchors.items():
        if anchor not in names:
            yield where, f"{duty} counts from {anchor}; allowed are {names}"
        elif _returns(duty, anchors):
            yield where, f"{duty} is counted from itself"


def _anchors(duty: DutyForm) -> Iterator[str]:
    trigger = duty.otherwise.trigger if duty.otherwise else duty.trigger
    if " " in trigger:
        yield trigger.split(" ")[1]


def _returns(duty: str, anchors: dict[str, str]) -> bool:
    seen, place = set[str](), duty
    while place in anchors and place not in seen:
        seen.add(place)
        place = anchors[place]
    return place in seen

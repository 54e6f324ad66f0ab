"""Reads policy packs: those that are shipped, and any other document, into a frozen `Policy` or a
refusal.

The hash of a pack covers its content and not its layout, so a comment or a blank line never makes a
new version.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from shared.complaints.values import Route
from shared.policies.policy import RESPOND, Policy
from shared.policy_packs.form import DutyForm, PolicyPack

SUFFIX = ".toml"
UNKNOWN_FIELD = "no such field; docs/policy-pack.schema.json names those there are"


class PolicyUnknown(KeyError):
    """No policy of that name is shipped."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.policy = policy

    def __str__(self) -> str:
        return f"There is no policy {self.policy}; there are {', '.join(shipped_policies())}."


class PolicyPackInvalid(ValueError):
    """A pack does not have the form a policy pack must have; every fault is named."""

    def __init__(self, source: str, faults: tuple[str, ...]) -> None:
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
        raise PolicyPackInvalid(source, (f"not TOML: {trouble}",)) from trouble
    try:
        pack = PolicyPack.model_validate(content)
    except ValidationError as trouble:
        raise PolicyPackInvalid(source, tuple(_faults_of(trouble))) from trouble
    faults = tuple(_contradictions(pack))
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


def _faults_of(trouble: ValidationError) -> Iterator[str]:
    for error in trouble.errors(include_url=False, include_input=False):
        # Lists are counted from 1, as a person counts the tables of the file.
        steps = (str(step + 1) if isinstance(step, int) else step for step in error["loc"])
        said = UNKNOWN_FIELD if error["type"] == "extra_forbidden" else error["msg"]
        yield f"{'.'.join(steps) or 'the pack'}: {said}"


def _contradictions(pack: PolicyPack) -> Iterator[str]:
    numbers = [stage.number for stage in pack.stages]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"stages: numbered 1, 2, 3 without a gap, not {numbers}"
    for place, rule in enumerate(pack.extensions, start=1):
        if not set(rule.stages) <= set(numbers):
            yield f"extensions.{place}.stages: only stages of the policy: {numbers}"
    codes = [rule.exclusion for rule in pack.exclusions]
    if len(codes) != len(set(codes)):
        yield "exclusions: each code once"
    for route in Route:
        for stage in numbers:
            yield from _contradictions_at(pack, route, stage)
    for place, duty in enumerate(pack.duties, start=1):
        if not set(duty.stages) <= set(numbers):
            yield f"duties.{place}.stages: only stages of the policy: {numbers}"


def _contradictions_at(pack: PolicyPack, route: Route, stage: int) -> Iterator[str]:
    duties = [duty for duty in pack.duties if route in duty.routes and stage in duty.stages]
    names = [duty.duty for duty in duties]
    where = f"duties of {route.value} at stage {stage}"
    if len(names) != len(set(names)):
        yield f"{where}: each duty once, not {names}"
        return
    if route is Route.COMPLAINT and RESPOND not in names:
        yield f"{where}: a stage needs the duty {RESPOND}"
    anchors = {duty.duty: anchor for duty in duties for anchor in _anchors(duty)}
    for duty, anchor in anchors.items():
        if anchor not in names:
            yield f"{where}: {duty} counts from {anchor}; allowed are {names}"
        elif _returns(duty, anchors):
            yield f"{where}: {duty} is counted from itself"


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

"""What two policies say differently, entry by entry of what each says in plain English. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.policies.describing import Entry, described
from shared.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that only one of them has, or that says something else; None where a policy says nothing."""

    section: str
    name: str
    first: Entry | None
    second: Entry | None


def differences(one: Policy, other: Policy) -> Iterator[Difference]:
    """Yield what differs in the order of the first, then what only the second says."""
    first, second = _by_name(one), _by_name(other)
    for key in (*first, *(key for key in second if key not in first)):
        before, after = first.get(key), second.get(key)
        if before != after:
            yield Difference(*key, before, after)


def _by_name(policy: Policy) -> dict[tuple[str, str], Entry]:
    return {
        (section.title, entry.name): entry
        for section in described(policy)
        for entry in section.entries
    }

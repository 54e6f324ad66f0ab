"""What two policies say differently, entry by entry."""

from dataclasses import replace

from shared.policies.describing import described
from shared.policies.differing import Difference, differences
from shared.policies.policy import Policy
from tests.policies.reading import every_rule


def entries(policy: Policy) -> list[tuple[str, str]]:
    """The section and name of everything that a policy says of itself."""
    return [
        (section.title, entry.name) for section in described(policy) for entry in section.entries
    ]


def test_a_policy_says_nothing_else_than_itself() -> None:
    assert list(differences(every_rule(), every_rule())) == []


def test_what_only_the_first_says_has_no_counterpart() -> None:
    one = every_rule()
    other = replace(one, exclusions=one.exclusions[1:])
    (gone,) = differences(one, other)
    assert (gone.section, gone.name) in entries(one)
    assert (gone.section, gone.name) not in entries(other)
    assert gone.first is not None
    assert gone.second is None


def test_what_only_the_second_says_comes_after_what_the_first_says() -> None:
    one = every_rule()
    shorter = replace(one, title="Another title", exclusions=one.exclusions[1:])
    found = list(differences(shorter, one))
    assert found[-1].first is None
    assert found[-1].second is not None
    assert (found[-1].section, found[-1].name) not in entries(shorter)


def test_an_entry_that_says_something_else_stands_with_both() -> None:
    one = every_rule()
    changed = replace(one.exclusions[0], destination="Somewhere else")
    (found,) = differences(one, replace(one, exclusions=(changed, *one.exclusions[1:])))
    assert isinstance(found, Difference)
    assert found.first is not None
    assert found.second is not None
    assert "Somewhere else" not in str(found.first)
    assert "Somewhere else" in str(found.second)

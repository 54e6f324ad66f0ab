"""Rules that the code knows by a name and every policy states in its own words, or not at all."""

from dataclasses import dataclass

from shared.policies.policy import Citation, Policy

NOT_STATED = "Product default: the policy does not say"


@dataclass(frozen=True, slots=True)
class NamedRule(Citation):
    """A rule that a policy may state as the provision of that name; `rule` is what the product does
    where no policy states it.
    """

    provision: str


def named_rule(provision: str, rule: str) -> NamedRule:
    """Name a rule, with the sentence that stands for it where no policy states it."""
    return NamedRule(rule, NOT_STATED, provision)


def as_stated(cited: Citation, *policies: Policy | None) -> Citation:
    """Return a named rule as the first of the policies that has it states it: the complaint's own,
    then the one beside it. Any other citation stays as it is.
    """
    if not isinstance(cited, NamedRule):
        return cited
    stated = (None if policy is None else policy.provision(cited.provision) for policy in policies)
    return next((each for each in stated if each is not None), cited)

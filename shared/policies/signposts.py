"""Where a complainant may go outside the landlord, by the subjects of the case: names from its policy,
addresses from here.

The addresses are those of 2026; whoever adopts a policy with another body writes its address into
the policy's own name of the body.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.policies.policy import Policy

HOUSING_OMBUDSMAN = "housing_ombudsman"
FREE = "Its help is free of charge."
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    HOUSING_OMBUDSMAN: (
        "PO Box 1484, Unit D, Preston PR2 0ET",
        "Telephone: 0300 111 3000",
        "www.housing-ombudsman.org.uk",
        FREE,
    ),
    "local_government_ombudsman": (
        "PO Box 4771, Coventry CV4 0EH",
        "Telephone: 0300 061 0614",
        "www.lgo.org.uk",
        FREE,
    ),
    "first_tier_tribunal": ("www.gov.uk/courts-tribunals/first-tier-tribunal-property-chamber",),
}


@dataclass(frozen=True, slots=True)
class Signpost:
    """A body by its name, and the lines of its address where they are known."""

    name: str
    address: tuple[str, ...]


# What letters said before policies named their bodies: every social landlord's resident may go there.
DEFAULT = (Signpost("Housing Ombudsman Service", ADDRESSES[HOUSING_OMBUDSMAN]),)


def signposts(policy: Policy | None, subjects: tuple[str, ...]) -> tuple[Signpost, ...]:
    """The bodies whose subject the case is; the Housing Ombudsman where no policy names any."""
    bodies = () if policy is None else policy.bodies_for(subjects)
    return tuple(Signpost(body.name, ADDRESSES.get(body.body, ())) for body in bodies) or DEFAULT

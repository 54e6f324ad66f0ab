"""Who may look at how a landlord has set its rules up, and who may change them."""

from typing import Annotated

from fastapi import Depends

from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.web.administration import ADMINISTRATORS, READERS
from shared.web.problems import Problem


def administration_reader(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Dependency: whoever is signed in, in a role that may read these pages."""
    if who.officer.role not in READERS:
        raise Problem(
            403,
            "Not for your role",
            "Administrators keep policies and calendars; managers, directors, auditors and the Board read them.",
        )
    return who


def administrator(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Dependency: an administrator."""
    if not may_change(who):
        raise Problem(403, "Not for your role", "Ask an administrator of your landlord to do this.")
    return who


def may_change(who: SignedIn) -> bool:
    """Whether this officer may adopt anything; for their own organisation alone where they are confined to it."""
    return who.officer.role in ADMINISTRATORS


AdministrationReader = Annotated[SignedIn, Depends(administration_reader)]
Administrator = Annotated[SignedIn, Depends(administrator)]

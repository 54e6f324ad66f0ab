"""Who may use the pages of this service, how far they reach, and the parts that every page needs."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.administration.acting import Desk
from services.administration.people import ADMINISTRATOR
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.runtime.clock import Clock
from shared.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Office:
    """The connections under this service's role, and the clock."""

    database: Database
    clock: Clock

    def desk(self, who: SignedIn) -> Desk:
        """What this administrator may change, now."""
        return Desk(
            landlord=who.officer.landlord,
            by=who.officer.officer,
            now=self.clock.now(),
            within=who.confined_to,
        )


def administrator(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Dependency: an administrator, of the landlord or of one organisation; 403 otherwise."""
    if who.officer.role != ADMINISTRATOR:
        raise Problem(
            403,
            "Not for your role",
            "This is for administrators: ask one of your landlord for what you need.",
        )
    return who


def whole_landlord(who: Annotated[SignedIn, Depends(administrator)]) -> SignedIn:
    """Dependency: an administrator of the landlord itself; 403 for one of an organisation within it."""
    if who.confined_to is not None:
        raise Problem(
            403,
            "Not for your organisation",
            "This concerns the whole landlord: ask an administrator of the landlord itself.",
        )
    return who


Administrator = Annotated[SignedIn, Depends(administrator)]
WholeLandlord = Annotated[SignedIn, Depends(whole_landlord)]

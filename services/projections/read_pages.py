"""What each officer looked at, for auditors: how much in the last thirty days, and every page of one of them."""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.access.log import Read, kept_days, reads_by_officer, reads_of_officer
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.registry.officers import officers
from shared.web.administration import AUDITORS
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

HERE = "/administration/reads"
SHOWN = 100
LATELY = timedelta(days=30)


def auditor(who: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """Dependency: an auditor; 403 otherwise."""
    if who.officer.role not in AUDITORS:
        raise Problem(403, "Not for your role", "Auditors see who looked at what.")
    return who


def router(reading: Reading) -> APIRouter:
    """`/administration/reads`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(HERE)
    def reads(
        request: Request,
        who: Annotated[SignedIn, Depends(auditor)],
        officer: Annotated[str, Query(max_length=100, pattern=STORABLE)] = "",
        before: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        now = reading.clock.now()
        landlord = who.officer.landlord
        with reading.database.transaction(landlord) as cursor:
            staff = [
                one
                for one in officers(cursor, landlord)
                if who.confined_to in (None, one.organisation)
            ]
            names = {one.officer: one.name for one in staff}
            counts = reads_by_officer(cursor, landlord=landlord, since=now - LATELY)
            found: tuple[Read, ...] = ()
            if officer in names:
                found = reads_of_officer(
                    cursor,
                    landlord=landlord,
                    officer=officer,
                    before=_moment(before, otherwise=now + timedelta(seconds=1)),
                    limit=SHOWN + 1,
                )
            elif officer:
                raise Problem(404, "No such officer", "There is no such officer here.")
            hidden = hidden_from(cursor, who)
            kept = kept_days(cursor, landlord)
        older = ""
        if len(found) > SHOWN:
            older = f"{HERE}?{urlencode({'officer': officer, 'before': found[SHOWN - 1].seen_at.isoformat()})}"
        return render(
            request,
            "projections/reads.html",
            officer=officer,
            staff=sorted(staff, key=lambda one: one.name.casefold()),
            counts=counts,
            names=names,
            reads=found[:SHOWN],
            hidden=hidden,
            older=older,
            days=LATELY.days,
            kept=kept,
        )

    return routes


def _moment(text: str, *, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return otherwise
    return moment if moment.tzinfo is not None else otherwise

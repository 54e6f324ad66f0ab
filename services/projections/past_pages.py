"""The pages that look back: a case as it stood at an instant, what changed between two, and its
facts as they are stored, with all of it in one file to hand on.
"""

from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference
from services.projections.evidence import gather
from services.projections.evidence_pack import DocumentUnreadable, evidence_pack
from services.projections.moments import Typed, TypedInstant, errors_of, moment
from services.projections.pages import overview
from services.projections.past import NOW, AsAt
from services.projections.reading import CaseNotYet, Reading
from services.projections.reads import MOST_SHOWN
from shared.access.log import PAST
from shared.documents.shelf import Shelf
from shared.web.downloads import kept_file
from shared.web.moments import NoSuchMoment
from shared.web.pages import render
from shared.web.problems import Problem

IN_MEMORY = 16 * 1024 * 1024  # bytes of a pack; what is larger waits in a file without a name


def router(reading: Reading, shelf: Shelf) -> APIRouter:
    """`/complaints/{reference}/past`, `…/changes`, `…/audit` and `…/evidence.zip`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/complaints/{reference}/past")
    def past(
        *,
        request: Request,
        who: Reader,
        reference: Reference,
        typed: Annotated[TypedInstant, Depends()],
    ) -> Response:
        try:
            as_at = typed.as_at()
        except NoSuchMoment as wrong:
            return _choose(request, reference, typed.values, wrong)
        if as_at == NOW:
            return _choose(request, reference, typed.values, None)
        try:
            found = reading.case(who, reference, as_at, page=PAST)
        except CaseNotYet as early:
            field = "recorded_on" if as_at.happened is None else "happened_on"
            return _choose(request, reference, typed.values, NoSuchMoment(field, str(early)))
        return render(
            request,
            "projections/case.html",
            reference=reference,
            **overview(found, as_at=as_at),
        )

    _add_changes(routes, reading)
    _add_audit(routes, reading, shelf)
    return routes


def _add_changes(routes: APIRouter, reading: Reading) -> None:
    @routes.get("/complaints/{reference}/changes")
    def changes(
        *,
        request: Request,
        who: Reader,
        reference: Reference,
        from_on: Typed = "",
        from_time: Typed = "",
        to_on: Typed = "",
        to_time: Typed = "",
        axis: Annotated[str, Query(pattern="^(happened|recorded)$")] = "recorded",
    ) -> Response:
        values = {"from_on": from_on, "from_time": from_time, "to_on": to_on, "to_time": to_time}
        wrong = None
        found = None
        try:
            before, after = moment(values, "from"), moment(values, "to")
            if before is not None and after is not None:
                if after < before:
                    raise NoSuchMoment("to_on", "Choose a later moment than the first")
                found = reading.changes(
                    who, reference, before=AsAt(**{axis: before}), after=AsAt(**{axis: after})
                )
            elif before is not None or after is not None:
                raise NoSuchMoment("to_on" if before else "from_on", "Choose both days")
        except NoSuchMoment as trouble:
            wrong = trouble
        return render(
            request,
            "projections/changes.html",
            422 if wrong else 200,
            reference=reference,
            values=values | {"axis": axis},
            errors=errors_of(wrong),
            found=found,
        )


def _add_audit(routes: APIRouter, reading: Reading, shelf: Shelf) -> None:
    @routes.get("/complaints/{reference}/audit")
    def audit(request: Request, who: Reader, reference: Reference) -> Response:
        return render(
            request,
            "projections/audit.html",
            reference=reference,
            most_readers=MOST_SHOWN,
            **reading.audit(who, reference),
        )

    @routes.get("/complaints/{reference}/evidence.zip")
    def evidence(
        who: Reader,
        reference: Reference,
        words: Annotated[str, Query(pattern="^(yes|no)$")] = "no",
    ) -> Response:
        found = gather(reading, who, reference, words=words == "yes", shelf=shelf)
        packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - sent on after this function
        try:
            evidence_pack(found, packed)
        except DocumentUnreadable as missing:
            packed.close()
            raise Problem(
                500,
                "The evidence is not complete",
                f"Nothing was packed: {missing}. Tell the administrator.",
            ) from None
        packed.seek(0)
        return kept_file(packed, "application/zip", f"{reference}-evidence.zip")


def _choose(
    request: Request, reference: str, values: dict[str, str], wrong: NoSuchMoment | None
) -> Response:
    return render(
        request,
        "projections/choose_past.html",
        422 if wrong else 200,
        reference=reference,
        values=values,
        errors=errors_of(wrong),
    )

"""The kit over HTTP: the pull feed as a landlord serves it, and the address that takes the subscriber's reports."""

import hmac
from collections.abc import Callable

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import Response

from services.redress.conformance.invented_feed import InventedFeed
from services.redress.conformance.reports import ReportRefused, Reports
from services.workflow.feeds import feed_router
from shared.identity.credentials import bearer
from shared.web.problems import Problem, install_problems
from shared.web.security_headers import BodyLimit

APPLIED_PATH = "/conformance/applied"


def conformance_application(feed: InventedFeed, reports: Reports, *, credential: str) -> FastAPI:
    """The feed and the reports, both behind one credential."""

    def reader(request: Request) -> None:
        if not hmac.compare_digest((bearer(request) or "").encode(), credential.encode()):
            raise Problem(401, "Not known", "Send the credential that the conformance kit printed.")

    app = FastAPI(title="Redress conformance", docs_url=None, redoc_url=None, openapi_url=None)
    install_problems(app)
    app.add_middleware(BodyLimit)
    app.include_router(feed_router(feed.page, reader=reader))
    app.include_router(_reports_router(reports, reader=reader))
    return app


def _reports_router(reports: Reports, *, reader: Callable[..., None]) -> APIRouter:
    routes = APIRouter()

    @routes.post(APPLIED_PATH, dependencies=[Depends(reader)], status_code=204)
    async def applied(request: Request) -> Response:
        try:
            reports.take(await request.body())
        except ReportRefused as refused:
            raise Problem(422, "Not a report", f"{refused}.") from None
        return Response(status_code=204)

    return routes

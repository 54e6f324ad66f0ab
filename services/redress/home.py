"""The front page: the way in for residents and for staff."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared.web.pages import render


def home_router() -> APIRouter:
    """`/`."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    def home(request: Request) -> HTMLResponse:
        return render(request, "redress/home.html", title="Complaints about your home")

    return router

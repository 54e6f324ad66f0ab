"""Errors as people and programs need them: RFC 9457 problem documents, or a page with the same
words for a browser.

Nothing of the inside shows: no trace, no SQL, no text that somebody sent.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.web.pages import render
from shared.web.security_headers import apply_security_headers

MEDIA_TYPE = "application/problem+json"
ERRORS_SHOWN = 50  # of one request; nobody mends more at once
NO_PAGE_PATHS = ("/api/", "/health/", "/assets/")


class Problem(Exception):
    """An answer other than success: status, short title, what is wrong and what to do; `rule` and
    `clause` of a refusal.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        rule: str | None = None,
        clause: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.rule = rule
        self.clause = clause
        self.headers = dict(headers or {})
        self.more = more


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    rule: str | None = None,
    clause: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """A problem document as a response."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if rule is not None:
        content["rule"] = rule
    if clause is not None:
        content["clause"] = clause
    return JSONResponse(
        content | more, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def problem_response(request: Request, found: Problem) -> Response:
    """The problem as a page for a browser, as a document for a program."""
    if wants_page(request):
        page = render(
            request,
            "error.html",
            found.status,
            title=found.title,
            detail=found.detail,
            rule=found.rule,
            clause=found.clause,
        )
        page.headers.update(found.headers)
        return page
    return problem(
        found.status,
        found.title,
        found.detail,
        rule=found.rule,
        clause=found.clause,
        headers=found.headers,
        **found.more,
    )


def wants_page(request: Request) -> bool:
    """Whether the answer should be a page: outside the API, for whoever takes HTML."""
    if request.url.path.startswith(NO_PAGE_PATHS) or not hasattr(request.app.state, "pages"):
        return False
    accepted = request.headers.get("accept", "*/*")
    return "text/html" in accepted or "*/*" in accepted


def install_problems(app: FastAPI) -> None:
    """Answers every error of `app` in this one form."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_surprise)


def validation_problem(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """What pydantic found wrong with a request: a JSON pointer and a sentence each, never the value
    that was sent.
    """
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, "Not JSON", "The body of the request is not valid JSON.")
    listed = [
        {"pointer": _pointer(error["loc"]), "detail": str(error["msg"])}
        for error in errors[:ERRORS_SHOWN]
    ]
    count = len(errors)
    return Problem(
        422,
        "Some values are not as they should be",
        f"{count} {'value needs' if count == 1 else 'values need'} to be put right.",
        errors=listed,
    )


def _pointer(location: Sequence[str | int]) -> str:
    """`#/issues/0/category` for the body; `query`, `path` and `header` parameters by name."""
    if not location:
        return "#"
    place, *rest = location
    path = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in rest)
    if place == "body":
        return f"#/{path}" if path else "#"
    return f"{place}:{path}"


# Plain functions, which run beside the loop: a page may read how its landlord's pages look.
def _answer_problem(request: Request, found: Exception) -> Response:
    return problem_response(request, cast(Problem, found))


def _answer_invalid(request: Request, found: Exception) -> Response:
    return problem_response(
        request, validation_problem(cast(RequestValidationError, found).errors())
    )


def _answer_http(request: Request, found: Exception) -> Response:
    error = cast(HTTPException, found)
    status = HTTPStatus(error.status_code)
    detail = {
        404: "There is nothing at this address, or it is not yours to see.",
        405: "This address does not take that method.",
        413: "This is more than can be taken at a time. Go back, and send less or smaller files.",
    }.get(error.status_code, status.description or status.phrase)
    return problem_response(
        request, Problem(error.status_code, status.phrase, detail, headers=error.headers)
    )


def _answer_surprise(request: Request, found: Exception) -> Response:
    structlog.get_logger().error(
        "unexpected_error", path=request.url.path, method=request.method, error=type(found).__name__
    )
    response = problem_response(
        request,
        Problem(
            500,
            "Something went wrong",
            "The service could not do this. Nothing was changed by halves; try again, and tell the"
            " administrator if it happens again.",
        ),
    )
    # This handler stands outside all middleware, so the headers are put on here.
    apply_security_headers(request.app, request.url.path, response.headers)
    return response

"""Headers that protect every answer, and a limit on what is read from a request.

Scripts, styles, fonts and images come from this service alone and never stand inside a page, no
other site may frame a page, and nothing that shows a person's words stays in a cache. Both are plain ASGI, so that they
hold for every route and every error.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import FastAPI, HTTPException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024  # bytes; the longest letter is a few thousand
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# For what somebody uploaded: should a browser show it all the same, it is shown as a stranger's.
STRANGERS_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # `no-referrer` would make browsers hide the Origin of our own forms, which same_origin needs.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
ASSETS = "/assets/"
_LARGEST = "largest_body"
ASSET_CACHE = "public, max-age=3600"


def apply_security_headers(app: FastAPI, path: str, headers: MutableHeaders) -> None:
    """Puts the headers on an answer of `app`; what a route set for caching stays."""
    is_strangers = headers.get("content-security-policy") == STRANGERS_POLICY
    for name, value in HEADERS.items():
        headers[name] = value
    if is_strangers:
        headers["content-security-policy"] = STRANGERS_POLICY
    headers.setdefault("cache-control", ASSET_CACHE if path.startswith(ASSETS) else "no-store")
    if getattr(app.state, "strict_transport", False):
        headers["strict-transport-security"] = STRICT_TRANSPORT


class SecurityHeaders:
    """Middleware: the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on, and dresses the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                apply_security_headers(scope["app"], scope["path"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_dressed)


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def takes_up_to(largest: int) -> Callable[[Endpoint], Endpoint]:
    """Marks a route that takes a larger body than others: one for uploads."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[_LARGEST] = largest
        return endpoint

    return mark


class BodyLimit:
    """Middleware: refuses a body over the limit with 413, also when its length is not announced or
    is a lie. The limit of a route that was marked for it is its own.
    """

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts what comes in; the refusal is raised where the route reads, so that it gets its
        usual form.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        announced = _announced_length(scope)

        async def receive_counted() -> Message:
            nonlocal received
            # Nothing is read before the route is found, so that the route says what it takes.
            largest = getattr(scope.get("endpoint"), _LARGEST, self._largest)
            if announced > largest:
                raise HTTPException(413)
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > largest:
                    raise HTTPException(413)
            return message

        await self._app(scope, receive_counted, send)


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0

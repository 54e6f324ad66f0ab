"""Refuses requests that another site made a browser send (cross-site request forgery).

Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones and on plain
HTTP. A request that says neither does not come from a browser; it is let through only where no
cookie could have been abused.
"""

from urllib.parse import urlsplit

from fastapi import Request

from shared.identity.credentials import bearer, session_cookie
from shared.web.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def same_origin(request: Request) -> None:
    """FastAPI dependency for every route that changes something and may be called with a cookie."""
    if request.method in SAFE_METHODS or _comes_from_here(request):
        return
    raise Problem(
        403,
        "Request from another site",
        "This request does not come from a page of this service;"
        " open the page again and repeat it there.",
    )


def _comes_from_here(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc in _own_hosts(request)
    if bearer(request) is not None:
        return True
    return request.url.path.startswith("/api/") and session_cookie(request) is None


def _own_hosts(request: Request) -> frozenset[str]:
    """The host the browser asked for, and the public one where a proxy in front changes it."""
    hosts = {request.headers.get("host", "")}
    identity = getattr(request.app.state, "identity", None)
    if identity is not None:
        hosts.add(urlsplit(identity.settings.public_url).netloc)
    return frozenset(hosts - {""})

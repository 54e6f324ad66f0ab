"""Where a session's credential stands in a request: the cookie of a browser, or a bearer header of
a program.
"""

from fastapi import Request
from starlette.responses import Response

from shared.runtime.settings import Settings

COOKIE = "redress_session"
# Browsers keep a `__Host-` cookie to this host alone, and take it over https only.
SECURE_COOKIE = "__Host-redress_session"


def bearer(request: Request) -> str | None:
    """The credential of `Authorization: Bearer`, if that is how the request came."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def session_cookie(request: Request) -> str | None:
    """The credential of the session cookie, under either of its names."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE)


def request_credential(request: Request, settings: Settings) -> str | None:
    """The credential that counts: a bearer, else the cookie under the name that is right for this
    connection.
    """
    name = SECURE_COOKIE if is_secure(request, settings) else COOKIE
    return bearer(request) or request.cookies.get(name)


def set_session_cookie(
    response: Response, value: str, *, request: Request, settings: Settings, seconds: int
) -> None:
    """Hands the credential to the browser, unreadable for scripts and not sent along from other
    sites.
    """
    secure = is_secure(request, settings)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_session_cookie(response: Response, *, request: Request, settings: Settings) -> None:
    """Tells the browser to forget the credential."""
    set_session_cookie(response, "", request=request, settings=settings, seconds=0)


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the cookie must be a secure one: always in production, and whenever the page came
    over https.
    """
    return not settings.is_demonstration or request.url.scheme == "https"

"""Puts everything that all pages and answers have in common into an application."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files

from fastapi import FastAPI, HTTPException
from starlette.responses import Response

from shared.runtime.settings import Settings
from shared.web.pages import Pages
from shared.web.problems import install_problems
from shared.web.security_headers import BodyLimit, SecurityHeaders

ASSETS = {"style.css": "text/css", "icon.svg": "image/svg+xml"}


def install_web(app: FastAPI, *, settings: Settings, services: Mapping[str, str]) -> None:
    """Templates, style sheet, problem answers, security headers and body limit.

    `services` names the packages whose `templates` folders belong to the site, by the prefix their
    pages are rendered under: `{"intake": "services.intake"}`.
    """
    assets = {name: files("shared.web").joinpath("assets", name).read_bytes() for name in ASSETS}
    # A new sheet is a new address: no stale one stays in a cache.
    version = hashlib.sha256(assets["style.css"]).hexdigest()[:12]
    app.state.pages = Pages(
        folders={"identity": "shared.identity", **services},
        demonstration=settings.is_demonstration,
        style_url=f"/assets/style.css?v={version}",
    )
    app.state.strict_transport = not settings.is_demonstration
    install_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)

    @app.get("/assets/{name}", include_in_schema=False)
    def asset(name: str) -> Response:
        if name not in assets:
            raise HTTPException(404)
        return Response(assets[name], media_type=ASSETS[name])

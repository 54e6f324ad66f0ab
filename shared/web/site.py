"""Puts everything that all pages and answers have in common into an application."""

from collections.abc import Mapping

from fastapi import FastAPI

from shared.runtime.settings import Settings
from shared.web.assets import install_assets
from shared.web.pages import Pages
from shared.web.problems import install_problems
from shared.web.security_headers import BodyLimit, SecurityHeaders


def install_web(app: FastAPI, *, settings: Settings, services: Mapping[str, str]) -> None:
    """Templates, style and scripts, problem answers, security headers and body limit.

    `services` names the packages whose `templates` folders belong to the site, by the prefix their
    pages are rendered under: `{"intake": "services.intake"}`.
    """
    app.state.pages = Pages(
        folders={"identity": "shared.identity", **services},
        demonstration=settings.is_demonstration,
        moves_clock=settings.is_demonstration and settings.database_url is None,
        assets=install_assets(app),
    )
    app.state.strict_transport = not settings.is_demonstration
    install_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)

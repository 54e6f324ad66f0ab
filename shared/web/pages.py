"""Renders pages: one Jinja environment with the common layout, in which each service has a folder
of its own.

`render(request, "intake/complain.html", reference=…)` finds
`services/intake/templates/complain.html`, which extends `layout.html`. Values are escaped, an
unknown name is an error, and there is no inline style or script anywhere. `govuk` holds GOV.UK's
components, `forms.html` the fields of our forms.
"""

from collections.abc import Mapping

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.responses import HTMLResponse

from shared.web import wording
from shared.web.administration import administers
from shared.web.around import around
from shared.web.assets import Assets
from shared.web.components import Components
from shared.web.navigation import acts_on_cases, hears_of_drafts


class Pages:
    """The templates of an application; one per application, under `app.state.pages`."""

    def __init__(
        self, *, folders: Mapping[str, str], demonstration: bool, moves_clock: bool, assets: Assets
    ) -> None:
        """`folders` gives, per prefix, the package whose `templates` folder it means."""
        loaders = {prefix: PackageLoader(package) for prefix, package in folders.items()}
        self.environment = Environment(
            loader=ChoiceLoader([PackageLoader("shared.web"), PrefixLoader(loaders)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters |= wording.FILTERS
        self.environment.globals |= {
            "demonstration": demonstration,
            "moves_clock": moves_clock,
            "asset": assets.address,
            "govuk": Components(),
            "administers": administers,
            "acts_on_cases": acts_on_cases,
            "hears_of_drafts": hears_of_drafts,
        }

    def text(self, request: Request, name: str, values: Mapping[str, object]) -> str:
        """The page as text."""
        return self.environment.get_template(name).render(
            path=request.url.path,
            who=getattr(request.state, "signed_in", None),
            around=around(request),
            **values,
        )


def render(request: Request, name: str, status_code: int = 200, **values: object) -> HTMLResponse:
    """A page as a response; the layout shows who is signed in where a route asked for that.

    Without an officer signed in the page has the look of its value `landlord`, a slug or a Landlord,
    or of the landlord of its value `follower`.
    """
    named = values.get("landlord") or values.get("follower")
    request.state.landlord = getattr(named, "landlord", named)
    pages: Pages = request.app.state.pages
    return HTMLResponse(pages.text(request, name, values), status_code=status_code)

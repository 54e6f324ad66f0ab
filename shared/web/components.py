"""GOV.UK's components for our templates: `govuk.button({"text": "Send"})` gives their markup.

The macros of `govuk-frontend-jinja` expect that a name which is not given counts as empty, while our
own templates refuse unknown names; so they live in an environment of their own.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

LIBRARY = "govuk_frontend_jinja"


class Components:
    """Each component by its name, words joined by underscores: `error_summary`, `date_input`."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PrefixLoader({LIBRARY: PackageLoader(LIBRARY)}),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._macro = cache(self._load)

    def __getattr__(self, name: str) -> Callable[[Mapping[str, Any]], Markup]:
        """The macro of that component; raises jinja2.TemplateNotFound for an unknown name."""
        return self._macro(name)

    def _load(self, name: str) -> Callable[[Mapping[str, Any]], Markup]:
        folder = name.replace("_", "-")
        template = self._environment.get_template(f"{LIBRARY}/components/{folder}/macro.html")
        words = "".join(part.capitalize() for part in name.split("_"))
        macro: Callable[[Mapping[str, Any]], Markup] = getattr(template.module, f"govuk{words}")
        return macro

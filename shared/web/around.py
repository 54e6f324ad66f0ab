"""What stands around every page of a landlord: its own name, a stylesheet of its own, and what is told at the top."""

from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True, slots=True)
class Around:
    """Empty where a landlord has said nothing."""

    name: str = ""
    stylesheet: str = ""
    notices: tuple[str, ...] = ()


def around(request: Request) -> Around:
    """That of this page, where the application knows of any."""
    showing = getattr(request.app.state, "showing", None)
    return Around() if showing is None else showing.around(request)

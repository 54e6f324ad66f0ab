"""Finds the line of a pack's file on which a field stands, so that a fault can be pointed at."""

import re

TABLE = re.compile(r"^\s*\[(?P<list>\[)?\s*(?P<name>[\w.-]+)\s*\]")
KEY = re.compile(r"^\s*(?P<name>[\w.-]+)\s*=")
Place = tuple[str | int, ...]


def lines_of(document: str) -> dict[Place, int]:
    """Return the line of every table and key; lists of tables are counted from 0."""
    found: dict[Place, int] = {}
    sizes: dict[str, int] = {}
    at: Place = ()
    for number, line in enumerate(document.splitlines(), start=1):
        if table := TABLE.match(line):
            at = _opened(table["name"], sizes, is_list=table["list"] is not None)
            found.setdefault(at, number)
            if table["list"] is not None:  # the list itself begins with its first table
                found.setdefault(at[:-1], number)
        elif key := KEY.match(line):
            found.setdefault((*at, key["name"]), number)
    return found


def line_at(place: Place, lines: dict[Place, int]) -> int | None:
    """Return the line of a place, or of the nearest thing around it."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _opened(name: str, sizes: dict[str, int], *, is_list: bool) -> Place:
    if is_list:
        sizes[name] = sizes.get(name, 0) + 1
    place: list[str | int] = []
    path = ""
    for part in name.split("."):
        path = f"{path}.{part}" if path else part
        place.append(part)
        if path in sizes:
            place.append(sizes[path] - 1)
    return tuple(place)

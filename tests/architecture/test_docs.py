"""The documents stay true: the map names what there is, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.sources import ROOT

README = ROOT / "README.md"
FOLDERS_NOT_ON_THE_MAP = {"build", "dist", "node_modules"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _documents() -> list[Path]:
    return [README, *sorted((ROOT / "docs").rglob("*.md"))]


def _top_level_folders() -> list[str]:
    return sorted(
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir()
        and not folder.name.startswith((".", "_"))
        and not folder.name.endswith(".egg-info")
        and folder.name not in FOLDERS_NOT_ON_THE_MAP
    )


def _packages_in(folder: str) -> list[str]:
    return sorted(init.parent.name for init in (ROOT / folder).glob("*/__init__.py"))


def _map_of_the_tree() -> str:
    """The code block of the README that draws the tree."""
    blocks = [block.group() for block in CODE_BLOCK.finditer(README.read_text("utf-8"))]
    drawn = [block for block in blocks if "services/" in block and "shared/" in block]
    assert len(drawn) == 1, "README.md draws the tree in exactly one code block"
    return drawn[0]


def test_the_map_in_the_readme_names_every_folder_and_package() -> None:
    drawn = set(re.findall(r"([\w.-]+)/", _map_of_the_tree()))
    there = {*_top_level_folders(), *_packages_in("services"), *_packages_in("shared")}
    missing = sorted(there - drawn)
    assert not missing, f"README.md: the map lacks {', '.join(missing)}"


def test_the_map_in_the_readme_names_nothing_that_is_not_there() -> None:
    drawn = set(re.findall(r"^\W*([\w.-]+)/", _map_of_the_tree(), re.MULTILINE))
    gone = sorted(
        name
        for name in drawn
        if not any((ROOT / parent / name).is_dir() for parent in ("", "services", "shared"))
        and not any((ROOT / "services").glob(f"*/{name}"))
    )
    assert not gone, f"README.md: the map shows {', '.join(gone)}, which is not there"


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for document in _documents():
        for found in LINK.finditer(CODE_BLOCK.sub("", document.read_text("utf-8"))):
            target = (found.group(1) or found.group(2)).partition("#")[0]
            outside = re.match(r"[a-z][a-z0-9+.-]*:", target)
            if target and not outside and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert not broken, "\n" + "\n".join(broken)


def test_every_document_has_exactly_one_title() -> None:
    titles = {
        str(document.relative_to(ROOT)): len(
            re.findall(r"^# ", CODE_BLOCK.sub("", document.read_text("utf-8")), re.MULTILINE)
        )
        for document in _documents()
    }
    wrong = {name: count for name, count in titles.items() if count != 1}
    assert not wrong, f"one line that begins with '# ' in each: {wrong}"

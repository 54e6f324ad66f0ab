"""The project's source files, read and parsed once for the tests of its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ("services", "shared", "tests", "benchmarks")
PURE_PACKAGES = ("shared.complaints", "shared.policies", "services.workflow.domain")


@dataclass(frozen=True)
class Source:
    """One Python file of the project."""

    path: Path

    @property
    def name(self) -> str:
        """The path within the project, as a person would say it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """The dotted name under which it is imported."""
        dotted = self.name.removesuffix(".py").replace("/", ".")
        return dotted.removesuffix(".__init__")

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What stands in it, parsed."""
        return ast.parse(self.text, filename=self.name)

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the tests."""
        return self.module.partition(".")[0] == "tests"

    @property
    def is_pure(self) -> bool:
        """Whether it belongs to the language, the policies or the decisions."""
        return any(f"{self.module}.".startswith(f"{package}.") for package in PURE_PACKAGES)

    def calls(self) -> Iterator[tuple[int, str]]:
        """The line and the last name of everything that is called: `now` of `datetime.now()`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    yield node.lineno, node.func.id
                elif isinstance(node.func, ast.Attribute):
                    yield node.lineno, node.func.attr

    def imports(self) -> Iterator[tuple[int, str]]:
        """The line and the dotted name of everything that is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, "." * node.level + (node.module or "")


@lru_cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project."""
    return tuple(
        Source(path)
        for folder in SOURCE_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    )

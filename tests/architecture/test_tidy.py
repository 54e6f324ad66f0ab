"""The rules of the house that no other tool checks; every refusal says what to do instead."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable

from tests.architecture.sources import PURE_PACKAGES, Source, sources

LONGEST_MODULE = 350
LONGEST_TEST_MODULE = 400
LONGEST_FUNCTION = 60  # lines with docstring and signature; 40 of them statements (ruff PLR0915)

CALLS_BANNED_IN_PURE_CODE = {
    "now": "take the instant as an argument",
    "utcnow": "take the instant as an argument",
    "today": "take the day as an argument",
    "uuid4": "take the id as an argument",
    "uuid1": "take the id as an argument",
    "open": "take the text as an argument; files are read at the edge",
    "read_text": "take the text as an argument; files are read at the edge",
    "print": "return a value; the edge speaks to people",
}
STANDARD_LIBRARY_BANNED_IN_PURE_CODE = {
    "asyncio": "pure code is called, it does not wait",
    "importlib": "take what is loaded as an argument",
    "io": "take the text as an argument",
    "logging": "return what happened; the caller logs it",
    "os": "take what you need from the environment as an argument",
    "pathlib": "take the text as an argument",
    "random": "take the choice as an argument",
    "secrets": "take the secret as an argument",
    "socket": "leave the network to the edge",
    "subprocess": "leave other programs to the edge",
    "threading": "pure code has no shared state",
    "time": "take the instant as an argument",
    "uuid": "take the id as an argument, as text",
}
OWN_PACKAGES_ALLOWED = {
    "shared.complaints": ("shared.complaints",),
    "shared.policies": ("shared.complaints", "shared.policies"),
    "services.workflow.domain": PURE_PACKAGES,
}
BANNED_FILE_NAMES = {
    "utils",
    "common",
    "helpers",
    "base",
    "core",
    "misc",
    "manager",
    "models",
    "types",
}

# The outermost loop of a worker survives what nobody foresaw, keeps it where it is seen, and goes
# on; nothing else may swallow a surprise. Each loop carries its reason in a comment.
WORKER_LOOPS = {
    "services/projections/case_writing.py": "a fact that cannot be folded is parked with its case",
    "services/workflow/timers.py": "one case's trouble must not stop every other case's clock",
    "shared/messaging/applying.py": "an event that cannot be applied is parked with its stream",
    "shared/messaging/delivery.py": "a message whose handler failed stays, and is tried again",
    "shared/messaging/follower.py": "an event that cannot be applied is parked with its stream",
    "shared/runtime/worker.py": "a worker logs its trouble, waits and tries again",
    "tests/simulation/processes.py": "what a thread raises is given to whoever waits for it",
}


def _refuse(findings: Iterable[str]) -> None:
    found = list(findings)
    assert not found, "\n" + "\n".join(found)


def _pure() -> list[Source]:
    return [source for source in sources() if source.is_pure]


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    _refuse(
        f"{source.name}: no docstring; open with a sentence that says what the module is for"
        for source in sources()
        if not (ast.get_docstring(source.tree) or "").strip()
    )


def test_pure_code_asks_nobody_for_time_chance_or_files() -> None:
    _refuse(
        f"{source.name}:{line}: {called}(); {CALLS_BANNED_IN_PURE_CODE[called]}"
        for source in _pure()
        for line, called in source.calls()
        if called in CALLS_BANNED_IN_PURE_CODE
    )


def test_pure_code_is_not_asynchronous() -> None:
    _refuse(
        f"{source.name}:{node.lineno}: async def; write a plain function, the edge awaits"
        for source in _pure()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.AsyncFunctionDef)
    )


def test_pure_code_imports_the_standard_library_and_the_language_alone() -> None:
    _refuse(_strange_imports(_pure()))


def _strange_imports(pure: Iterable[Source]) -> Iterable[str]:
    for source in pure:
        package = next(name for name in PURE_PACKAGES if f"{source.module}.".startswith(name))
        for line, imported in source.imports():
            top = imported.partition(".")[0]
            if top in STANDARD_LIBRARY_BANNED_IN_PURE_CODE:
                instead = STANDARD_LIBRARY_BANNED_IN_PURE_CODE[top]
                yield f"{source.name}:{line}: imports {imported}; {instead}"
            elif top not in sys.stdlib_module_names and not any(
                f"{imported}.".startswith(f"{allowed}.")
                for allowed in OWN_PACKAGES_ALLOWED[package]
            ):
                yield (
                    f"{source.name}:{line}: imports {imported}; pure code stands on the standard "
                    "library: convert at the edge and pass a value"
                )


def test_files_are_named_after_what_they_do() -> None:
    _refuse(
        f"{source.name}: the name says nothing; name it after the word of the glossary it serves"
        for source in sources()
        if source.path.stem in BANNED_FILE_NAMES or source.path.parent.name in BANNED_FILE_NAMES
    )


def test_modules_fit_into_one_reading() -> None:
    _refuse(
        f"{source.name}: {len(source.text.splitlines())} lines; split it by what its parts are for"
        for source in sources()
        if len(source.text.splitlines())
        > (LONGEST_TEST_MODULE if source.is_test else LONGEST_MODULE)
    )


def test_functions_fit_on_a_screen() -> None:
    _refuse(
        f"{source.name}:{node.lineno}: {node.name} is {length} lines long; name its steps"
        for source in sources()
        if not source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    )


def test_nothing_is_put_off() -> None:
    mark = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    _refuse(
        f"{source.name}:{number}: do it now, or write a decision in docs/decisions"
        for source in sources()
        for number, line in enumerate(source.text.splitlines(), start=1)
        if mark.search(line)
    )


def test_only_the_outermost_loop_of_a_worker_survives_surprises() -> None:
    _refuse(
        f"{source.name}:{node.lineno}: catches every exception; name the ones you expect"
        for source in sources()
        if source.name not in WORKER_LOOPS
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    )


def test_every_loop_that_may_survive_surprises_still_does() -> None:
    surviving = {
        source.name
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    }
    _refuse(f"{name}: take it off WORKER_LOOPS" for name in sorted(WORKER_LOOPS.keys() - surviving))


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"} for name in names
    )


def test_sql_is_never_put_together_from_values() -> None:
    _refuse(
        f"{source.name}:{node.lineno}: an f-string is executed; pass the values as parameters"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "executemany"}
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    )

"""What is published about the facts is what they are, and no change of them breaks what was published."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from typer.testing import CliRunner

from services.redress.commands.events import would_break
from services.redress.main import app
from shared.complaints.events import EVENT_NAMES, ComplaintEvent
from shared.eventstore.codec import from_record, name_of, to_record
from shared.eventstore.upcasting import UPCASTERS, Upcaster
from shared.messaging.catalogue import documents, events, schemas
from shared.messaging.envelope import routing_key
from shared.messaging.schemas import breaks, schema_of
from tests.architecture.sources import ROOT
from tests.contract.examples import EXAMPLES, HALF_PAST_NINE, envelope_of

DOCS = ROOT / "docs"
GOLDEN = Path(__file__).parent / "golden"
PUBLISHED, SCHEMAS = documents(), schemas()
ROUTING_KEYS = {entry.name: entry.routing_key for entry in events()}
WRITE_AFRESH = "run `redress events --write docs`"


@pytest.mark.parametrize("path", sorted(PUBLISHED))
def test_what_is_published_is_current(path: str) -> None:
    assert (DOCS / path).exists(), WRITE_AFRESH
    assert (DOCS / path).read_text("utf-8") == PUBLISHED[path], WRITE_AFRESH


def test_nothing_else_is_published() -> None:
    assert {path.stem for path in (DOCS / "events").iterdir()} == set(EVENT_NAMES) | set(UPCASTERS)


def test_no_fact_has_changed_so_that_what_was_stored_or_read_before_breaks() -> None:
    broken = would_break(DOCS)
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.json")))
def test_the_golden_record_of_a_fact_has_the_shape_that_is_published(name: str) -> None:
    record = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(
        {**schema, "additionalProperties": False},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    ).validate(record["data"])


@pytest.mark.parametrize("event", EXAMPLES, ids=name_of)
def test_a_fact_is_routed_as_the_catalogue_says(event: ComplaintEvent) -> None:
    text = to_record(
        envelope_of(event),
        landlord="riverside",
        stream="RC-2026-000042",
        version=1,
        command_id=UUID(int=1),
        recorded_at=HALF_PAST_NINE,
    )
    routed = routing_key(from_record(text, seq=1, previous_hash=b"", hash_=b""))
    catalogued = ROUTING_KEYS[name_of(event)]
    stage = getattr(event, "stage", getattr(event, "to_stage", None))
    said = catalogued.replace("{landlord}", "riverside")
    assert routed == said.replace("{stage}", str(stage)).replace("{to_stage}", str(stage))


def test_every_fact_says_what_it_means() -> None:
    assert all(entry.meaning.endswith((".", "?")) for entry in events())
    assert all(entry.meaning != f"{entry.name}." for entry in events())


class Found(StrEnum):
    """Three findings."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


class FoundFewer(StrEnum):
    """One finding the fewer."""

    UPHELD = "upheld"


@dataclass
class Part:
    """A value within."""

    number: int
    note: str | None = None


@dataclass
class PartWithoutNote:
    """The same value, the poorer."""

    number: int


@dataclass
class Before:
    """As it was published."""

    on: date
    found: Found
    words: str | None
    parts: tuple[Part, ...] = ()


@dataclass
class WithMore(Before):
    """With one more field that may be missing, and one that may now be missing."""

    words: str | None = None
    extra: str = ""


@dataclass
class Removed:
    """Without the day."""

    found: Found
    words: str | None
    parts: tuple[Part, ...] = ()


@dataclass
class Narrowed:
    """The words must be there, and one finding is gone."""

    on: date
    found: FoundFewer
    words: str
    parts: tuple[Part, ...] = ()


@dataclass
class Demanding:
    """What could be missing must be there."""

    on: date
    found: Found
    words: str | None
    parts: tuple[Part, ...]


@dataclass
class OfAnotherKind:
    """A number in place of a day, a day in place of free words."""

    on: int
    found: Found
    words: date | None
    parts: tuple[Part, ...] = ()


@dataclass
class PoorerWithin:
    """A value within lost a field."""

    on: date
    found: Found
    words: str | None
    parts: tuple[PartWithoutNote, ...] = ()


def broken_by(kind: type) -> tuple[str, ...]:
    """What becomes of a fact that was published as `Before`."""
    return breaks(schema_of("fact.v1", Before), schema_of("fact.v1", kind))


def test_a_field_may_be_added_and_may_become_optional() -> None:
    assert broken_by(Before) == ()
    assert broken_by(WithMore) == ()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Removed, ("fact.v1.on: was removed",)),
        (
            Narrowed,
            (
                "fact.v1.found: not_upheld is no longer allowed",
                "fact.v1.words: null is no longer allowed",
            ),
        ),
        (Demanding, ("fact.v1.parts: is required now, and stored facts may be without it",)),
        (
            OfAnotherKind,
            (
                "fact.v1.on: string is no longer allowed",
                "fact.v1.words: only the form date is still allowed",
            ),
        ),
        (PoorerWithin, ("fact.v1.parts[].note: was removed",)),
    ],
)
def test_what_breaks_a_published_fact_is_named(kind: type, said: tuple[str, ...]) -> None:
    assert broken_by(kind) == said


def test_the_command_writes_the_catalogue_where_it_is_told(tmp_path: Path) -> None:
    answered = CliRunner().invoke(app, ["events", "--write", str(tmp_path)])
    assert answered.exit_code == 0, answered.output
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(PUBLISHED)


def test_the_command_writes_nothing_over_a_schema_that_would_be_broken(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["events", "--write", str(tmp_path)]).exit_code == 0
    published = tmp_path / "events" / "complaint.opened.v1.json"
    schema = json.loads(published.read_text("utf-8"))
    schema["properties"]["weather"] = {"type": "string"}
    published.write_text(json.dumps(schema), "utf-8")
    (tmp_path / "events" / "complaint.forgotten.v1.json").write_text("{}", "utf-8")
    (tmp_path / "events.md").unlink()
    answered = CliRunner().invoke(app, ["events", "--write", str(tmp_path)])
    assert answered.exit_code == 1
    assert "complaint.opened.v1.weather: was removed" in answered.output
    assert "complaint.forgotten.v1: was removed" in answered.output
    assert not (tmp_path / "events.md").exists()


def test_the_schema_of_a_retired_name_stays_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(app, ["events", "--write", str(tmp_path)]).exit_code == 0
    retired = tmp_path / "events" / "complaint.forgotten.v1.json"
    retired.write_text("{}", "utf-8")
    assert would_break(tmp_path) != ()
    monkeypatch.setitem(
        UPCASTERS, "complaint.forgotten.v1", Upcaster("complaint.note-added.v1", dict)
    )
    assert would_break(tmp_path) == ()
    assert CliRunner().invoke(app, ["events", "--write", str(tmp_path)]).exit_code == 0
    assert retired.exists()


def test_the_command_lists_every_fact_for_people_and_for_machines() -> None:
    for_people = CliRunner().invoke(app, ["events"]).output
    assert all(f"{name}\n" in for_people for name in EVENT_NAMES)
    assert max(map(len, for_people.splitlines())) <= 80
    for_machines = json.loads(CliRunner().invoke(app, ["events", "--json"]).output)
    assert [entry["name"] for entry in for_machines] == list(EVENT_NAMES)
    assert all(entry["meaning"] and entry["fields"] for entry in for_machines)
    assert [entry["schema"] for entry in for_machines] == list(SCHEMAS.values())

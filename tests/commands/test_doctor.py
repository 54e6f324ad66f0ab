"""`redress doctor` names what would not do in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.redress.commands.doctor import Finding, examine
from shared.runtime.settings import Settings


def found(subject: str, folder: Path, **settings: str) -> Finding:
    examined = examine(Settings.model_validate({"data_directory": folder, **settings}))
    (finding,) = [each for each in examined if each.subject == subject]
    return finding


@pytest.mark.parametrize(
    ("address", "environment", "well"),
    [
        ("https://complaints.example.org", "production", True),
        ("http://complaints.example.org", "production", False),
        ("https://127.0.0.1:8000", "production", False),
        ("complaints.example.org", "production", False),
        ("http://127.0.0.1:8000", "demonstration", True),
    ],
)
def test_letters_of_production_lead_to_the_public_site(
    tmp_path: Path, address: str, environment: str, *, well: bool
) -> None:
    finding = found("public address", tmp_path, environment=environment, public_url=address)
    assert finding.well is well
    assert finding.found == address
    assert "REDRESS_PUBLIC_URL" in finding.mend

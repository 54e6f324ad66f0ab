"""Every setting is read, from the environment alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.runtime.settings import Settings, default_data_directory

GIVEN = {
    "environment": ("REDRESS_ENVIRONMENT", "production", "production"),
    "data_directory": ("REDRESS_DATA", "/srv/redress", Path("/srv/redress")),
    "landlord": ("REDRESS_LANDLORD", "northgate", "northgate"),
    "documents_folder": ("REDRESS_DOCUMENTS_FOLDER", "/srv/documents", Path("/srv/documents")),
    "clamd": ("REDRESS_CLAMD", "scanner:3310", "scanner:3310"),
    "form_pages_per_hour": ("REDRESS_FORM_PAGES_PER_HOUR", "7", 7),
    "form_complaints_per_hour": ("REDRESS_FORM_COMPLAINTS_PER_HOUR", "3", 3),
    "form_codes_per_hour": ("REDRESS_FORM_CODES_PER_HOUR", "4", 4),
    "api_requests_per_token_per_hour": ("REDRESS_API_REQUESTS_PER_TOKEN_PER_HOUR", "8", 8),
    "api_requests_per_address_per_hour": ("REDRESS_API_REQUESTS_PER_ADDRESS_PER_HOUR", "5", 5),
    "host": ("REDRESS_HOST", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - not bound here
    "port": ("REDRESS_PORT", "8080", 8080),
    "operations_host": ("REDRESS_OPERATIONS_HOST", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - the same
    "operations_port": ("REDRESS_OPERATIONS_PORT", "9100", 9100),
    "vault_key_file": ("REDRESS_VAULT_KEY_FILE", "/run/key", Path("/run/key")),
    "webhook_key_file": ("REDRESS_WEBHOOK_KEY_FILE", "/run/hooks", Path("/run/hooks")),
    "webhook_loopback": ("REDRESS_WEBHOOK_LOOPBACK", "true", True),
    "notifier_partitions": ("REDRESS_NOTIFIER_PARTITIONS", "4", 4),
    "notifier_partition": ("REDRESS_NOTIFIER_PARTITION", "2", 2),
    "smtp_host": ("REDRESS_SMTP_HOST", "mail", "mail"),
    "smtp_port": ("REDRESS_SMTP_PORT", "587", 587),
    "smtp_username": ("REDRESS_SMTP_USERNAME", "redress", "redress"),
    "smtp_password_file": ("REDRESS_SMTP_PASSWORD_FILE", "/run/mail", Path("/run/mail")),
    "smtp_starttls": ("REDRESS_SMTP_STARTTLS", "true", True),
    "sender_address": ("REDRESS_SENDER_ADDRESS", "c@example.org", "c@example.org"),
    "traces_endpoint": ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "http://c:4318"),
    "public_url": ("REDRESS_PUBLIC_URL", "https://c.example.org", "https://c.example.org"),
}
SECRET = {"database_url": "DATABASE_URL", "rabbitmq_url": "RABBITMQ_URL"}


def test_every_setting_is_in_this_list() -> None:
    assert set(Settings.model_fields) == set(GIVEN) | set(SECRET)


@pytest.mark.parametrize("field", GIVEN)
def test_a_setting_is_read_from_its_variable(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable, given, expected = GIVEN[field]
    monkeypatch.delenv(variable, raising=False)
    assert getattr(Settings(), field) != expected
    monkeypatch.setenv(variable, given)
    assert getattr(Settings(), field) == expected


@pytest.mark.parametrize("field", SECRET)
def test_an_address_with_a_password_is_read_and_never_shown(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET[field], "scheme://user:hunter2@host/name")
    settings = Settings()
    assert getattr(settings, field).get_secret_value().endswith("hunter2@host/name")
    assert "hunter2" not in repr(settings)


def test_an_unknown_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_ENVIRONMENT", "staging")
    with pytest.raises(ValidationError, match="demonstration"):
        Settings()


def test_data_go_where_the_desktop_convention_says() -> None:
    assert default_data_directory({"XDG_DATA_HOME": "/data"}) == Path("/data/redress")
    assert default_data_directory({}) == Path.home() / ".local" / "share" / "redress"

"""The settings of a Redress process: the only reader of the environment.

Every variable starts with REDRESS_, save DATABASE_URL and RABBITMQ_URL, which have the names that platforms use, and
OTEL_EXPORTER_OTLP_ENDPOINT, which OpenTelemetry reads too, with its further standard settings.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One process's settings; `redress doctor` shows them with secrets masked."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_", frozen=True, extra="ignore")

    environment: Literal["demonstration", "production"] = "demonstration"
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    rabbitmq_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("RABBITMQ_URL", "rabbitmq_url")
    )
    data_directory: Path = Field(
        default_factory=lambda: default_data_directory(os.environ),
        validation_alias=AliasChoices("REDRESS_DATA", "data_directory"),
    )
    landlord: str = Field(
        default="riverside", description="who a complaint goes to that names no landlord"
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    operations_host: str = "127.0.0.1"
    operations_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="serves /metrics and /health for those who run it; not served when absent",
    )
    traces_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "traces_endpoint"
        ),
        description="where traces go by OTLP over HTTP; not traced when absent",
    )
    vault_key_file: Path | None = Field(
        default=None, description="32 bytes; made in the data directory when absent"
    )
    documents_folder: Path | None = Field(
        default=None,
        description="where documents and photos are kept, the same for every process; below the data directory when"
        " absent",
    )
    clamd: str | None = Field(
        default=None,
        description="host:port or socket of ClamAV's daemon; documents are not checked for viruses when absent",
    )
    webhook_key_file: Path | None = Field(
        default=None,
        description="32 bytes that seal the secrets of webhooks; made in the data directory when absent",
    )
    webhook_loopback: bool = Field(
        default=False, description="whether webhooks may lead to this machine: for demonstrations"
    )
    notifier_partitions: int = Field(
        default=1, ge=1, le=64, description="over how many queues complaints are spread for letters"
    )
    notifier_partition: int | None = Field(
        default=None, ge=0, le=63, description="which of them this process serves first; none: any"
    )
    smtp_host: str | None = None
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password_file: Path | None = None
    smtp_starttls: bool = False
    sender_address: str = "complaints@example.org"
    public_url: str = "http://127.0.0.1:8000"

    form_pages_per_hour: int = Field(
        default=600,
        ge=1,
        description="pages of the public form that one address may post in an hour",
    )
    form_complaints_per_hour: int = Field(
        default=30,
        ge=1,
        description="complaints that one address may send by the public form in an hour",
    )
    form_codes_per_hour: int = Field(
        default=10,
        ge=1,
        description="codes of saved complaints that one address may try in an hour",
    )

    api_requests_per_token_per_hour: int = Field(
        default=36_000,
        ge=1,
        description="requests of the JSON API that one token may make in an hour",
    )
    api_requests_per_address_per_hour: int = Field(
        default=3_600,
        ge=1,
        description="requests of the JSON API that one address may make in an hour without a token",
    )

    @property
    def is_demonstration(self) -> bool:
        """Whether personas, the mailbox page and other conveniences exist."""
        return self.environment == "demonstration"

    @property
    def key_file(self) -> Path:
        """Where the vault's master key stands."""
        return self.vault_key_file or self.data_directory / "vault.key"

    @property
    def documents(self) -> Path:
        """Where the sealed contents of documents lie."""
        return self.documents_folder or self.data_directory / "documents"

    @property
    def sealing_key_file(self) -> Path:
        """Where the key stands that seals the secrets of webhooks."""
        return self.webhook_key_file or self.data_directory / "webhooks.key"


def default_data_directory(environment: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/redress`, else `~/.local/share/redress`."""
    home = environment.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "redress"

"""What the one-off commands ask of an installation: its settings and clock, its database, its log and its parts."""

from typing import Protocol

from services.workflow.importing import HistoryImporter
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.eventstore.recorder import FeedRecorder
from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.vault.vault import Vault


class CommandInstallation(Protocol):
    """The parts a command may use; `services.redress.assembly` builds them from the settings."""

    @property
    def settings(self) -> Settings:
        """The settings of this process."""

    @property
    def clock(self) -> Clock:
        """Tells the time."""

    @property
    def owner(self) -> Database:
        """Connections of the owner, for registering landlords and adopting policies."""

    @property
    def vault(self) -> Vault:
        """Where personal words are sealed."""

    def shelf(self, role: str | None) -> Shelf:
        """The documents, as a service may handle them; None is the owner."""

    @property
    def recorder(self) -> FeedRecorder:
        """The log."""

    @property
    def importer(self) -> HistoryImporter:
        """Brings histories into the log."""

    def catch_up_projections(self, landlord: str) -> int:
        """Brings the read models up to the head of the landlord's feed; the number of events applied."""

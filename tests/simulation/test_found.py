"""What the simulation found in the product: the scenario of each, in the fewest steps that show it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from services.intake.new_submissions import NewSubmission
from services.intake.submissions import Intake
from services.workflow.domain.commands import RecordContact
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.handling import Handled, Handling
from services.workflow.receiving import Receiving
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import london_day
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.received import ComplaintReceived, complaint_received
from shared.runtime.clock import SettableClock
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.postgres.direct import DirectTurns
from tests.simulation.setting import settled_server

MON_2_MAR_2026 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBMISSION = UUID(int=1)
COMMAND = UUID(int=2)


@dataclass
class House:
    """Intake and workflow on one database, each with a clock of its own."""

    intake: Intake
    handling: Handling
    intake_clock: SettableClock
    workflow_clock: SettableClock

    def take(self) -> ComplaintReceived:
        """A resident's complaint, as intake will hand it over."""
        from services.intake.handover import Handover  # noqa: PLC0415 - for its reader alone

        new = NewSubmission(
            landlord="riverside",
            organisation="riverside-homes",
            route=Route.COMPLAINT,
            channel=Channel.WEB_FORM,
            received=None,
            name="A resident",
            address=None,
            email=None,
            phone=None,
            complaint="The boiler is out again.",
            desired_outcome=None,
            issues=("repairs",),
        )
        now = self.intake_clock.now()
        self.intake.take(new, key="key", submission=SUBMISSION, now=now)
        handover = Handover(database=self.intake.database, bus=_NoBus(), clock=self.intake_clock)
        return handover._oldest("riverside")[0][0]

    def contact(self, reference: str, *, expected: int | None = None) -> Handled:
        """An officer reached the complainant; the same command whenever it is given."""
        now = self.workflow_clock.now()
        return self.handling.handle(
            "riverside",
            reference,
            RecordContact(
                happened=Moment(london_day(now), now), actor="ada", channel=Channel.PHONE
            ),
            command_id=COMMAND,
            fingerprint=b"contact",
            correlation_id="test",
            causation_id="test",
            expected_version=expected,
        )


class _NoBus:
    """Nothing is published in these tests."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not asked for")


@pytest.fixture
def house() -> Iterator[House]:
    """Both clocks show the same."""
    server, turns = settled_server(lambda: MON_2_MAR_2026), DirectTurns()
    intake_clock, workflow_clock = SettableClock(MON_2_MAR_2026), SettableClock(MON_2_MAR_2026)
    vault = Vault(LandlordKeys(bytes(32)))
    with (
        ModelDatabase(server, turns, role="redress_intake", name="intake") as at_intake,
        ModelDatabase(server, turns, role="redress_workflow", name="workflow") as at_workflow,
    ):
        yield House(
            intake=Intake(
                database=at_intake, vault=vault, clock=intake_clock, default_landlord="riverside"
            ),
            handling=Handling(
                recorder=FeedRecorder(at_workflow, environment={}),
                database=at_workflow,
                clock=workflow_clock,
                vault=vault,
                chance=Random(1),
            ),
            intake_clock=intake_clock,
            workflow_clock=workflow_clock,
        )


async def test_a_complaint_from_a_clock_that_is_ahead_is_opened(house: House) -> None:
    house.intake_clock.advance(timedelta(minutes=4))
    received = house.take()
    await Receiving(house.handling)(complaint_received(received).body)
    found = house.handling.load("riverside", received.reference)
    assert found is not None
    assert found.events[0].recorded_at == received.logged_at


async def test_a_command_is_never_refused_because_of_its_own_effect(house: House) -> None:
    received = house.take()
    await Receiving(house.handling)(complaint_received(received).body)
    before = house.handling.load("riverside", received.reference)
    assert before is not None
    real = Handling.look
    meanwhile: list[Handled | None] = []

    def as_if_not_yet(self: Handling, landlord: str, stream: str, command_id: UUID) -> Any:
        """The other attempt commits between the first look's two statements."""
        found = real(self, landlord, stream, command_id)
        if not meanwhile:
            meanwhile.append(None)
            meanwhile.append(house.contact(received.reference, expected=before.version))
            return replace(found, complaint=real(self, landlord, stream, command_id).complaint)
        return found

    with patch.object(Handling, "look", as_if_not_yet):
        second = house.contact(received.reference, expected=before.version)
    assert second.replayed
    assert meanwhile[1] == Handled(second.version, second.events, replayed=False)


async def test_a_refusal_by_a_rule_stands_when_the_command_was_never_done(house: House) -> None:
    received = house.take()
    await Receiving(house.handling)(complaint_received(received).body)
    house.workflow_clock.advance(timedelta(minutes=-90))
    ahead = house.workflow_clock.now() + timedelta(hours=3)
    command = RecordContact(
        happened=Moment(london_day(ahead), ahead), actor="ada", channel=Channel.PHONE
    )
    with pytest.raises(ComplaintRuleBroken):
        house.handling.handle(
            "riverside",
            received.reference,
            command,
            command_id=COMMAND,
            fingerprint=b"contact",
            correlation_id="test",
            causation_id="test",
        )

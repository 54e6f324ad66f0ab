"""One command, once: retries, conflicts, lost commits, and the policy of the day of receipt."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Event

import pytest

from services.workflow.domain.commands import (
    AcknowledgeComplaint,
    AllocateComplaint,
    Command,
    RecordContact,
    RecordContactAttempt,
    WithdrawComplaint,
)
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.handling import Found, Handled
from services.workflow.not_done import CommandIdReused, TooManyConflicts, VersionMoved
from shared.complaints.values import Channel
from shared.database.pool import Database
from shared.eventstore.recorder import Append, FeedRecorder
from tests.eventstore.lossy_line import LossyLine
from tests.workflow.office import LANDLORD, Office, command_id, fingerprint

BOILER = "RC-2026-000001"


def acknowledge(office: Office) -> AcknowledgeComplaint:
    return AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor="ben")


def contact(office: Office) -> RecordContact:
    return RecordContact(channel=Channel.PHONE, happened=office.now(), actor="ben")


def test_a_complaint_opens_under_the_policy_in_force_on_the_day_of_receipt(
    office: Office,
) -> None:
    office.open(BOILER)
    office.open("RC-2026-000002", organisation="riverside")
    assert office.case(BOILER).complaint.policy == "kctmo-2010"
    assert office.case("RC-2026-000002").complaint.policy == "hos-code-2024"


def test_a_repeated_command_gives_the_stored_answer_and_stores_nothing(office: Office) -> None:
    office.open(BOILER)
    first = office.give(BOILER, acknowledge(office), key="letter")
    office.clock.advance(timedelta(days=30))
    again = office.give(BOILER, acknowledge(office), key="letter")
    assert (again.version, again.events) == (first.version, first.events)
    assert again.replayed
    assert office.names(BOILER).count("acknowledged") == 1


def test_a_command_id_used_for_something_else_is_refused(office: Office) -> None:
    office.open(BOILER)
    office.give(BOILER, acknowledge(office), key="letter")
    with pytest.raises(CommandIdReused):
        office.handling.handle(
            LANDLORD,
            BOILER,
            WithdrawComplaint(happened=office.now(), actor="ben"),
            command_id=command_id(BOILER, "letter"),
            fingerprint=b"another",
            correlation_id="test",
            causation_id="test",
        )


def test_a_refused_command_leaves_no_trace(office: Office) -> None:
    office.open(BOILER)
    office.give(BOILER, acknowledge(office), key="letter")
    before = office.case(BOILER).version
    with pytest.raises(ComplaintRuleBroken) as refused:
        office.give(BOILER, acknowledge(office), key="second letter")
    assert refused.value.clause
    assert refused.value.way_out
    assert office.case(BOILER).version == before
    assert office.recorder.command_result(LANDLORD, command_id(BOILER, "second letter")) is None


def test_a_command_meant_for_an_earlier_version_is_told_what_happened_since(
    office: Office,
) -> None:
    office.open(BOILER)
    seen = office.case(BOILER).version
    office.give(BOILER, acknowledge(office), key="letter")
    with pytest.raises(VersionMoved) as moved:
        office.handling.handle(
            LANDLORD,
            BOILER,
            WithdrawComplaint(happened=office.now(), actor="ben"),
            command_id=command_id(BOILER, "withdraw"),
            fingerprint=b"withdraw",
            correlation_id="test",
            causation_id="test",
            expected_version=seen,
        )
    assert moved.value.since[0].name == "complaint.acknowledged.v1"


def test_every_event_says_who_gave_the_command_and_which_command_it_was(office: Office) -> None:
    office.open(BOILER)
    office.give(BOILER, acknowledge(office), key="letter")
    records = [
        r for r in office.case(BOILER).events if r.command_id == command_id(BOILER, "letter")
    ]
    assert {record.actor for record in records} == {"ben"}
    assert {record.correlation_id for record in records} == {"test"}


@pytest.mark.parametrize("first", ["ben", "cora"])
def test_of_two_officers_at_once_the_second_decides_on_what_the_first_did(
    office: Office, connections: ExitStack, first: str
) -> None:
    """Both have loaded the same version before either appends; whoever appends first wins."""
    office.open(BOILER)
    slow = _waits_after_its_first_load(office, connections)
    second = "cora" if first == "ben" else "ben"
    command = AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor=second)
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(give_on, office, slow, command, key=second)
        slow.has_loaded.wait()
        office.give(
            BOILER,
            AcknowledgeComplaint(channel=Channel.EMAIL, happened=office.now(), actor=first),
            key=first,
        )
        slow.may_go_on.set()
        with pytest.raises(ComplaintRuleBroken):
            later.result(timeout=20)
    records = office.case(BOILER).events
    assert [r.actor for r in records if r.name == "complaint.acknowledged.v1"] == [first]


def test_two_officers_who_do_not_contradict_each_other_both_succeed(
    office: Office, connections: ExitStack
) -> None:
    office.open(BOILER)
    slow = _waits_after_its_first_load(office, connections)
    command = RecordContact(channel=Channel.PHONE, happened=office.now(), actor="cora")
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(give_on, office, slow, command, key="contact")
        slow.has_loaded.wait()
        office.give(BOILER, acknowledge(office), key="letter")
        slow.may_go_on.set()
        assert later.result(timeout=20).events[0] == "complaint.contact-made.v1"
    assert {"acknowledged", "contact-made"} <= set(office.names(BOILER))


def test_many_officers_at_once_lose_nothing(office: Office) -> None:
    office.open(BOILER)

    def attempt(number: int) -> int:
        tries = 0
        while True:
            tries += 1
            try:
                office.give(
                    BOILER,
                    RecordContactAttempt(channel=Channel.PHONE, happened=office.now(), actor="ben"),
                    key=f"attempt {number}",
                )
            except TooManyConflicts:
                continue
            return tries

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(12)))
    assert office.names(BOILER).count("contact-attempted") == 12


def test_a_commit_whose_answer_was_lost_is_answered_as_done_and_not_done_twice(
    office: Office, connections: ExitStack
) -> None:
    office.open(BOILER)
    line = connections.enter_context(LossyLine(office.conninfo, losses=0))
    database = connections.enter_context(Database(line.conninfo, role="redress_workflow"))
    recorder = ForgetfulLine(database, line)
    handled = give_on(office, recorder, acknowledge(office), key="letter")
    assert line.losses == 0
    assert handled.replayed
    assert handled.events[0] == "complaint.acknowledged.v1"
    assert office.names(BOILER).count("acknowledged") == 1


def test_what_was_seen_before_somebody_else_came_is_decided_anew(office: Office) -> None:
    office.open(BOILER)
    seen = office.handling.look(LANDLORD, BOILER, command_id(BOILER, "letter"))
    office.give(BOILER, contact(office), key="call")
    handled = give_on(office, office.recorder, acknowledge(office), key="letter", found=seen)
    assert handled.version == office.case(BOILER).version
    assert office.names(BOILER)[-4:] == [
        "contact-made", "deadline-met", "acknowledged", "deadline-met"
    ]  # fmt: skip
    assert tuple(record.event for record in office.case(BOILER).events)[-2:] == handled.told


def test_what_was_seen_before_it_was_done_is_not_done_again(office: Office) -> None:
    office.open(BOILER)
    seen = office.handling.look(LANDLORD, BOILER, command_id(BOILER, "letter"))
    first = office.give(BOILER, acknowledge(office), key="letter")
    again = give_on(office, office.recorder, acknowledge(office), key="letter", found=seen)
    assert (again.replayed, again.version) == (True, first.version)


def test_commands_that_belong_together_are_carried_out_together(office: Office) -> None:
    office.open(BOILER)
    before = office.case(BOILER).version
    also = [acknowledge(office)]
    handled = give_on(office, office.recorder, contact(office), key="both", also=also)
    assert office.names(BOILER)[before:] == [
        "contact-made", "deadline-met", "acknowledged", "deadline-met"
    ]  # fmt: skip
    assert {record.command_id for record in office.case(BOILER).events[before:]} == {
        command_id(BOILER, "both")
    }
    assert give_on(office, office.recorder, contact(office), key="both", also=also) == Handled(
        handled.version, handled.events, replayed=True
    )


def test_of_commands_that_belong_together_none_is_carried_out_when_one_is_refused(
    office: Office,
) -> None:
    office.open(BOILER)
    before = office.case(BOILER).version
    also = [acknowledge(office), acknowledge(office)]  # the second is refused because of the first
    with pytest.raises(ComplaintRuleBroken):
        give_on(office, office.recorder, contact(office), key="three", also=also)
    assert office.case(BOILER).version == before


def test_a_connection_killed_before_the_commit_is_survived(
    office: Office, connections: ExitStack
) -> None:
    office.open(BOILER)
    database = connections.enter_context(
        Database(office.conninfo, role="redress_workflow", max_size=1)
    )
    recorder = FeedRecorder(database)
    with office.owner.transaction(LANDLORD) as cursor, database.pool.connection() as held:
        cursor.execute("SELECT pg_terminate_backend(%s)", (held.info.backend_pid,))
    handled = give_on(office, recorder, acknowledge(office), key="letter")
    assert handled.events[0] == "complaint.acknowledged.v1"
    assert office.names(BOILER).count("acknowledged") == 1


def test_a_command_with_nothing_to_do_is_remembered_as_done(office: Office) -> None:
    office.open(BOILER)
    allocate = AllocateComplaint(handlers=("cora",), happened=office.now(), actor="ben")
    first = office.give(BOILER, allocate, key="allocate")
    again = office.give(BOILER, allocate, key="allocate")
    assert again.replayed
    assert again.version == first.version


def test_whoever_listens_is_told_after_each_commit(office: Office) -> None:
    office.open(BOILER)
    assert office.appended == [LANDLORD]


def give_on(
    office: Office,
    recorder: FeedRecorder,
    command: Command,
    *,
    key: str,
    also: Sequence[Command] = (),
    found: Found | None = None,
) -> Handled:
    """Gives a command through another recorder."""
    return office.handling_on(recorder, recorder.database).handle(
        LANDLORD,
        BOILER,
        command,
        also=also,
        command_id=command_id(BOILER, key),
        fingerprint=fingerprint(BOILER, key),
        correlation_id="test",
        causation_id="test",
        found=found,
    )


def _waits_after_its_first_load(office: Office, connections: ExitStack) -> WaitingRecorder:
    database = connections.enter_context(
        Database(office.conninfo, role="redress_workflow", max_size=2)
    )
    return WaitingRecorder(database)


class WaitingRecorder(FeedRecorder):
    """When all is loaded and decided it lets somebody else in first: two officers at once."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.has_loaded = Event()
        self.may_go_on = Event()

    def append(self, append: Append) -> int:
        self.has_loaded.set()
        assert self.may_go_on.wait(timeout=20)
        return super().append(append)


class ForgetfulLine(FeedRecorder):
    """Its line goes dead when the answer to the COMMIT of its append comes back."""

    def __init__(self, database: Database, line: LossyLine) -> None:
        super().__init__(database)
        self._line = line

    def append(self, append: Append) -> int:
        self._line.losses = 1
        return super().append(append)

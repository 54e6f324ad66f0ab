"""The courses that complaints of the demonstration take, from receipt to the state each of them shows."""

from collections.abc import Callable
from datetime import date, time

from services.redress.demonstration.acting import Acting
from services.redress.demonstration.matters import FIRST_DRAFT, SECOND_DRAFT
from services.redress.demonstration.papers import letter, photo
from shared.complaints.values import Channel, Outcome, Route

Story = Callable[[Acting, date], None]


def just_received(case: Acting, day: date) -> None:
    """Nothing has been done yet."""
    case.receive(day, at=time(16, 40))


def contact_attempted(case: Acting, day: date) -> None:
    """Tried twice, not reached; a letter came after the call."""
    case.receive(day, channel=Channel.PHONE)
    case.bring(letter(case.setting.matter.complaint), kind="letter")
    case.go_on(1)
    case.acknowledge()
    case.try_contact()
    case.go_on(1)
    case.try_contact()


def acknowledged(case: Acting, day: date) -> None:
    """The complainant knows that it arrived, and was spoken to."""
    case.receive(day)
    case.go_on(1)
    case.acknowledge()
    case.contact()


def allocated(case: Acting, day: date) -> None:
    """Somebody has it."""
    acknowledged(case, day)
    case.go_on(1)
    case.allocate()


def holding_response_sent(case: Acting, day: date) -> None:
    """The answer will be late and the complainant was told why in good time."""
    allocated(case, day)
    case.go_to_before_due(3)
    case.send_holding_response()


def extended(case: Acting, day: date) -> None:
    """The date was moved, under the policy's condition."""
    allocated(case, day)
    case.go_to_before_due(3)
    case.extend(by_working_days=8)


def draft_waiting(case: Acting, day: date) -> None:
    """The answer is drafted and waits for the complaints team."""
    allocated(case, day)
    case.bring(photo(case.setting.number), kind="photo")
    case.go_to_before_due(2)
    case.draft()


def draft_sent_back(case: Acting, day: date) -> None:
    """The complaints team has sent the draft back, and the next one is being written."""
    allocated(case, day)
    case.note()
    case.go_to_before_due(4)
    case.draft(FIRST_DRAFT)
    case.go_to_before_due(3)
    case.send_back()


def draft_rewritten(case: Acting, day: date) -> None:
    """The draft was sent back, and its second version waits."""
    draft_sent_back(case, day)
    case.go_to_before_due(2)
    case.draft(SECOND_DRAFT)


def unanswered(case: Acting, day: date) -> None:
    """Nobody has answered: due today, or overdue, by its day of receipt."""
    allocated(case, day)
    case.bring(photo(case.setting.number), kind="photo")
    case.note()


def forgotten(case: Acting, day: date) -> None:
    """Not even acknowledged."""
    case.receive(day, channel=Channel.EMAIL)


def answered_in_time(case: Acting, day: date) -> None:
    """Answered within its time."""
    allocated(case, day)
    case.go_to_before_due(2)
    case.draft_and_approve()
    case.go_to_before_due(1)
    case.answer(Outcome.UPHELD, compensation_pence=5_000)


def not_upheld_in_time(case: Acting, day: date) -> None:
    """Answered within its time, the other way."""
    allocated(case, day)
    case.go_to_before_due(3)
    case.draft_and_approve()
    case.go_to_before_due(2)
    case.answer(Outcome.NOT_UPHELD)


def answered_late(case: Acting, day: date) -> None:
    """Answered, some days after it was due, without a word before."""
    allocated(case, day)
    case.go_to_before_due(0)
    case.go_on(case.setting.number % 6 + 1)
    case.draft_and_approve()
    case.answer(Outcome.UPHELD, compensation_pence=10_000)


def late_with_holding_response(case: Acting, day: date) -> None:
    """Answered late, as announced."""
    holding_response_sent(case, day)
    case.go_to_before_due(0)
    case.go_on(3)
    case.draft_and_approve()
    case.answer(Outcome.UPHELD)


def escalated_to_two(case: Acting, day: date) -> None:
    """Stage 2 was asked for and is being considered."""
    not_upheld_in_time(case, day)
    case.go_on(4)
    case.escalate()
    case.go_on(1)
    case.acknowledge()
    case.contact()
    case.allocate()


def answered_at_two(case: Acting, day: date) -> None:
    """Stage 2 was answered."""
    escalated_to_two(case, day)
    case.go_to_before_due(2)
    case.draft_and_approve()
    case.go_to_before_due(1)
    case.answer(Outcome.UPHELD, compensation_pence=15_000)


def escalated_because_late(case: Acting, day: date) -> None:
    """Stage 1 was not answered in time, which opens stage 2."""
    allocated(case, day)
    case.go_to_before_due(0)
    case.go_on(2)
    case.escalate()
    case.go_on(1)
    case.acknowledge()
    case.contact()
    case.allocate()


def escalated_to_three(case: Acting, day: date) -> None:
    """A panel considers it."""
    escalated_to_two(case, day)
    case.go_to_before_due(1)
    case.draft_and_approve()
    case.answer(Outcome.NOT_UPHELD)
    case.go_on(8)
    case.escalate()
    case.go_on(1)
    case.acknowledge()
    case.allocate()


def answered_at_three(case: Acting, day: date) -> None:
    """The panel has answered."""
    escalated_to_three(case, day)
    case.go_to_before_due(2)
    case.draft_and_approve()
    case.answer(Outcome.UPHELD, compensation_pence=25_000)


def refused(case: Acting, day: date) -> None:
    """Not a matter for the complaints procedure."""
    case.receive(day)
    case.go_on(1)
    case.acknowledge()
    case.refuse("already_considered")


def withdrawn(case: Acting, day: date) -> None:
    """Taken back by the complainant."""
    allocated(case, day)
    case.go_on(2)
    case.withdraw()


def reopened(case: Acting, day: date) -> None:
    """Taken back, then taken up again."""
    withdrawn(case, day)
    case.go_on(1)
    case.reopen()


def reopened_after_silence(case: Acting, day: date) -> None:
    """Closed because nothing was heard, then taken further for an exceptional reason."""
    not_upheld_in_time(case, day)
    case.go_on(26)
    case.escalate(reason="The complainant was in hospital while the time to ask ran out.")
    case.go_on(1)
    case.acknowledge()
    case.contact()


def closed_after_final_response(case: Acting, day: date) -> None:
    """Answered at the last stage and closed: by hand, or where the policy says so by silence."""
    answered_at_two(case, day)
    case.go_on(6)
    case.close_when_open("final_response")


def members_enquiry(case: Acting, day: date) -> None:
    """A councillor asked on behalf of a resident, and was answered."""
    case.receive(day, channel=Channel.COUNCILLOR, route=Route.MEMBERS_ENQUIRY)
    case.go_on(5)
    case.draft_and_approve()
    case.answer(Outcome.UPHELD)

"""The state of a complaint: what its events add up to, only as far as a later decision needs it.

`evolve` never fails and computes no date: every date is on an event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Protocol

from services.workflow.domain import further
from services.workflow.domain.further import NOTHING_FURTHER, Further
from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment, Route
from shared.policies.deadlines import Deadline, DeadlineState
from shared.policies.policy import Fact


class Recorded(Protocol):
    """An event with its envelope, as far as state needs it."""

    @property
    def event(self) -> ComplaintEvent: ...

    @property
    def happened(self) -> Moment: ...

    @property
    def actor(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """The latest draft of a stage."""

    number: int
    stage: int
    submitted_by: str
    approved_by: str | None = None
    returned_by: str | None = None

    @property
    def waits(self) -> bool:
        """Whether nobody has approved it or sent it back."""
        return self.approved_by is None and self.returned_by is None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case was closed."""

    because: str
    on: date


@dataclass(frozen=True)  # without slots: `_with` copies what it holds at once
class Complaint:
    """A complaint as it stands."""

    reference: str
    organisation: str
    route: Route
    policy: str
    policy_hash: str
    received: Moment
    issues: tuple[int, ...]
    named_officers: frozenset[str]
    stage: int
    stage_opened: Moment
    version: int
    done: frozenset[tuple[Fact, int]] = frozenset()
    handlers: tuple[str, ...] = ()  # of the current stage
    involved: frozenset[tuple[int, str]] = frozenset()  # who handled, drafted, approved, responded
    draft: Draft | None = None
    deadlines: tuple[Deadline, ...] = ()
    ending: Ending | None = None
    overlay_policy: str | None = None
    overlay_policy_hash: str | None = None
    overlay_deadlines: tuple[Deadline, ...] = ()  # never mixed with its own
    further: Further = NOTHING_FURTHER  # what it holds besides its stages
    last_issue: int = 0  # the highest number an issue was ever given
    refused_as: str | None = None  # the exclusion, where it was kept out

    def has(self, fact: Fact, stage: int | None = None) -> bool:
        """Say whether something happened at a stage, the current one unless given."""
        return (fact, self.stage if stage is None else stage) in self.done

    def deadline(self, duty: str, stage: int | None = None) -> Deadline | None:
        """Return one duty of a stage, the current one unless given."""
        return self.deadlines_at(self.stage if stage is None else stage).get(duty)

    def deadlines_at(self, stage: int, *, overlay: str | None = None) -> dict[str, Deadline]:
        """Return the duties of a stage by name, in the order in which they were first set.

        With the name of the policy that runs beside the complaint's own: the duties under that.
        """
        every = self.deadlines if overlay is None else self.overlay_deadlines
        return {
            known.latest.duty: known
            for known in every
            if (known.latest.stage, known.latest.overlay) == (stage, overlay)
        }

    @property
    def all_deadlines(self) -> tuple[Deadline, ...]:
        """The duties under its own policy, then those under the policy beside it."""
        return (*self.deadlines, *self.overlay_deadlines)

    @property
    def owed(self) -> tuple[Deadline, ...]:
        """What is still to be done under its own policy, in time or late."""
        return tuple(known for known in self.deadlines if known.is_owed)

    def involved_before(self, stage: int) -> frozenset[str]:
        """Return who took part at an earlier stage."""
        return frozenset(officer for at, officer in self.involved if at < stage)


_FIELDS = frozenset(field.name for field in fields(Complaint))


def replay(history: Iterable[Recorded]) -> Complaint | None:
    """Return the state after a history; None after none."""
    complaint: Complaint | None = None
    for entry in history:
        complaint = evolve(complaint, entry.event, moment=entry.happened, actor=entry.actor)
    return complaint


def evolve(
    complaint: Complaint | None, event: ComplaintEvent, *, moment: Moment, actor: str
) -> Complaint:
    """Return the state after one more event."""
    if complaint is None:
        if not isinstance(event, told.ComplaintOpened):
            raise ValueError(f"A history begins with its opening, not with {type(event).__name__}.")
        return _opened(event)
    after = _after(complaint, event, moment=moment, actor=actor)
    besides = further.after(complaint.further, event, moment=moment, actor=actor)
    return _with(after, further=besides, version=complaint.version + 1)


def _with(complaint: Complaint, **changes: Any) -> Complaint:
    """Return the complaint with other values in these fields.

    A case is replayed fact by fact before every command. `dataclasses.replace` sets each of the two dozen fields anew,
    and would take ten times as long.
    """
    if not changes.keys() <= _FIELDS:
        raise TypeError(f"A complaint has no {', '.join(sorted(changes.keys() - _FIELDS))}.")
    after = object.__new__(Complaint)
    vars(after).update(vars(complaint), **changes)
    return after


def _opened(event: told.ComplaintOpened) -> Complaint:
    received = Moment(event.received_on, event.received_at)
    return Complaint(
        reference=event.reference,
        organisation=event.organisation,
        route=event.route,
        policy=event.policy,
        policy_hash=event.policy_hash,
        received=received,
        issues=tuple(issue.number for issue in event.issues),
        named_officers=frozenset(event.named_officers),
        stage=1,
        stage_opened=received,
        version=1,
        done=frozenset({(Fact.RECEIVED, 1)}),
        last_issue=max((issue.number for issue in event.issues), default=0),
        overlay_policy=event.overlay_policy,
        overlay_policy_hash=event.overlay_policy_hash,
    )


def _after(  # noqa: C901, PLR0911, PLR0912 - one case an event, no logic in between
    complaint: Complaint, event: ComplaintEvent, *, moment: Moment, actor: str
) -> Complaint:
    match event:
        case told.DeadlineSet():
            return _with_deadline_set(complaint, event)
        case told.DeadlineMet():
            return _with_state(complaint, event, DeadlineState.MET)
        case told.DeadlineLifted():
            return _with_state(complaint, event, DeadlineState.LIFTED)
        case told.DeadlineMissed():
            return _with_state(complaint, event, DeadlineState.MISSED)
        case told.ComplaintAcknowledged():
            return _with_fact(complaint, Fact.ACKNOWLEDGED, event.stage)
        case told.ContactMade():
            return _with_fact(complaint, Fact.CONTACTED, event.stage)
        case told.HoldingResponseSent():
            return _with_fact(complaint, Fact.HOLDING_RESPONSE, event.stage)
        case told.ComplaintAllocated():
            allocated = _with_fact(complaint, Fact.ALLOCATED, event.stage, *event.handlers)
            is_current = event.stage == allocated.stage
            return _with(allocated, handlers=event.handlers) if is_current else allocated
        case told.DraftSubmitted():
            drafted = _with_fact(complaint, Fact.DRAFT_SUBMITTED, event.stage, actor)
            return _with(drafted, draft=Draft(event.draft, event.stage, actor))
        case told.DraftApproved():
            return _with_draft_approved(complaint, event, actor)
        case told.DraftReturned():
            return _with_draft_returned(complaint, event, actor)
        case told.ResponseIssued():
            return _with_fact(complaint, Fact.RESPONSE, event.stage, actor)
        case told.ComplaintEscalated():
            return _at_next_stage(complaint, event, moment)
        case told.ComplaintClosed():
            return _with(complaint, ending=Ending(event.because, moment.on))
        case told.ComplaintReopened():
            return _with(complaint, ending=None)
        case told.ComplaintRefused():
            return _with(complaint, refused_as=event.exclusion)
        case (
            told.ComplaintOpened()
            | told.DeadlineApproaching()
            | told.HoldingResponseDue()
            | told.EscalationWindowClosed()
            | told.DraftDue()
            | told.ContactAttempted()
            | told.DeadlineExtended()
            | told.ComplaintWithdrawn()
            | told.CompensationOffered()
            | told.PromiseMade()
            | told.PromiseKept()
            | told.ReferredToOmbudsman()
            | told.OmbudsmanDetermined()
            | told.NoteAdded()
            | told.DeadlineRecounted()  # the date itself is set by the fact beside it
        ):
            return complaint
        case _:
            return _after_further(complaint, event)


def _after_further(
    complaint: Complaint, event: told.FurtherEvent | told.RulebookEvent
) -> Complaint:
    """Return the state after what goes beside the stages; what else it does is kept in `further`."""
    match event:
        case told.IssueAdded():
            number = event.issue.number
            return _with(complaint, issues=(*complaint.issues, number), last_issue=number)
        case told.IssueSplitOff():
            issues = tuple(each for each in complaint.issues if each != event.number)
            return _with(complaint, issues=issues)
        case told.EnquiryForwarded():
            return _with_fact(complaint, Fact.FORWARDED, event.stage)
        case told.ServiceRequestRemedied():
            return _with_fact(complaint, Fact.REMEDIED, event.stage)
        case told.RouteChanged():
            # What was done for another route, such as its acknowledgement, is to be done anew.
            done = frozenset({(Fact.RECEIVED, complaint.stage)})
            return _with(complaint, route=event.to_route, done=done, draft=None)
        case _:
            return complaint


def _with_fact(complaint: Complaint, fact: Fact, stage: int, *involved: str) -> Complaint:
    return _with(
        complaint,
        done=complaint.done | {(fact, stage)},
        involved=complaint.involved | {(stage, officer) for officer in involved},
        # A history may answer a stage that nobody recorded as opened.
        stage=max(complaint.stage, stage),
    )


def _with_draft_approved(complaint: Complaint, event: told.DraftApproved, actor: str) -> Complaint:
    approved = _with_fact(complaint, Fact.APPROVED, event.stage, actor)
    draft = approved.draft and replace(approved.draft, approved_by=actor)
    return _with(approved, draft=draft)


def _with_draft_returned(complaint: Complaint, event: told.DraftReturned, actor: str) -> Complaint:
    draft = complaint.draft and replace(complaint.draft, returned_by=actor)
    # Who checked it took part, as who approves it does.
    involved = complaint.involved | {(event.stage, actor)}
    return _with(complaint, draft=draft, involved=involved)


def _with_deadline_set(complaint: Complaint, event: told.DeadlineSet) -> Complaint:
    known = complaint.deadlines_at(event.stage, overlay=event.overlay).get(event.duty)
    if known is not None:
        return _with_deadline(complaint, known.set_again(event))
    new = Deadline(event, event)
    if event.overlay is None:
        return _with(complaint, deadlines=(*complaint.deadlines, new))
    return _with(complaint, overlay_deadlines=(*complaint.overlay_deadlines, new))


def _with_state(
    complaint: Complaint,
    event: told.DeadlineMet | told.DeadlineLifted | told.DeadlineMissed,
    state: DeadlineState,
) -> Complaint:
    known = complaint.deadlines_at(event.stage, overlay=event.overlay).get(event.duty)
    if known is None:
        return complaint
    return _with_deadline(complaint, replace(known, state=state))


def _with_deadline(complaint: Complaint, changed: Deadline) -> Complaint:
    if changed.latest.overlay is None:
        return _with(complaint, deadlines=_changed_in(complaint.deadlines, changed))
    return _with(complaint, overlay_deadlines=_changed_in(complaint.overlay_deadlines, changed))


def _changed_in(deadlines: tuple[Deadline, ...], changed: Deadline) -> tuple[Deadline, ...]:
    key = (changed.latest.duty, changed.latest.stage)
    return tuple(
        changed if (known.latest.duty, known.latest.stage) == key else known for known in deadlines
    )


def _at_next_stage(
    complaint: Complaint, event: told.ComplaintEscalated, moment: Moment
) -> Complaint:
    return _with(
        complaint,
        done=complaint.done | {(Fact.ESCALATION_REQUESTED, event.from_stage)},
        stage=event.to_stage,
        stage_opened=moment,
        handlers=(),
        draft=None,
    )

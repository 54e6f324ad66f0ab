"""What a resident does with their own case while they follow it: they add to it, and ask for the next stage.

They go the way that officers' commands go, under the same rules. Only two things differ: nobody has to give a reason,
and whoever is told that the policy does not open the next stage has still been heard: it is on record, and who handles
the case is told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from services.workflow.deciding import LoadedComplaint
from services.workflow.domain import guards
from services.workflow.domain.commands import Command, EscalateComplaint
from services.workflow.domain.guards import Case
from services.workflow.domain.happenings import REFUSED, WITHDRAWN
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.subjects.documents import AddDocument
from services.workflow.domain.subjects.following import NEXT_STAGE, AddInformation
from services.workflow.handling import Handling
from services.workflow.staff import COMMANDS, data_subject, issues_of
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import london_day
from shared.documents.rows import Shelved
from shared.identity.following import Follower
from shared.identity.spokespeople import COMPLAINANT
from shared.policies.policy import RESPOND, Fact
from shared.policies.signposts import Signpost, signposts
from shared.vault.sealing import SealedWords
from shared.web.problems import Problem
from shared.web.wording import weekday_date

LONGEST_WORDS = 5_000
WITHOUT_REASON = "Asked for on the page where the case is followed; no reason was given."
ROUTES: Mapping[Route, str] = {
    Route.QUERY: "question",
    Route.SERVICE_REQUEST: "request for a service",
    Route.MEMBERS_ENQUIRY: "enquiry",
    Route.BOARD_ENQUIRY: "enquiry",
}


@dataclass(frozen=True, slots=True)
class NotOpened:
    """Why the next stage cannot be opened now, in plain words, and what else there is."""

    why: str
    what_else: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as the page for dissatisfaction shows it: the stage that can be asked for, or why none can."""

    stage: int
    is_open: bool
    not_opened: NotOpened | None
    signposts: tuple[Signpost, ...]  # who else can be asked


class ResidentDesk:
    """Finds the case that somebody follows, and carries out what they ask."""

    def __init__(self, handling: Handling) -> None:
        self._handling = handling

    def case(self, follower: Follower) -> LoadedComplaint:
        """The case that they follow."""
        found = self._handling.load(follower.landlord, follower.reference)
        if found is None:
            raise Problem(
                404, "Not found", "There is no such complaint, or it is not yours to see."
            )
        return found

    def standing(self, follower: Follower) -> Standing:
        """Whether the next stage can be asked for now."""
        found = self.case(follower)
        case = self._judged(follower, found)
        return Standing(
            stage=found.complaint.stage,
            is_open=found.complaint.ending is None,
            not_opened=_not_opened(case),
            signposts=signposts(case.policy, tuple(issue.category for issue in issues_of(found))),
        )

    def add(
        self,
        follower: Follower,
        *,
        about: str,
        text: str,
        key: str,
        documents: Sequence[Shelved] = (),
        said: str = "",
    ) -> None:
        """Puts on record what they say, and with it the documents that they send: all of it, once per key. `said` is
        what was sent, where that is more than the text.
        """
        found = self.case(follower)
        command_id = _command_id(follower, key=key, said=f"{about} {said or text}")
        words = self._sealed(follower, found, text=text, command_id=command_id)
        by: dict[str, Any] = {"happened": self._now(), "actor": follower.holder}
        self._carry_out(
            follower,
            AddInformation(about=about, words=words.reference, **by),
            *(_document(each, by) for each in documents),
            words=(words, *(each.words for each in documents)),
            command_id=command_id,
        )

    def ask_for_next_stage(self, follower: Follower, *, text: str, key: str) -> NotOpened | None:
        """Opens the next stage at their wish; where the policy does not, records the wish and says why."""
        found = self.case(follower)
        case = self._judged(follower, found)
        command_id = _command_id(follower, key=key, said=text)
        # What the policy wants on record of a late wish is no hurdle for whoever has it: that they asked is enough.
        text = text or (WITHOUT_REASON if guards.needs_reason_to_escalate(case) else "")
        words: tuple[SealedWords, ...] = ()
        if text:
            words = (self._sealed(follower, found, text=text, command_id=command_id),)
        command = EscalateComplaint(
            channel=Channel.WEB_FORM,
            words=words[0].reference if words else None,
            happened=self._now(),
            actor=follower.holder,
        )
        try:
            self._carry_out(follower, command, words=words, command_id=command_id)
        except ComplaintRuleBroken as broken:
            refused = _not_opened(case) or NotOpened(broken.said, broken.way_out)
            said = text or "I am not satisfied, and ask for the next stage."
            self.add(follower, about=NEXT_STAGE, text=said, key=key)
            return refused
        return None

    def _judged(self, follower: Follower, found: LoadedComplaint) -> Case:
        policy, calendar = self._handling.rules_for(follower.landlord, found.complaint)
        return Case(found.complaint, policy, calendar, self._now(), follower.holder)

    def _now(self) -> Moment:
        now = self._handling.clock.now()
        return Moment(london_day(now), now)

    def _sealed(
        self, follower: Follower, found: LoadedComplaint, *, text: str, command_id: UUID
    ) -> SealedWords:
        return self._handling.seal(
            follower.landlord,
            subject=data_subject(follower.landlord, follower.reference, found),
            words=uuid5(command_id, "words"),
            kind="information",
            text=text,
        )

    def _carry_out(
        self,
        follower: Follower,
        command: Command,
        *also: Command,
        words: Sequence[SealedWords],
        command_id: UUID,
    ) -> None:
        self._handling.handle(
            follower.landlord,
            follower.reference,
            command,
            also=also,
            command_id=command_id,
            fingerprint=command_id.bytes,
            correlation_id=str(command_id),
            causation_id=str(command_id),
            words=words,
        )


def _document(sent: Shelved, by: Mapping[str, Any]) -> AddDocument:
    return AddDocument(
        document=str(sent.document),
        kind=sent.kind,
        media_type=sent.media_type,
        size=sent.size,
        brought_by=COMPLAINANT,
        words=sent.words.reference,
        **by,
    )


def _command_id(follower: Follower, *, key: str, said: str) -> UUID:
    """The same words under the same key are the same command; other words are another.

    The key is random and kept nowhere, so that nobody can test guesses at the words against the id.
    """
    sent = hashlib.sha256(f"{key}\n{said}".encode()).hexdigest()
    return uuid5(
        COMMANDS, f"{follower.landlord}/track/{follower.reference}/{follower.holder}/{sent}"
    )


def _not_opened(case: Case) -> NotOpened | None:
    """Why the next stage cannot be opened now; None where it can."""
    try:
        guards.may_escalate(case)
    except ComplaintRuleBroken as broken:
        return _plainly(case, broken)
    return None


def _plainly(case: Case, broken: ComplaintRuleBroken) -> NotOpened:
    """The reason in the words of a letter to a resident."""
    complaint, policy = case.complaint, case.policy
    if complaint.route is not Route.COMPLAINT:
        what = ROUTES.get(complaint.route, "enquiry")
        return NotOpened(
            f"We deal with this as a {what}, which has one stage only.",
            "If you are not satisfied with it, you can make a complaint, and it starts at stage 1.",
        )
    if policy.stage(complaint.stage + 1) is None:
        return NotOpened(
            f"Stage {complaint.stage} is the last stage of our procedure.", policy.beyond_last_stage
        )
    ending = complaint.ending
    if ending is not None and ending.because in {REFUSED, WITHDRAWN}:
        was = (
            "we did not take it as a complaint" if ending.because == REFUSED else "you took it back"
        )
        return NotOpened(
            f"It was closed because {was}.",
            "You can ask us to look at that again, or complain anew.",
        )
    due = complaint.deadline(RESPOND)
    if due is not None and not complaint.has(Fact.RESPONSE):
        last = due.latest.due_on
        return NotOpened(
            f"We have until {weekday_date(last)} to answer you at stage {complaint.stage}.",
            "If you have no answer by then, you can ask for the next stage here from"
            f" {weekday_date(last + timedelta(days=1))} on. Once you have our answer, you can ask at once.",
        )
    return NotOpened(broken.said, broken.way_out)

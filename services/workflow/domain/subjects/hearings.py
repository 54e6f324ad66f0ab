"""A hearing as it was held: who of the panel was there, who came, and what was done so that they could take part."""

from dataclasses import dataclass

from services.workflow.domain import guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotNow
from services.workflow.domain.step import AnyStep, Step, one_of
from services.workflow.domain.subjects.panel import HEARING
from services.workflow.domain.subjects.restrictions import ADJUSTMENTS
from shared.complaints.events import HearingHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHearing(FurtherCommand):
    """Record that the panel sat: who of it was present, and whether the complainant came, with whom."""

    present: tuple[str, ...]
    complainant: bool = False
    companion: bool = False
    adjustments: tuple[str, ...] = ()


def _may_record(case: Case) -> None:
    guards.is_open(case)
    if case.complaint.stage not in case.complaint.further.panel:
        raise NotNow("No panel was convened.", cited=HEARING, way_out="Convene the panel first.")


def _record(course: Course, command: RecordHearing, case: Case) -> None:
    panel = case.complaint.handlers
    strangers = [officer for officer in command.present if officer not in panel]
    if strangers or not command.present:
        who = f"{', '.join(strangers)} does not sit on it" if strangers else "nobody was there"
        raise ConditionNotMet(
            f"A hearing is held by the panel: {who}.",
            cited=HEARING,
            way_out=f"Name those present of: {', '.join(panel)}.",
        )
    if command.companion and not command.complainant:
        raise ConditionNotMet(
            "A companion came without the complainant.",
            cited=HEARING,
            way_out="Say that the complainant came, or record who spoke for them as a contact.",
        )
    for adjustment in command.adjustments:
        one_of(adjustment, ADJUSTMENTS, what="adjustment", cited=HEARING)
    course.tell(
        HearingHeld(
            stage=case.complaint.stage,
            present=tuple(sorted(set(command.present))),
            complainant=command.complainant,
            companion=command.companion,
            adjustments=tuple(sorted(set(command.adjustments))),
            words=command.words,
        )
    )


STEPS: tuple[AnyStep, ...] = (
    Step(
        RecordHearing,
        _may_record,
        _record,
        "Records that the panel sat, who was present and who came.",
    ),
)

"""Which case of the demonstration takes which course, where, and how many working days ago it was received."""

from dataclasses import dataclass

from services.redress.demonstration import stories
from services.redress.demonstration.people import ALMO, COUNCIL, MILL_LANE, ORCHARD_PARK
from services.redress.demonstration.stories import Story


@dataclass(frozen=True, slots=True)
class Planned:
    """One case: its course, its organisation, and its age in working days."""

    story: Story
    organisation: str
    age: int


# The councils and TMOs under the Code answer ten working days after the acknowledgement, the others ten after receipt;
# so what is due today was received eleven or ten working days ago.
PLAN = (
    Planned(stories.just_received, ALMO, 1),
    Planned(stories.just_received, COUNCIL, 1),
    Planned(stories.just_received, MILL_LANE, 1),
    Planned(stories.acknowledged, ALMO, 2),
    Planned(stories.acknowledged, ORCHARD_PARK, 3),
    Planned(stories.acknowledged, COUNCIL, 4),
    Planned(stories.contact_attempted, ALMO, 3),
    Planned(stories.contact_attempted, MILL_LANE, 3),
    Planned(stories.forgotten, COUNCIL, 4),
    Planned(stories.forgotten, MILL_LANE, 4),
    Planned(stories.allocated, ALMO, 4),
    Planned(stories.allocated, ALMO, 6),
    Planned(stories.allocated, COUNCIL, 5),
    Planned(stories.allocated, ORCHARD_PARK, 7),
    Planned(stories.holding_response_sent, ALMO, 8),
    Planned(stories.holding_response_sent, MILL_LANE, 9),
    Planned(stories.extended, COUNCIL, 12),
    Planned(stories.extended, ALMO, 11),
    Planned(stories.draft_waiting, ALMO, 9),
    Planned(stories.draft_waiting, MILL_LANE, 9),
    Planned(stories.unanswered, ALMO, 10),
    Planned(stories.unanswered, COUNCIL, 11),
    Planned(stories.unanswered, ALMO, 13),
    Planned(stories.unanswered, ORCHARD_PARK, 16),
    Planned(stories.unanswered, MILL_LANE, 24),
    Planned(stories.answered_in_time, ALMO, 15),
    Planned(stories.answered_in_time, COUNCIL, 19),
    Planned(stories.answered_in_time, MILL_LANE, 26),
    Planned(stories.answered_in_time, ORCHARD_PARK, 38),
    Planned(stories.not_upheld_in_time, ALMO, 20),
    Planned(stories.not_upheld_in_time, COUNCIL, 55),
    Planned(stories.answered_late, ALMO, 25),
    Planned(stories.answered_late, COUNCIL, 47),
    Planned(stories.answered_late, ORCHARD_PARK, 90),
    Planned(stories.late_with_holding_response, ALMO, 27),
    Planned(stories.late_with_holding_response, MILL_LANE, 140),
    Planned(stories.escalated_to_two, ALMO, 17),
    Planned(stories.escalated_to_two, COUNCIL, 22),
    Planned(stories.escalated_to_two, ORCHARD_PARK, 30),
    Planned(stories.escalated_because_late, MILL_LANE, 16),
    Planned(stories.escalated_because_late, COUNCIL, 33),
    Planned(stories.answered_at_two, ALMO, 34),
    Planned(stories.answered_at_two, ORCHARD_PARK, 75),
    Planned(stories.escalated_to_three, ALMO, 45),
    Planned(stories.escalated_to_three, MILL_LANE, 58),
    Planned(stories.answered_at_three, ALMO, 72),
    Planned(stories.answered_at_three, ALMO, 190),
    Planned(stories.refused, ALMO, 29),
    Planned(stories.refused, COUNCIL, 118),
    Planned(stories.withdrawn, ORCHARD_PARK, 41),
    Planned(stories.withdrawn, ALMO, 160),
    Planned(stories.reopened, COUNCIL, 9),
    Planned(stories.reopened_after_silence, ALMO, 44),
    Planned(stories.closed_after_final_response, COUNCIL, 98),
    Planned(stories.closed_after_final_response, ORCHARD_PARK, 205),
    Planned(stories.not_upheld_in_time, ALMO, 61),
    Planned(stories.answered_in_time, ALMO, 110),
    Planned(stories.answered_in_time, MILL_LANE, 173),
    Planned(stories.answered_late, ALMO, 128),
    Planned(stories.answered_at_two, MILL_LANE, 215),
    Planned(stories.members_enquiry, ALMO, 8),
    Planned(stories.members_enquiry, ALMO, 145),
    Planned(stories.answered_in_time, COUNCIL, 238),
    Planned(stories.draft_rewritten, ALMO, 9),
    Planned(stories.draft_rewritten, MILL_LANE, 9),
    Planned(stories.draft_sent_back, ALMO, 8),
)

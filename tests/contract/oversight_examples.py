"""One plausible example of every fact of the rulebook about recurring duties, homes and yearly reports."""

from datetime import date

from shared.complaints.events.oversight import (
    AnnualReportPublished,
    GoverningBodyResponded,
    HomesCounted,
    OversightEvent,
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)

MON_2_MAR_2026 = date(2026, 3, 2)
WED_2_SEP_2026 = date(2026, 9, 2)
FRI_4_SEP_2026 = date(2026, 9, 4)

OVERSIGHT_EXAMPLES: tuple[OversightEvent, ...] = (
    RecurringDutySet(
        organisation="riverside-homes",
        duty="review_with_managers",
        generation=2,
        due_on=WED_2_SEP_2026,
        counted_from=MON_2_MAR_2026,
        every_months=6,
        rule="The team meets senior managers every six months.",
        clause="Staff guidance 6.8",
        responsible="complaints_team",
    ),
    RecurringDutyDone(
        organisation="riverside-homes",
        duty="review_with_managers",
        generation=2,
        due_on=WED_2_SEP_2026,
        done_on=FRI_4_SEP_2026,
        evidence="Minutes of the management meeting of 4 September.",
    ),
    RecurringDutyMissed("riverside-homes", "review_with_managers", 2, WED_2_SEP_2026),
    RecurringDutyEnded("riverside-homes", "policy_review", 1, "Another policy was adopted."),
    HomesCounted("riverside-homes", 9_650, MON_2_MAR_2026, "The statistical data return."),
    AnnualReportPublished(
        year=2025,
        published_on=FRI_4_SEP_2026,
        where="https://riverside.example/complaints",
        report_hash="ab" * 32,
        up_to_seq=4_711,
    ),
    GoverningBodyResponded(2025, WED_2_SEP_2026, "https://riverside.example/complaints"),
)

"""One plausible example of every fact of the rulebook, and of what moves because of it."""

from datetime import date

from shared.complaints import events
from shared.complaints.values import SkippedDay

WED_24_JUN_2026 = date(2026, 6, 24)
FRI_19_JUN_2026 = date(2026, 6, 19)
THU_31_DEC_2026 = date(2026, 12, 31)
WHY = "A national day of mourning on Friday 19 June was proclaimed."

RULEBOOK_EXAMPLES: tuple[events.ComplaintEvent, ...] = (
    events.PolicyAdopted(
        organisation="mill-lane",
        policy="kctmo-2010",
        policy_version="2010-05",
        policy_hash="cd" * 32,
        overlay=False,
        effective_from=date(2026, 6, 1),
        until=date(2026, 6, 30),
        reason="The case system is out of use until July.",
    ),
    events.CalendarAdopted(
        calendar_revision="england-0123456789ab",
        replaces_revision="england-ba9876543210",
        first_day=date(2000, 1, 1),
        last_day=date(2040, 12, 31),
        closed=(SkippedDay(FRI_19_JUN_2026, "National day of mourning"),),
        opened=(SkippedDay(THU_31_DEC_2026, "Office closed"),),
        office_closures=(date(2026, 12, 30),),
        reason=WHY,
    ),
    events.WordsErased(
        subject="0b6a9f53-5b0e-4a57-8f1c-0f2a1b3c4d5e",
        texts=7,
        reason="The time for which the case had to be kept is over.",
    ),
    events.DeadlineRecounted(
        duty="respond",
        stage=1,
        from_on=WED_24_JUN_2026,
        to_on=date(2026, 6, 25),
        from_calendar="england-ba9876543210",
        to_calendar="england-0123456789ab",
        reason=WHY,
        lawful_on=WED_24_JUN_2026,
        overlay="hos-code-2024",
    ),
)

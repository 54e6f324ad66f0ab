"""The annual report in plain words, as Markdown: to be given to the governing body, and published with its answer."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.projections.annual_report import AnnualReport
from services.projections.small_numbers import told
from shared.web.wording import sentence_case, weekday_date

NOT_HELD = (
    "The Ombudsman's own report about the landlord, its findings of non-compliance with the Code and its other "
    "publications are not in Redress: the landlord adds what it has (Code 8.1)."
)


def as_markdown(report: AnnualReport, *, name: str) -> str:
    """Return the report; `name` is the landlord's."""
    return "\n".join(_lines(report, name)) + "\n"


def _lines(report: AnnualReport, name: str) -> Iterator[str]:
    figures = report.figures
    yield f"# Complaints performance and service improvement, {report.year}/{(report.year + 1) % 100:02}"
    yield ""
    yield f"{name}, {_day(figures['from'])} to {_day(figures['to'])}."
    if figures["provisional"]:
        yield ""
        yield "**Provisional:** the year is not over, or not every complaint of it is answered."
    yield from _received(figures)
    yield from _times(figures)
    yield from _outcomes(figures)
    yield from _refused(figures)
    yield from _learning(figures["learning"])
    yield from _ombudsman(figures["ombudsman"])
    yield from _published(report)
    yield ""
    yield (
        f"Made from the landlord's feed up to entry {figures['feed']['up_to']:,} "
        f"({figures['feed']['hash'][:12]}…); the figures have the hash {report.report_hash[:12]}…."
    )


def _received(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## What came in", "")
    yield from _table(
        ("Stage", "Complaints", "Not answered yet"),
        (
            (stage, f"{count:,}", f"{figures['unanswered'][stage]:,}")
            for stage, count in figures["received"].items()
        ),
    )
    yield ""
    yield (
        "The number of complaints is no measure of poor service; a low one may mean that people cannot complain. "
        "Organisations stand in the order of their names."
    )
    yield ""
    yield from _table(
        ("Organisation", "Stage 1", "Homes", "For each 1,000 homes"),
        (_organisation(row) for row in figures["organisations"]),
    )
    for row in figures["organisations"]:
        if row["far_below_the_landlord"]:
            yield ""
            yield (
                f"{row['organisation']} has far fewer complaints for its homes than the landlord as a whole: "
                "look whether people there know how to complain."
            )
    yield ""
    yield from _table(
        ("Subject", "Stage 1"),
        ((sentence_case(each), told(count)) for each, count in figures["categories"].items()),
    )


def _organisation(row: dict[str, Any]) -> tuple[str, str, str, str]:
    homes = "not counted"
    if row["homes"] is not None:
        homes = f"{row['homes']:,} ({_day(row['homes_as_at'])})"
    rate = row["stage_1_per_1000_homes"]
    return row["organisation"], told(row["stage_1"]), homes, "-" if rate is None else f"{rate:.1f}"


def _times(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## Answered in time", "")
    clocks = {"Own policy": figures["own_times"]} | figures["code_times"]
    yield from _table(
        ("Clock", "Stage", "In time", "In time after an extension", "Late", "Open"),
        (
            (
                clock,
                stage,
                *(
                    f"{row[key]:,}"
                    for key in ("in_time", "in_time_after_extension", "late", "open")
                ),
            )
            for clock, stages in clocks.items()
            for stage, row in stages.items()
        ),
    )


def _outcomes(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## What was found", "")
    yield from _table(
        ("Stage", "Finding", "Answers"),
        (
            (stage, sentence_case(finding), f"{count:,}")
            for stage, findings in figures["findings"].items()
            for finding, count in findings.items()
        ),
    )
    pounds, promises = figures["compensation_paid_pence"] / 100, figures["promises"]
    yield ""
    yield (
        f"Compensation paid: £{pounds:,.2f}. Promises due: {promises['due']:,}, of which "
        f"{promises['missed']:,} were not kept in time. Withdrawn: {figures['withdrawn']:,}. "
        f"Closed because nothing more was asked: {figures['closed_by_silence']:,}."
    )


def _refused(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## What was not taken", "")
    yield from _table(
        ("Ground", "Complaints"),
        ((sentence_case(each), told(count)) for each, count in figures["refused"].items()),
    )
    yield ""
    yield f"Refusals overturned by the Ombudsman: {figures['overturned']:,}."


def _learning(learning: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## What was learned, and what is better now", "")
    yield (
        f"Lessons recorded: {learning['recorded']:,}; the action that follows is carried out for "
        f"{learning['done']:,} and overdue for {learning['overdue']:,}."
    )
    yield ""
    yield from _table(
        ("What led to it, what is changed, who was told", "Lessons"),
        (
            (f"{title}: {sentence_case(each)}", f"{count:,}")
            for title, key in (("Cause", "causes"), ("Change", "actions"), ("Told to", "told"))
            for each, count in learning[key].items()
        ),
    )


def _ombudsman(ombudsman: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## The Ombudsman", "")
    yield from _table(
        ("Determination", "Cases"),
        (
            (sentence_case(each), f"{count:,}")
            for each, count in ombudsman["determinations"].items()
        ),
    )
    yield ""
    yield (
        f"Orders: {ombudsman['orders']:,}; complied with: {ombudsman['complied']:,}, of which late "
        f"{ombudsman['complied_late']:,}; overdue: {ombudsman['overdue']:,}."
    )
    yield ""
    yield NOT_HELD


def _published(report: AnnualReport) -> Iterator[str]:
    yield from ("", "## Self-assessment, governing body and publication", "")
    assessed = report.figures["self_assessed_on"]
    yield f"Self-assessment against the Code: {_day(assessed) if assessed else 'not on record'}."
    response, published = report.response, report.published
    yield ""
    if response is None:
        yield "The governing body's response: not on record."
    else:
        yield (
            f"The governing body responded on {weekday_date(response.responded_on)}: {response.where}."
        )
    yield ""
    if published is None:
        yield "Publication: not on record."
    else:
        yield f"Published on {weekday_date(published.published_on)}: {published.where}."
        if published.report_hash != report.report_hash:
            yield ""
            yield (
                "**Restated:** these figures are not those that were published; "
                f"`--up-to {published.up_to_seq}` makes those again."
            )


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    lines = list(rows)
    if not lines:
        yield "None."
        return
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for line in lines:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in line)} |"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"

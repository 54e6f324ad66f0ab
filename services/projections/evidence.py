"""Gathers what an evidence pack holds about one case, for one reader, with or without the words of
people.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from services.projections.case_documents import CaseDocument, documents_of
from services.projections.evidence_pack import Evidence, PackedFile
from services.projections.reading import PERSONAL, Reading, Row
from shared.access.log import EVIDENCE, EVIDENCE_WITH_WORDS
from shared.complaints.working_days import london_day
from shared.documents.shelf import Shelf
from shared.identity.sessions import SignedIn
from shared.letters.kept import CaseLetter, letters_ended
from shared.letters.printing import printed
from shared.registry.policy_titles import PolicyTitles
from shared.web.wording import lateness, london_instant, sentence_case, weekday_date

LEFT_OUT = "Left out of this copy"
ERASED = "Erased"
NOT_KEPT = "What it said was not kept: it is from before letters were"
INTERNAL = "Internal, not seen by the complainant"


def gather(
    reading: Reading, who: SignedIn, reference: str, *, words: bool, shelf: Shelf
) -> Evidence:
    """What the pack of this case holds; raises CaseUnknown where the reader may not see it."""
    page = EVIDENCE_WITH_WORDS if words else EVIDENCE
    case = reading.case(who, reference, page=page)
    audited = reading.audit(who, reference, page=page)
    landlord = who.officer.landlord
    documents = documents_of(case["timeline"], shelf, landlord=landlord)
    with reading.database.transaction(landlord) as cursor:
        letters = letters_ended(cursor, reading.vault, landlord, reference)
    return Evidence(
        landlord=landlord,
        reference=reference,
        shown={
            "title": f"Complaint {reference}",
            "reference": reference,
            "landlord": landlord,
            "landlord_name": who.landlord_name,
            "words_included": words,
            "summary": _summary(case, audited, words=words),
            "deadlines": [_due(row, case["titles"]) for row in case["deadlines"]],
            "letters": [
                _letter(number, each, words=words) for number, each in enumerate(letters, 1)
            ],
            "documents": [_document(each, words=words) for each in documents],
            "timeline": [_fact(row, words=words) for row in reversed(case["timeline"])],
        },
        records=audited["records"],
        files=[
            *_letter_files(letters, sender=who.landlord_name),
            *(
                PackedFile(_file_name(each), partial(_contents, shelf, landlord, each))
                for each in documents
                if not each.withheld
            ),
        ]
        if words
        else [],
    )


def _letter(number: int, letter: CaseLetter, *, words: bool) -> dict[str, Any]:
    """One letter as the pack tells of it; its text by paragraphs, as data."""
    ended = london_instant(letter.ended_at)
    told = {
        "number": number,
        "kind": sentence_case(letter.kind),
        "recipient": sentence_case(letter.recipient),
        "ended": f"Sent {'on paper' if letter.is_on_paper else 'by email'}, {ended}"
        if letter.state == "sent"
        else f"Not sent, {ended}: {sentence_case(letter.state).lower()}",
        "to": "",
        "subject": "",
        "text": "",
        "where": "",
    }
    if letter.state != "sent":
        return told
    if not letter.are_words_kept:
        return told | {"where": NOT_KEPT}
    if not words:
        return told | {"where": LEFT_OUT}
    if letter.said is None:
        return told | {"where": ERASED}
    return told | {
        "to": letter.said.to,
        "subject": letter.said.subject,
        "text": letter.said.text.strip(),
        "where": _letter_name(number, letter),
    }


def _letter_files(letters: Sequence[CaseLetter], *, sender: str) -> Iterator[PackedFile]:
    for number, letter in enumerate(letters, 1):
        if letter.said is not None and letter.state == "sent":
            on = london_day(letter.ended_at)
            yield PackedFile(
                _letter_name(number, letter), partial(printed, letter.said, sender=sender, on=on)
            )


def _letter_name(number: int, letter: CaseLetter) -> str:
    return f"letters/{number:03}-{letter.kind.replace('_', '-')}.pdf"


def _document(document: CaseDocument, *, words: bool) -> dict[str, Any]:
    received = document.received_at
    where = _file_name(document) if words else LEFT_OUT
    return {
        "number": document.number,
        "kind": sentence_case(document.kind),
        "name": document.shown_name if words else LEFT_OUT,
        "sha256": (document.sha256 or ERASED) if words else LEFT_OUT,
        "brought_by": sentence_case(document.brought_by),
        "received": london_instant(received) if received else weekday_date(document.received_on),
        "recorded": weekday_date(london_day(document.recorded_at)),
        "where": f"Not here: {document.withheld[0].lower()}{document.withheld[1:]}"
        if document.withheld
        else where,
    }


def _file_name(document: CaseDocument) -> str:
    # The number keeps two documents of one name apart.
    return f"documents/{document.number:03}-{document.shown_name}"


def _contents(shelf: Shelf, landlord: str, document: CaseDocument) -> bytes | None:
    kept = shelf.standing(landlord, [document.document]).get(document.document)
    return None if kept is None else shelf.contents(kept)


def _summary(case: Row, audited: Row, *, words: bool) -> list[dict[str, str]]:
    complaint, person, titles = case["complaint"], case["person"], case["titles"]
    told = {
        "Complainant": person["name"] or ERASED if words else LEFT_OUT,
        **{
            sentence_case(kind): person[kind] if words else LEFT_OUT
            for kind in PERSONAL[1:]
            if person[kind]
        },
        "Organisation": case["organisation_name"],
        "Kind": f"{sentence_case(complaint['route'])}, by {complaint['channel'].replace('_', ' ')}",
        "Received": london_instant(complaint["received_at"])
        if complaint["received_at"]
        else weekday_date(complaint["received_on"]),
        "Policy": f"{titles.with_code(complaint['policy'])}, content hash {complaint['policy_hash']}",
        "Judged beside it by": titles.with_code(case["beside"]) if case["beside"] else "No other",
        "Stage and standing": f"Stage {complaint['stage']}, {complaint['standing']}",
        "Handled by": ", ".join(case["handlers"]) or "Nobody",
        "Facts, and whether the chain holds": f"{len(audited['records'])}, "
        + ("every link holds" if audited["sound"] else "facts were altered after recording"),
    }
    if complaint["words"]:
        told["What was written"] = (case["written"] or ERASED) if words else LEFT_OUT
    return [{"what": what, "said": str(said)} for what, said in told.items()]


def _due(row: Row, titles: PolicyTitles) -> dict[str, Any]:
    due = london_instant(row["due_at"]) if row["due_at"] else weekday_date(row["due_on"])
    return {
        "stage": row["stage"],
        "duty": row["duty"].replace("_", " ")
        + (f" ({titles[row['overlay']]})" if row["overlay"] else ""),
        "due": due,
        "state": _state(row),
        "rule": row["rule"],
        "clause": row["clause"],
        "count": f"Counted {row['span_in_words']} from {weekday_date(row['trigger_on'])}"
        f" ({row['trigger_in_words']}), calendar {row['calendar_revision']}.",
        "days": [
            weekday_date(day.date)
            + "".join(f"; passed over {weekday_date(s.on)}: {s.name}" for s in day.skipped)
            for day in row["counted"]
        ],
    }


def _state(row: Row) -> str:
    """How it ended; what is open is open, whatever day the pack is made on."""
    if row["standing"] == "met":
        return f"done {weekday_date(row['met_on'])}, {lateness(row['late_by_working_days'])}"
    missed = ", missed" if row["missed"] else ""
    return {"open": "open", "lifted": "no longer due"}[row["standing"]] + missed


def _fact(row: Row, *, words: bool) -> dict[str, Any]:
    said = ""
    if row["has_words"]:
        said = (row["words"] or ERASED) if words else LEFT_OUT
    return {
        "number": row["version"],
        "title": row["title"],
        "when": london_instant(row["happened_at"])
        if row["happened_at"]
        else weekday_date(row["happened_on"]),
        "by": row["actor_name"],
        "recorded": f"Recorded {weekday_date(london_day(row['recorded_at']))}"
        + (" by import." if row["origin"] == "import" else "."),
        "detail": row["detail"] or "",
        "internal": INTERNAL if row["is_internal"] else "",
        "words": said,
    }

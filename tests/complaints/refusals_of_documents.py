"""What is refused of documents: an unknown kind, no file, no reason, one that is not there, too many."""

from __future__ import annotations

from services.workflow.domain.subjects.documents import MOST_DOCUMENTS
from tests.complaints.further_courses import A_PHOTO
from tests.complaints.further_steps import TUE_3_MAR
from tests.complaints.refusals_beside_stages import NO_WORDS, after, ask
from tests.complaints.refusals_of_stages import Situation, acknowledged

SITUATIONS: tuple[Situation, ...] = (
    ("no document", acknowledged, (
        ask("AddDocument", **A_PHOTO | {"kind": "painting"}),
        ask("AddDocument", **A_PHOTO | {"brought_by": "the wind"}),
        ask("AddDocument", **A_PHOTO, **NO_WORDS),
        ask("RemoveDocument", number=1, reason="wrong_case"),
    )),
    ("a document", lambda: after(ask("AddDocument", TUE_3_MAR, **A_PHOTO)), (
        ask("RemoveDocument", number=1, reason="boredom"),
        ask("RemoveDocument", number=1, reason="wrong_case", **NO_WORDS),
        ask("RemoveDocument", number=2, reason="wrong_case"),
    )),
    ("a document, removed",
     lambda: after(ask("AddDocument", TUE_3_MAR, **A_PHOTO),
                   ask("RemoveDocument", TUE_3_MAR, number=1, reason="wrong_case")),
     (ask("RemoveDocument", number=1, reason="wrong_case"),)),
    ("as many documents as a case takes",
     lambda: after(*(ask("AddDocument", TUE_3_MAR, **A_PHOTO) for _ in range(MOST_DOCUMENTS))),
     (ask("AddDocument", **A_PHOTO),)),
)  # fmt: skip

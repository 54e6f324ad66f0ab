"""How a note for colleagues is added."""

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import notes as ask
from services.workflow.fields import Action, words_field
from services.workflow.subjects.form import FurtherForm


class NoteBody(FurtherBody):
    """A note for colleagues, which the complainant is not shown."""

    becomes = ask.AddNote


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        NoteBody,
        Action(
            "notes",
            "Add an internal note",
            "Adds a note to the case for colleagues. The complainant is not shown it on the page "
            "of their complaint or in any letter, and it cannot be changed or made public later.",
            (
                words_field(
                    "The note",
                    hint="Internal: not shown to the complainant. Write it so that you could "
                    "stand by it: whoever asks for their data may be given it.",
                    optional=False,
                ),
            ),
        ),
    ),
)

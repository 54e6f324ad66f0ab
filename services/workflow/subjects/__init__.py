"""How the further commands are given, one module per subject; this is where they are known."""

from services.workflow.subjects import (
    compensation,
    concerns,
    contributions,
    definition,
    mediation,
    ombudsman,
    panel,
    promises,
    representation,
    restrictions,
    triage,
)
from services.workflow.subjects.form import FurtherForm

FURTHER_FORMS: tuple[FurtherForm, ...] = (
    *promises.FORMS,
    *definition.FORMS,
    *triage.FORMS,
    *representation.FORMS,
    *panel.FORMS,
    *compensation.FORMS,
    *ombudsman.FORMS,
    *contributions.FORMS,
    *mediation.FORMS,
    *restrictions.FORMS,
    *concerns.FORMS,
)

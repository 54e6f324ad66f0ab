"""How the further commands are given, one module per subject; this is where they are known."""

from services.workflow.subjects import (
    admission,
    compensation,
    concerns,
    contributions,
    definition,
    hearings,
    learning,
    mediation,
    notes,
    ombudsman,
    other_routes,
    panel,
    promises,
    referrals,
    representation,
    restrictions,
    triage,
    updates,
)
from services.workflow.subjects.form import FurtherForm

FURTHER_FORMS: tuple[FurtherForm, ...] = (
    *promises.FORMS,
    *definition.FORMS,
    *triage.FORMS,
    *admission.FORMS,
    *representation.FORMS,
    *panel.FORMS,
    *compensation.FORMS,
    *ombudsman.FORMS,
    *contributions.FORMS,
    *mediation.FORMS,
    *restrictions.FORMS,
    *concerns.FORMS,
    *updates.FORMS,
    *learning.FORMS,
    *referrals.FORMS,
    *hearings.FORMS,
    *other_routes.FORMS,
    *notes.FORMS,
)

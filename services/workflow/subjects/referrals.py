"""How the complainant's permission to a referral is asked and answered, and how a case is referred."""

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import referrals as ask
from services.workflow.fields import Action, Field, channel_field, words_field
from services.workflow.subjects.form import FurtherForm, Number, OrganisationId, number_field
from shared.complaints.values import Channel


class PermissionRequestBody(FurtherBody):
    """The complainant was asked whether another organisation may have the case."""

    becomes = ask.AskReferralPermission
    to_organisation: OrganisationId
    channel: Channel


class PermissionBody(FurtherBody):
    """What the complainant said."""

    becomes = ask.AnswerReferralPermission
    number: Number
    permitted: bool = False
    channel: Channel


class PermissionWithdrawalBody(FurtherBody):
    """The complainant took the permission back."""

    becomes = ask.WithdrawReferralPermission
    number: Number


class ReferralBody(FurtherBody):
    """The case is passed to the other organisation; the words are what it is told."""

    becomes = ask.ReferToOrganisation
    number: Number


_HOW = "How was the complainant asked, or did they answer?"

FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        PermissionRequestBody,
        Action(
            "referral-permission-requests",
            "Ask permission to refer",
            "Records that the complainant was asked whether another organisation may have the case.",
            (
                Field(
                    "to_organisation",
                    "Which organisation",
                    "text",
                    hint="Its short name, as in the addresses of its pages.",
                ),
                channel_field(_HOW),
                words_field("What was said"),
            ),
        ),
    ),
    FurtherForm(
        PermissionBody,
        Action(
            "referral-permissions",
            "Record the answer about a referral",
            "Records whether the complainant permits the referral.",
            (
                number_field("request"),
                Field("permitted", "The complainant permits it", "tick", optional=True),
                channel_field(_HOW),
                words_field("What was said"),
            ),
        ),
    ),
    FurtherForm(
        PermissionWithdrawalBody,
        Action(
            "referral-permission-withdrawals",
            "Record that a permission was taken back",
            "Records that the complainant takes the permission back; the other organisation looks "
            "no more.",
            (number_field("request"), words_field("What was said")),
        ),
    ),
    FurtherForm(
        ReferralBody,
        Action(
            "referrals",
            "Refer the case",
            "Passes the case to the other organisation, whose officers see it from then on.",
            (number_field("request"), words_field("What the organisation is told")),
        ),
    ),
)

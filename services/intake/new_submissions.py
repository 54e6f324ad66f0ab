"""What reached the landlord, before it is stored: everything personal in clear, for the time of one request."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shared.complaints.values import Channel, Moment, Route
from shared.vault.sealing import SealedWords

NOTE = "note"  # the kind of words that belong to one fact, as the workflow keeps them


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepresentative:
    """Who speaks for the complainant. `scope` says what consent covers that the landlord has; None is no consent."""

    relation: str
    words: str  # who it is, how to reach them, and what they say of consent
    scope: str | None = None
    consent_words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjustment:
    """Something to do differently for the complainant."""

    kind: str
    language: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """What reached the landlord; `received` is None when it arrives at this moment."""

    landlord: str
    organisation: str
    route: Route
    channel: Channel
    received: Moment | None
    name: str
    address: str | None
    email: str | None
    phone: str | None
    complaint: str
    desired_outcome: str | None
    issues: tuple[str, ...]
    named_officers: tuple[str, ...] = ()
    logged_by: str | None = None
    home: str | None = None  # where it is not `address`
    representative: NewRepresentative | None = None
    adjustments: tuple[NewAdjustment, ...] = ()

    def personal_words(self) -> dict[str, tuple[str, str]]:
        """What goes into the vault: kind and text, by a name that no two share."""
        words = {
            "name": self.name,
            "address": self.address,
            "email": self.email,
            "phone": self.phone,
            "home": self.home,
            "complaint": self.complaint,
            "desired_outcome": self.desired_outcome,
        }
        named = {kind: (kind, text) for kind, text in words.items() if text is not None}
        if self.representative is not None:
            named["representative"] = NOTE, self.representative.words
            if self.representative.consent_words is not None:
                named["consent"] = NOTE, self.representative.consent_words
        for each in self.adjustments:
            if each.words is not None:
                named[need_of(each.kind)] = NOTE, each.words
        return named


def need_of(kind: str) -> str:
    """The name of the words of an adjustment."""
    return f"need {kind}"


def representative_row(new: NewRepresentative, sealed: Mapping[str, SealedWords]) -> dict[str, Any]:
    """Codes and references only, as they are handed over."""
    return {
        "relation": new.relation,
        "words": _reference(sealed.get("representative")),
        "scope": new.scope,
        "consent_words": _reference(sealed.get("consent")),
    }


def adjustment_row(new: NewAdjustment, sealed: Mapping[str, SealedWords]) -> dict[str, Any]:
    """The same of something that is to be done differently."""
    return {
        "kind": new.kind,
        "language": new.language,
        "words": _reference(sealed.get(need_of(new.kind))),
    }


def _reference(sealed: SealedWords | None) -> dict[str, str] | None:
    return None if sealed is None else asdict(sealed.reference)

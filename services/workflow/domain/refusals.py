"""Why a command is refused: always with the rule, the clause it stands in and the way out.

ComplaintRuleBroken
├── NothingThere            the command needs a complaint that is open, or must find none
├── NotNow                  the complaint is not at the point where this can be done
├── NotTrueToTime           the moment given cannot be right
├── NotIndependent          who would act was involved before, or is complained of
├── ConditionNotMet         the policy's condition for this act is not fulfilled
└── NotInPolicy             the policy does not know what was named
"""

from shared.policies.policy import Citation

# Rules that no policy writes down, because they only keep the record true.
TRUE_RECORD = "Redress: a true record"


class ComplaintRuleBroken(Exception):
    """A rule stands against the command."""

    def __init__(self, said: str, *, cited: Citation, way_out: str) -> None:
        super().__init__(f"{said} {way_out}")
        self.said = said
        self.cited = cited  # `decide` cites what the policies of the complaint say
        self.way_out = way_out

    @property
    def rule(self) -> str:
        """The rule in one sentence."""
        return self.cited.rule

    @property
    def clause(self) -> str:
        """Where the rule stands."""
        return self.cited.clause


class NothingThere(ComplaintRuleBroken):
    """The command needs a complaint that is open, or must find none."""


class NotNow(ComplaintRuleBroken):
    """The complaint is not at the point where this can be done."""


class NotTrueToTime(ComplaintRuleBroken):
    """The moment given cannot be right."""


class NotIndependent(ComplaintRuleBroken):
    """Who would act was involved before, or is complained of."""


class ConditionNotMet(ComplaintRuleBroken):
    """The policy's condition for this act is not fulfilled."""


class NotInPolicy(ComplaintRuleBroken):
    """The policy does not know what was named."""

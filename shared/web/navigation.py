"""What a role finds in the main navigation and on the pages of cases besides what everybody finds there."""

# Who looks at cases and never acts on them: what an auditor finds must not be what an auditor did.
READS_ONLY = frozenset({"auditor"})

# The roles that a policy may name for the check of a response; the policies say which of them at which stage.
CHECKS_DRAFTS = frozenset(
    {"complaints_team", "manager", "head_of_service", "director", "chief_executive"}
)


# They draft responses: what is sent back waits for them in the same place.
DRAFTS = frozenset({"caseworker"})


def acts_on_cases(role: str) -> bool:
    """Whether this role is led to what can be done."""
    return role not in READS_ONLY


def hears_of_drafts(role: str) -> bool:
    """Whether drafts of others, or its own that were sent back, may wait for this role."""
    return role in CHECKS_DRAFTS | DRAFTS


def checks_drafts(role: str) -> bool:
    """Whether drafts of others may wait for this role."""
    return role in CHECKS_DRAFTS

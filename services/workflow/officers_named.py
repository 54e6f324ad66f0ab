"""Who may be given something to do: officers whom the registry knows and who have not left.

This is asked of what officers do now. An imported history may name whoever worked there then.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.workflow.body import BodyRefused, CommandBody
from services.workflow.handling import Handling
from shared.complaints.working_days import london_day
from shared.eventstore.recorder import command_result
from shared.registry.officers import Officer, officers
from shared.web.wording import weekday_date

WAY_OUT = (
    "give the id of somebody who works for the landlord, as administration lists them under People"
)


def roles_of_workers(
    handling: Handling, landlord: str, body: CommandBody, command_id: UUID
) -> dict[str, str]:
    """The role of every working officer, where the body gives somebody something to do.

    Raises BodyRefused where it cannot be given to them. What was done already is done, whoever left since.
    """
    workers = body.workers()
    if not workers:
        return {}
    with handling.database.transaction(landlord) as cursor:
        known = {one.officer: one for one in officers(cursor, landlord)}
        is_done = command_result(cursor, landlord, command_id) is not None
    if not is_done:
        _refuse_strangers(body.gives_work_in, workers, known)
    return {one.officer: one.role for one in known.values() if one.is_working}


def _refuse_strangers(field: str, named: Sequence[str], known: Mapping[str, Officer]) -> None:
    for each in named:
        officer = known.get(each)
        if officer is None:
            raise BodyRefused(
                field, f"names “{each}”, who is no officer of this landlord; {WAY_OUT}"
            )
        if officer.ended_at is not None:
            left = weekday_date(london_day(officer.ended_at))
            raise BodyRefused(field, f"names “{each}”, who left on {left}; {WAY_OUT}")

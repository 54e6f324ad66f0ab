"""What is known of each version of the read models: how far its build came, how fast, and how far it is behind."""

from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from services.projections.versions import SERVING, Version, versions
from shared.database.pool import Database
from shared.eventstore.feed import head
from shared.registry.landlords import all_landlords

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """A version with its figures over all landlords; the build's are 0 where nothing is noted of one."""

    version: Version
    folded: int  # facts
    to_fold: int
    facts_per_second: float
    behind: int  # facts of the feeds above its positions
    parked: int
    size_bytes: int

    @property
    def seconds_left(self) -> float | None:
        """Until its build is done at the pace it had; None when that cannot be said, or there is none."""
        left = self.to_fold - self.folded
        if self.version.built_at is not None or not self.facts_per_second:
            return None
        return left / self.facts_per_second


def watch(database: Database) -> tuple[Watched, ...]:
    """Every version, the newest first; for a role that may read schema projections."""
    with database.directory() as cursor:
        known = versions(cursor)
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        sizes = {version.version: _size(cursor, version) for version in known}
    found = {version.version: [0, 0, 0.0, 0, 0] for version in known}
    for landlord in landlords:
        with database.transaction(landlord) as cursor:
            for version in known:
                figures = _figures(cursor, landlord, version)
                sums = found[version.version]
                found[version.version] = [
                    *(mine + more for mine, more in zip(sums[:2], figures[:2], strict=True)),
                    max(sums[2], figures[2]),
                    *(mine + more for mine, more in zip(sums[3:], figures[3:], strict=True)),
                ]
    return tuple(
        Watched(
            version=version,
            folded=int(found[version.version][0]),
            to_fold=int(found[version.version][1]),
            facts_per_second=found[version.version][2],
            behind=int(found[version.version][3]),
            parked=int(found[version.version][4]),
            size_bytes=sizes[version.version],
        )
        for version in known
    )


def _figures(cursor: Cursor[Row], landlord: str, version: Version) -> list[float]:
    row = cursor.execute(
        """
        SELECT COALESCE(build.folded, 0) AS folded, COALESCE(build.up_to, 0) AS up_to,
            COALESCE(build.facts_per_second, 0) AS pace,
            COALESCE((SELECT seq FROM projections.position
                WHERE landlord = %(landlord)s AND consumer = %(consumer)s), 0) AS position,
            (SELECT count(*) FROM projections.parked
                WHERE landlord = %(landlord)s AND consumer = %(consumer)s) AS parked
        FROM (SELECT) AS one LEFT JOIN projections.build
            ON landlord = %(landlord)s AND version = %(version)s
        """,
        {"landlord": landlord, "consumer": version.consumer, "version": version.version},
    ).fetchone()
    assert row is not None  # noqa: S101 - a join with one row gives one row
    behind = max(0, head(cursor, landlord) - row["position"])
    return [row["folded"], row["up_to"], row["pace"], behind, row["parked"]]


def _size(cursor: Cursor[Row], version: Version) -> int:
    """On disk, with indexes; the serving one's schema holds a few small tables more."""
    row = cursor.execute(
        "SELECT COALESCE(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint AS bytes FROM pg_class"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = %s AND relkind = 'r'",
        (version.home,),
    ).fetchone()
    return int(row["bytes"]) if row else 0


def is_outdated(watched: Watched, *, fold: int) -> bool:
    """Whether the version that serves was made by another fold than this release's."""
    return watched.version.state == SERVING and watched.version.fold != fold

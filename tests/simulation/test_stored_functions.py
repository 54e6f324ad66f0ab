"""What the model of PostgreSQL does by hand is what the migrations say."""

from tests.simulation.postgres.definitions import migrated_schema
from tests.simulation.postgres.functions import MODELLED


def test_each_modelled_function_is_that_of_the_migrations() -> None:
    """When one is changed, change its model in functions.py, and then its fingerprint there."""
    functions = migrated_schema().functions
    assert {name: functions.get(name) for name in MODELLED} == MODELLED


def test_the_tables_of_the_log_have_the_keys_that_refuse_what_must_be_refused() -> None:
    tables = migrated_schema().tables
    events = {unique.name: unique.columns for unique in tables["workflow.event"].uniques}
    assert events["event_pkey"] == ("landlord", "seq")
    assert events["event_landlord_stream_version_key"] == ("landlord", "stream", "version")
    assert tables["workflow.event"].is_append_only
    assert tables["workflow.event"].is_guarded
    results = tables["workflow.command_result"].uniques
    assert [unique.name for unique in results] == ["command_result_pkey"]

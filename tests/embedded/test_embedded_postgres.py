"""The private PostgreSQL keeps its promises, on real servers in a folder of the test's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from shared.embedded.binaries import GIVEN, find_binaries
from shared.embedded.places import POINTER
from shared.embedded.postgres import EmbeddedPostgres, EmbeddedPostgresUnavailable
from shared.embedded.postmaster import postmaster_of
from shared.embedded.system_home import SYSTEM_HOME
from tests.support.eventually import eventually

pytestmark = pytest.mark.postgres

# A shell that runs the tests in the background lets them, and all they start, ignore interrupts.
START_AND_WAIT = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from shared.embedded.postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), fsync=False).start()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def data(data_directory: Path) -> Path:
    """A data directory that every account may pass through, with nothing left in it after."""
    return data_directory


def _ask(conninfo: str, question: str) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def _write_a_note(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('the boiler is mended')")


def test_it_starts_stops_and_starts_again_with_its_data_kept(data: Path) -> None:
    server = EmbeddedPostgres(data, fsync=False)
    _write_a_note(server.start())
    assert server.running()
    server.stop()
    assert not server.running()
    assert _ask(server.start(), "SELECT text FROM note") == "the boiler is mended"


def test_starting_twice_changes_nothing(data: Path) -> None:
    server = EmbeddedPostgres(data, fsync=False)
    first = server.start()
    process = postmaster_of(server.cluster)
    assert server.start() == first
    assert postmaster_of(server.cluster) == process


def test_stopping_what_never_ran_is_quiet(data: Path) -> None:
    EmbeddedPostgres(data).stop()
    assert not data.exists()


def test_it_listens_on_a_socket_and_on_no_network_port(data: Path) -> None:
    conninfo = EmbeddedPostgres(data, fsync=False).start()
    assert _ask(conninfo, "SHOW listen_addresses") == ""
    assert _ask(conninfo, "SELECT inet_server_port()") is None


def test_the_owner_role_is_bound_by_row_level_security(data: Path) -> None:
    conninfo = EmbeddedPostgres(data, fsync=False).start()
    escapes = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert _ask(conninfo, "SELECT current_user") == "redress_owner"
    assert _ask(conninfo, escapes) is False


def test_writes_are_synced_to_disk_unless_a_test_asks_otherwise(data: Path) -> None:
    with EmbeddedPostgres(data) as server:
        assert _ask(server.conninfo(), "SHOW fsync") == "on"
    assert _ask(EmbeddedPostgres(data, fsync=False).start(), "SHOW fsync") == "off"


def test_its_files_are_closed_to_everybody_else(data: Path) -> None:
    server = EmbeddedPostgres(data, fsync=False)
    server.start()
    assert server.home.stat().st_mode & 0o077 == 0
    assert server.cluster.stat().st_mode & 0o077 == 0


def test_a_server_whose_owner_was_killed_is_attached_to(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(data)], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"started\n"
        owner.kill()
    server = EmbeddedPostgres(data, fsync=False)
    assert server.running()
    _write_a_note(server.start())
    assert not server.started_here
    server.stop()
    assert not server.running()


def test_an_interrupt_from_the_terminal_does_not_reach_the_server(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"started\n"
        os.killpg(owner.pid, signal.SIGINT)
    assert _ask(EmbeddedPostgres(data).conninfo(), "SELECT 1") == 1


def test_leaving_a_with_block_stops_only_what_it_started(data: Path) -> None:
    with EmbeddedPostgres(data, fsync=False) as owner:
        with EmbeddedPostgres(data, fsync=False) as guest:
            assert not guest.started_here
        assert owner.running()
    assert not owner.running()


def test_a_killed_server_comes_back_with_what_was_committed(data: Path) -> None:
    server = EmbeddedPostgres(data)
    _write_a_note(server.start())
    process = postmaster_of(server.cluster)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: not server.running())
    assert _ask(server.start(), "SELECT text FROM note") == "the boiler is mended"


def test_a_stale_note_with_the_number_of_a_living_process_is_seen_through(data: Path) -> None:
    server = EmbeddedPostgres(data, fsync=False)
    server.start()
    note = (server.cluster / "postmaster.pid").read_text().splitlines()
    server.stop()
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        stale = server.cluster / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *note[1:]]) + "\n")
        os.chown(stale, server.cluster.stat().st_uid, server.cluster.stat().st_gid)
        assert not server.running()
        assert _ask(server.start(), "SELECT 1") == 1
        stranger.kill()


def test_a_long_path_gets_a_short_private_socket_folder(data: Path) -> None:
    deep = data / ("a-rather-long-name-for-a-folder-" * 3)
    server = EmbeddedPostgres(deep, fsync=False)
    try:
        conninfo = psycopg.conninfo.conninfo_to_dict(server.start())
        socket_folder = Path(str(conninfo["host"]))
        assert socket_folder.parent == Path("/tmp")
        assert socket_folder.stat().st_mode & 0o077 == 0
    finally:
        server.remove()
    assert not socket_folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to the server")
def test_a_folder_that_the_server_may_not_enter_only_says_where_the_data_are(data: Path) -> None:
    data.mkdir(mode=0o700)
    server = EmbeddedPostgres(data, fsync=False)
    _write_a_note(server.start())
    assert server.home.parent == SYSTEM_HOME
    assert (data / POINTER).read_text().strip() == str(server.home)
    assert data.stat().st_mode & 0o077 == 0
    server.stop()
    again = EmbeddedPostgres(data, fsync=False)
    assert _ask(again.start(), "SELECT text FROM note") == "the boiler is mended"
    home = again.home
    again.remove()
    assert not home.exists()


def test_data_of_another_version_are_refused_in_one_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(data, fsync=False)
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("12\n")
    monkeypatch.setenv(GIVEN, str(find_binaries().folder))
    with pytest.raises(EmbeddedPostgresUnavailable, match="were written by PostgreSQL 12"):
        server.start()


def test_no_programs_is_said_in_one_sentence(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GIVEN, str(tmp_path))
    with pytest.raises(EmbeddedPostgresUnavailable, match="No usable PostgreSQL was found"):
        EmbeddedPostgres(data).start()


def test_a_missing_library_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = "postgres: error while loading shared libraries: libz.so.1: cannot open"
    for program in ("initdb", "pg_ctl", "postgres"):
        (tmp_path / program).write_text(f"#!/bin/sh\necho '{complaint}' >&2\nexit 127\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv(GIVEN, str(tmp_path))
    with pytest.raises(EmbeddedPostgresUnavailable, match=r"libz\.so\.1"):
        EmbeddedPostgres(data).start()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    with pytest.raises(EmbeddedPostgresUnavailable, match="cannot keep its files"):
        EmbeddedPostgres(in_the_way / "data").start()

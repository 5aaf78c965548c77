"""Who keeps the servers running, and what follows when something is killed."""

import os
import signal
from collections.abc import Iterator

import psycopg
import pytest

from bonus_tracker.embedded.process import children_of, kill
from tests.patience import SAFETY_SECONDS, eventually, stays

from .users import IDLE_SECONDS, Scene, assert_usable, leave, remove, scene


@pytest.fixture
def place() -> Iterator[Scene]:
    with scene() as found:
        yield found


def test_two_processes_share_the_servers(place):
    _, first = place.user()
    servers = place.crowd()
    _, second = place.user()
    assert first == second
    assert place.crowd() == servers
    assert set(servers) == {"keeper", "postgres", "valkey"}
    assert_usable(second)


def test_ten_processes_at_once_start_one_set_of_servers():
    with scene(with_cluster=False) as place:
        users = [place.begin_user() for _ in range(10)]
        assert len({place.endpoints_of(user) for user in users}) == 1
        place.crowd()  # fails on a second keeper
        assert (place.var / "log" / "keeper.log").read_text().count("postgres runs") == 1


def test_the_servers_stop_after_the_last_user_and_the_data_stays(place):
    user, endpoints = place.user()
    with psycopg.connect(endpoints.database_owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    leave(user)
    eventually(place.nothing_runs)
    assert not (place.var / "run" / "servers.json").exists()

    _, endpoints = place.user()
    with psycopg.connect(endpoints.database_owner_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_forked_child_keeps_the_servers(place):
    parent, endpoints = place.user("fork")
    parent.wait(SAFETY_SECONDS)
    assert stays(lambda: not place.nothing_runs(), seconds=3 * IDLE_SECONDS)
    assert_usable(endpoints)
    assert parent.stdin is not None
    parent.stdin.close()  # the child ends with its input
    eventually(place.nothing_runs)


def test_ctrl_c_ends_the_user_and_not_the_servers_of_another(place):
    starter, _ = place.user()
    _, endpoints = place.user()
    os.killpg(starter.pid, signal.SIGINT)
    starter.wait(SAFETY_SECONDS)
    assert_usable(endpoints)


@pytest.mark.parametrize("victim", ["postgres", "valkey"])
def test_a_killed_server_is_started_again_at_the_same_address(place, victim):
    _, endpoints = place.user()
    before = place.crowd()
    place.strike(victim)
    _, again = place.user()
    assert again == endpoints
    assert_usable(again)
    after = place.crowd()
    assert {name for name in after if after[name] != before[name]} == {victim}
    eventually(lambda: place.nothing_runs(but=after))


def test_both_servers_end_with_a_killed_keeper_and_the_next_process_starts_anew(place):
    _, endpoints = place.user()
    before = place.crowd()
    place.strike("keeper")
    _, again = place.user()  # at once: the old servers are still ending
    assert again == endpoints
    assert_usable(again)
    after = place.crowd()
    assert not set(after.values()) & set(before.values())
    eventually(lambda: place.nothing_runs(but=after))


def test_nothing_is_left_when_everything_is_killed_at_once(place):
    user, _ = place.user()
    crowd = place.crowd()
    for pid in (user.pid, *crowd.values()):  # the servers may have ended with their keeper already
        kill(pid, signal.SIGKILL)
    eventually(place.nothing_runs)
    _, endpoints = place.user()
    assert_usable(endpoints)


def test_an_orphan_of_postgres_that_is_stuck_does_not_stand_in_the_way(place):
    user, _ = place.user()
    crowd = place.crowd()
    stuck = children_of(crowd["postgres"])
    for pid in stuck:
        kill(pid, signal.SIGSTOP)
    for pid in (user.pid, crowd["keeper"], crowd["postgres"]):
        kill(pid, signal.SIGKILL)
    _, endpoints = place.user()
    assert_usable(endpoints)
    eventually(lambda: place.nothing_runs(but=place.crowd()))


def test_a_killed_user_gives_back_its_lease(place):
    user, _ = place.user()
    user.kill()
    eventually(place.nothing_runs)
    _, endpoints = place.user()
    assert_usable(endpoints)


def test_a_server_that_keeps_dying_ends_them_all(place):
    for _ in range(4):
        place.user()
        place.strike("valkey")
    eventually(place.nothing_runs)
    _, endpoints = place.user()
    assert_usable(endpoints)


def test_the_servers_end_when_their_folder_is_removed(place):
    place.user()
    remove(place.var)
    eventually(place.nothing_runs)
    assert not place.var.exists()


def test_a_folder_removed_under_running_servers_is_made_anew(place):
    place.user()
    before = place.crowd()
    remove(place.var)
    user = place.begin_user()  # at once: the keeper of the old folder may not have noticed
    assert_usable(place.endpoints_of(user))
    eventually(lambda: len(place.keepers()) == 1)
    after = place.crowd()
    assert not set(after.values()) & set(before.values())
    assert_usable(place.user()[1])
    eventually(lambda: place.nothing_runs(but=after))


@pytest.mark.parametrize("part", ["run", "sock"])
def test_removed_sockets_or_locks_lead_to_a_clean_new_start(place, part):
    place.user()
    before = place.crowd()
    remove(place.var / part)
    eventually(lambda: "keeper" not in place.crowd())
    _, endpoints = place.user()
    assert_usable(endpoints)
    eventually(lambda: place.nothing_runs(but=place.crowd()))
    assert not set(place.crowd().values()) & set(before.values())


def test_pids_of_before_a_reboot_do_not_matter_even_if_others_have_them_now(place):
    user, _ = place.user()
    leave(user)
    eventually(place.nothing_runs)
    data, sockets = place.var / "postgres" / "data", place.var / "sock"
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        stale.write_text(f"{os.getpid()}\n{data}\n1\n5432\n{sockets}\n\n0 0\nready\n")
    (place.var / "run" / "servers.json").write_text("{}")
    _, endpoints = place.user()
    assert_usable(endpoints)


def test_an_interrupted_first_start_is_done_again():
    with scene(with_cluster=False) as place:
        half = place.var / "postgres" / "data.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        _, endpoints = place.user()
        assert_usable(endpoints)
        assert not half.exists()

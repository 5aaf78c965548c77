"""Make the private PostgreSQL's cluster, once."""

import os
import shutil
from pathlib import Path

from . import process
from .access import ServerUser, make_folder_for
from .layout import EmbeddedError, Layout
from .postgres import THROWAWAY
from .programs import POSTGRES_MAJOR, postgres_programs

NEW_CLUSTER_BYTES = 200 * 1024**2  # the cluster takes 40 MB, its first log segments the rest

# One statement per line: that is how the single-user mode reads them.
FIRST_STATEMENTS = """\
CREATE ROLE bonus_app LOGIN
CREATE DATABASE bonus_tracker OWNER bonus_owner
REVOKE ALL ON DATABASE bonus_tracker FROM PUBLIC
GRANT CONNECT, TEMPORARY ON DATABASE bonus_tracker TO bonus_app
"""


def ensure_cluster(layout: Layout, user: ServerUser) -> bool:
    """Make the cluster with its roles and database unless it is there; whether it was made now.

    It is made beside its place and moved there whole, so an interrupted making leaves nothing half done.
    """
    if layout.data.exists():
        _check_version(layout.data)
        return False
    _check_space(layout.postgres)
    fresh = layout.postgres / "data.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    make_folder_for(fresh, user)
    throwaway = os.environ.get("BONUS_EMBEDDED_FAST") == "1"
    process.run_to_the_end(_initdb(fresh, throwaway), user)
    single = [
        str(postgres_programs() / "postgres"),
        "--single",
        "-D",
        str(fresh),
        "-c",
        "exit_on_error=on",
        "postgres",
    ]
    process.run_to_the_end(single, user, statements=FIRST_STATEMENTS)
    if throwaway:
        (fresh / THROWAWAY).touch()
    fresh.rename(layout.data)
    return True


def _initdb(data: Path, throwaway: bool) -> list[str]:
    # C.UTF-8 of the builtin provider: ordered by code point like C, the same on every system,
    # and knows upper and lower case beyond ASCII.
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    # reject: the rules that count are written at every start, in a file of their own.
    rest = [
        "--username=bonus_owner",
        "--auth=reject",
        "--no-instructions",
        *(["--no-sync"] if throwaway else []),
    ]
    return [str(postgres_programs() / "initdb"), "-D", str(data), *locale, *rest]


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != POSTGRES_MAJOR:
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {found} and this is {POSTGRES_MAJOR}; "
            "move the folder away, or copy its data with pg_dump first."
        )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEW_CLUSTER_BYTES:
        raise EmbeddedError(
            f"A new database needs {NEW_CLUSTER_BYTES // 1024**2} MB and {folder} has {free // 1024**2} MB left; "
            "make room, or set VAR_DIR to another disk."
        )
